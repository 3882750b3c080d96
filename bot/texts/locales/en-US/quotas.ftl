# Limits: what admins set and see, and what members have left.

not-allowed-manager = Only people who may manage this server can do that.
quota-nothing-given = Please name at least one limit.
quota-bad-number = A limit is a whole number from 0 to { $most }, or -1 for no limit. Nothing was changed.
quota-bad-grant = Please grant between 1 and { $most } videos, or take back as many with a minus sign. Nothing was changed.
quota-long-reason = This reason is too long: at most { $most } characters fit. Nothing was changed.
quota-bad-zone = There is no such time zone. Please choose one from the list, such as Europe/Berlin. Nothing was changed.
quota-bad-days = A report covers 1 to { $most } days.
quota-needs-role = Please name the role whose limits to remove. Nothing was changed.
quota-needs-member = Please name the member whose limits to remove. Nothing was changed.
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
quota-zone = Days and months go by the clocks of { $zone }.
quota-window-per_day = **Today**
quota-window-per_month = **This month**
quota-window-at_once = **Right now**
quota-amount = { $bar } { $used } of { $limit }, { $left } left
quota-amount-unlimited = { $used }, no limit
quota-resets = starts over { $when }
quota-grants = 🎁 { $count ->
    [one] One extra video was granted
   *[other] { $count } extra videos were granted
  }, for when the day or the month is used up.
quota-source-operator = set by whoever runs this bot
quota-source-server = set for the whole server
quota-source-members = set for each member
quota-source-role = from { $role }
quota-source-member = set for this member alone
quota-set-per_day = { $value ->
    [-1] no limit a day
    [0] none a day
   *[other] { $value } a day
  }
quota-set-per_month = { $value ->
    [-1] no limit a month
    [0] none a month
   *[other] { $value } a month
  }
quota-set-at_once = { $value ->
    [-1] any number at a time
    [0] none at a time
   *[other] { $value } at a time
  }
quota-set-cooldown_s = { $value ->
    [-1] no wait between two
    [0] no wait between two
   *[other] { $value } s between two
  }
quota-set-nothing = nothing set
quota-target-server = the whole server
quota-target-members = each member
quota-changed = Done. Set for { $target }: { $limits }.
quota-cleared = Done. Nothing is set for { $target } any more.
quota-granted = Done. { $member } has { $after ->
    [0] no extra videos
    [one] one extra video
   *[other] { $after } extra videos
  } left ({ $before } before).
quota-reset-member = Done. { $count ->
    [0] Nothing of { $member } had to be set back.
    [one] One video of { $member } no longer counts.
   *[other] { $count } videos of { $member } no longer count.
  }
quota-reset-everybody = Done. { $count ->
    [0] Nothing had to be set back.
    [one] One video no longer counts.
   *[other] { $count } videos no longer count.
  }
quota-reset-question = Really set back today and this month for everybody, and for the server itself?
quota-reset-yes = Set everybody back
quota-reset-no = Leave as it is
quota-kept = Nothing was changed.
quota-zone-set = Done. Days and months now go by the clocks of { $zone }.
quota-report-title = Videos { $days ->
    [one] today
   *[other] in the last { $days } days
  }
quota-report-sums = { $delivered } delivered of { $requested } requested · { $credits } credits
quota-report-others = Others
quota-report-nothing = Nothing was made yet
quota-report-line = { $member }: { $delivered } delivered of { $requested } · { $credits } credits
