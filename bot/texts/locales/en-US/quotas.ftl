# Limits: what admins set and see, and what members have left.

quota-nothing-given = Choose at least one limit to set. Nothing was changed.
quota-bad-number = A limit is a whole number from 0 to { $most }, or -1 for no limit. Nothing was changed.
quota-too-much-per_day = This bot's operator lets a server allow at most { $most } { $most ->
    [one] video
   *[other] videos
  } a day. Enter { $most } or less. Nothing was changed.
quota-too-much-per_month = This bot's operator lets a server allow at most { $most } { $most ->
    [one] video
   *[other] videos
  } a month. Enter { $most } or less. Nothing was changed.
quota-too-much-at_once = This bot's operator lets a server allow at most { $most } { $most ->
    [one] video
   *[other] videos
  } at once. Enter { $most } or less. Nothing was changed.
quota-bad-quality = Choose a quality from the list. Nothing was changed.
quota-bad-grant = Enter a number of videos from 1 to { $most }, or from -1 to -{ $most } to take videos back. Nothing was changed.
quota-long-reason = This reason is too long: at most { $most } characters fit. Nothing was changed.
quota-bad-zone = There is no such time zone. Choose one from the list, such as Europe/Berlin. Nothing was changed.
quota-bad-days = A report covers 1 to { $most } days.
quota-needs-role = Choose the role whose limits you want to remove. Nothing was changed.
quota-needs-member = Choose the member whose limits you want to remove. Nothing was changed.
quota-other-scope = You named a member or a role, but chose other limits. Choose the scope that fits, or leave it out. Nothing was changed.
quota-unknown-role = This server has no such role. Nothing was changed.

quota-title-server = Limits of this server
quota-title-member = Limits of { $member }
quota-whole-server = Whole server
quota-each-member = Each member, unless set otherwise
quota-roles = Roles
quota-more-roles = … and { $count ->
    [one] one more role
   *[other] { $count } more roles
  }
quota-members-with-own = { $count ->
    [0] No member has limits of their own.
    [one] One member has limits of their own.
   *[other] { $count } members have limits of their own.
  }
quota-zone = Limits reset by { $zone } time.
quota-window-per_day = **Today**
quota-window-per_month = **Month**
quota-window-at_once = **In progress**
quota-window-credits_per_day = **Credits today**
quota-window-credits_per_month = **Credits, month**
quota-amount = { $bar } { $used } of { $limit }
quota-none-allowed = no videos allowed
quota-resets-day = Today resets { $day }.
quota-resets-month = The month resets { $month }.
quota-resets-both = Today resets { $day }, the month { $month }.
quota-unlimited = No limit · { $used ->
    [one] one video
   *[other] { $used } videos
  } this month
quota-bound-per_day = Limited by this bot's operator: { $made } of { $limit } made today (UTC), including what was reset. Resets { $when }.
quota-bound-per_month = Limited by this bot's operator: { $made } of { $limit } made this month (UTC), including what was reset. Resets { $when }.
quota-rest-default = Everything else: bot default.
quota-all-default = All limits: bot default.
quota-grants = 🎁 You have { $count ->
    [one] one extra video
   *[other] { $count } extra videos
  } for when a limit is reached.
quota-grants-of = 🎁 { $member } has { $count ->
    [one] one extra video
   *[other] { $count } extra videos
  } for when a limit is reached.
quota-source-operator = bot default
quota-source-bound = limited by this bot's operator
quota-source-server = set for the server
quota-source-members = default for members
quota-source-role = from { $role }
quota-source-member = set for this member
quota-source-you = set for you
quota-set-per_day = { $value ->
    [-1] no daily limit
    [0] no videos a day
   *[other] { $value } a day
  }
quota-set-per_month = { $value ->
    [-1] no monthly limit
    [0] no videos a month
   *[other] { $value } a month
  }
quota-set-at_once = { $value ->
    [-1] any number at a time
    [0] no videos at a time
   *[other] { $value } at a time
  }
quota-set-cooldown_s = { $value ->
    [-1] no cooldown
    [0] no cooldown
   *[other] { $length } between videos
  }
quota-set-credits_per_day = { $value ->
    [-1] no daily limit in credits
    [0] no credits a day
    [one] one credit a day
   *[other] { $value } credits a day
  }
quota-set-credits_per_month = { $value ->
    [-1] no monthly limit in credits
    [0] no credits a month
    [one] one credit a month
   *[other] { $value } credits a month
  }
quota-set-longest_s = { $value ->
    [-1] videos of any length
    [one] videos up to 1 second
   *[other] videos up to { $value } seconds
  }
quota-set-best_quality = { $value ->
    [-1] any quality
   *[other] quality up to { $quality }
  }
quota-set-nothing = nothing set
quota-target-server = the whole server
quota-target-members = each member
quota-changed = Limits for { $target }: { $limits }.
quota-cleared-default = Limits for { $target } removed; the bot's defaults apply again.
quota-cleared = Limits for { $target } removed; the server's defaults apply again.
quota-granted = { $member } now has { $after ->
    [0] no extra videos
    [one] one extra video
   *[other] { $after } extra videos
  } (before: { $before }).
quota-reset-member = { $count ->
    [0] { $member } had no usage to reset.
    [one] Usage reset: one of { $member }'s videos no longer counts.
   *[other] Usage reset: { $count } of { $member }'s videos no longer count.
  }
quota-reset-everybody = { $count ->
    [0] There was no usage to reset.
    [one] Usage reset: one video no longer counts.
   *[other] Usage reset: { $count } videos no longer count.
  }
quota-reset-question = Reset today's and this month's usage for everyone, including the server?
quota-reset-yes = Reset everyone
quota-reset-no = Cancel
quota-kept = Nothing was changed.
quota-zone-set = Daily and monthly limits now reset by { $zone } time.
quota-prices-nobody = Members don't see what videos cost.
quota-prices-admins = Admins see what videos cost in `/videos list`, and of any clip with Apps → Show credits.
quota-prices-everyone = Everyone sees what videos cost.
quota-prices-set-nobody = From now on, members don't see what videos cost. `/quota report` still shows it.
quota-prices-set-admins = From now on, admins see what videos cost: their own in `/videos list`, any clip's with Apps → Show credits. Members don't.
quota-prices-set-everyone = From now on, everyone sees what new videos cost: in the status message, under the clip and in `/videos list`.
price = { $credits ->
    [one] 1{"\u00A0"}credit
   *[other] { $credits }{"\u00A0"}credits
  }
price-about = about { $credits ->
    [one] 1{"\u00A0"}credit
   *[other] { $credits }{"\u00A0"}credits
  }
price-of-video = What { $member }'s video costs:
price-unknown = price not known yet
quota-report-title = Videos { $days ->
    [one] today
   *[other] in the last { $days } days
  }
quota-report-sums = { $delivered } of { $requested ->
    [one] 1 video
   *[other] { $requested } videos
  } delivered · { $credits ->
    [one] 1{"\u00A0"}credit
   *[other] { $credits }{"\u00A0"}credits
  }
quota-report-zone = Days by { $zone } time.
quota-report-others = Others
quota-report-nothing = No videos yet
quota-report-line = { $member }: { $delivered } of { $requested } delivered · { $credits ->
    [one] 1{"\u00A0"}credit
   *[other] { $credits }{"\u00A0"}credits
  }
quota-report-number = { $number }
quota-report-month = Credits this month
quota-report-so-far = So far: { $credits }
quota-report-forecast = Forecast: { $credits }
quota-report-limit = Limit: { $credits }
quota-report-month-so-far = This month so far: { $videos ->
    [one] 1 video
   *[other] { $videos } videos
  }, { $credits ->
    [one] 1{"\u00A0"}credit
   *[other] { $credits }{"\u00A0"}credits
  }.
quota-report-month-ends = At this rate, about { $videos ->
    [one] 1 video
   *[other] { $videos } videos
  } and { $credits ->
    [one] 1{"\u00A0"}credit
   *[other] { $credits }{"\u00A0"}credits
  } by { $until }.
quota-report-too-early = It's too early to tell how the month will end.
quota-report-allowed = The server's limit is { $credits ->
    [one] 1{"\u00A0"}credit
   *[other] { $credits }{"\u00A0"}credits
  } a month.
length-seconds = { $count ->
    [one] 1 second
   *[other] { $count } seconds
  }
length-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
  }
length-hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
  }
length-days = { $count ->
    [one] 1 day
   *[other] { $count } days
  }
