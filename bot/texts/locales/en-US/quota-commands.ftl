# The /quota commands in Discord's menu; see commands.ftl.

command-quota-name = quota
command-quota-description = Set limits for this server

command-quota-view-name = view
command-quota-view-description = Show limits and usage
option-quota-view-member-name = member
option-quota-view-member-description = Whose limits? (default: the server's)

command-quota-server-name = server
command-quota-server-description = Limit the whole server
option-quota-server-per_day-name = per_day
option-quota-server-per_day-description = Videos a day; 0 = none, -1 = no limit
option-quota-server-per_month-name = per_month
option-quota-server-per_month-description = Videos a month; 0 = none, -1 = no limit
option-quota-server-at_once-name = at_once
option-quota-server-at_once-description = Videos at a time; 0 = none, -1 = no limit
option-quota-server-credits_per_day-name = credits_per_day
option-quota-server-credits_per_day-description = Credits a day; 0 = none, -1 = no limit
option-quota-server-credits_per_month-name = credits_per_month
option-quota-server-credits_per_month-description = Credits a month; 0 = none, -1 = no limit
option-quota-server-longest_s-name = longest_s
option-quota-server-longest_s-description = Longest video in seconds; -1 = any length
option-quota-server-best_quality-name = best_quality
option-quota-server-best_quality-description = Best quality that may be chosen

command-quota-members-name = members
command-quota-members-description = Limit each member
option-quota-members-per_day-name = per_day
option-quota-members-per_day-description = Videos a day; 0 = none, -1 = no limit
option-quota-members-per_month-name = per_month
option-quota-members-per_month-description = Videos a month; 0 = none, -1 = no limit
option-quota-members-at_once-name = at_once
option-quota-members-at_once-description = Videos at a time; 0 = none, -1 = no limit
option-quota-members-cooldown_s-name = cooldown_s
option-quota-members-cooldown_s-description = Seconds between two videos; 0 = no cooldown
option-quota-members-credits_per_day-name = credits_per_day
option-quota-members-credits_per_day-description = Credits a day; 0 = none, -1 = no limit
option-quota-members-credits_per_month-name = credits_per_month
option-quota-members-credits_per_month-description = Credits a month; 0 = none, -1 = no limit
option-quota-members-longest_s-name = longest_s
option-quota-members-longest_s-description = Longest video in seconds; -1 = any length
option-quota-members-best_quality-name = best_quality
option-quota-members-best_quality-description = Best quality that may be chosen

command-quota-role-name = role
command-quota-role-description = Limit the members with a role
option-quota-role-role-name = role
option-quota-role-role-description = Which role?
option-quota-role-per_day-name = per_day
option-quota-role-per_day-description = Videos a day; 0 = none, -1 = no limit
option-quota-role-per_month-name = per_month
option-quota-role-per_month-description = Videos a month; 0 = none, -1 = no limit
option-quota-role-at_once-name = at_once
option-quota-role-at_once-description = Videos at a time; 0 = none, -1 = no limit
option-quota-role-cooldown_s-name = cooldown_s
option-quota-role-cooldown_s-description = Seconds between two videos; 0 = no cooldown
option-quota-role-credits_per_day-name = credits_per_day
option-quota-role-credits_per_day-description = Credits a day; 0 = none, -1 = no limit
option-quota-role-credits_per_month-name = credits_per_month
option-quota-role-credits_per_month-description = Credits a month; 0 = none, -1 = no limit
option-quota-role-longest_s-name = longest_s
option-quota-role-longest_s-description = Longest video in seconds; -1 = any length
option-quota-role-best_quality-name = best_quality
option-quota-role-best_quality-description = Best quality that may be chosen

command-quota-member-name = member
command-quota-member-description = Limit one member
option-quota-member-member-name = member
option-quota-member-member-description = Which member?
option-quota-member-per_day-name = per_day
option-quota-member-per_day-description = Videos a day; 0 = none, -1 = no limit
option-quota-member-per_month-name = per_month
option-quota-member-per_month-description = Videos a month; 0 = none, -1 = no limit
option-quota-member-at_once-name = at_once
option-quota-member-at_once-description = Videos at a time; 0 = none, -1 = no limit
option-quota-member-cooldown_s-name = cooldown_s
option-quota-member-cooldown_s-description = Seconds between two videos; 0 = no cooldown
option-quota-member-credits_per_day-name = credits_per_day
option-quota-member-credits_per_day-description = Credits a day; 0 = none, -1 = no limit
option-quota-member-credits_per_month-name = credits_per_month
option-quota-member-credits_per_month-description = Credits a month; 0 = none, -1 = no limit
option-quota-member-longest_s-name = longest_s
option-quota-member-longest_s-description = Longest video in seconds; -1 = any length
option-quota-member-best_quality-name = best_quality
option-quota-member-best_quality-description = Best quality that may be chosen

command-quota-clear-name = clear
command-quota-clear-description = Remove limits that were set
option-quota-clear-scope-name = scope
option-quota-clear-scope-description = Whose limits?
option-quota-clear-role-name = role
option-quota-clear-role-description = Which role?
option-quota-clear-member-name = member
option-quota-clear-member-description = Which member?

command-quota-grant-name = grant
command-quota-grant-description = Give a member extra videos beyond their limits
option-quota-grant-member-name = member
option-quota-grant-member-description = To whom?
option-quota-grant-videos-name = videos
option-quota-grant-videos-description = How many? Negative takes videos back
option-quota-grant-reason-name = reason
option-quota-grant-reason-description = Why? Shown in the history

command-quota-reset-name = reset
command-quota-reset-description = Reset today's and this month's usage
option-quota-reset-member-name = member
option-quota-reset-member-description = Whose usage? (default: everyone's)

command-quota-timezone-name = timezone
command-quota-timezone-description = Set the time zone for daily and monthly limits
option-quota-timezone-zone-name = zone
option-quota-timezone-zone-description = Such as Europe/Berlin

command-quota-prices-name = prices
command-quota-prices-description = Choose who sees what videos cost
option-quota-prices-show-name = show
option-quota-prices-show-description = Who sees credits?
command-show-credits-name = Show credits
choice-prices-nobody = Nobody (default)
choice-prices-admins = Admins
choice-prices-everyone = Everyone

command-quota-report-name = report
command-quota-report-description = Show who made how much, as a chart and a table
option-quota-report-days-name = days
option-quota-report-days-description = How many days back? (default: 30)

choice-any-quality = Any quality
choice-scope-server = The whole server
choice-scope-members = Each member
choice-scope-role = A role
choice-scope-member = One member
