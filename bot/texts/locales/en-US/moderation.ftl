# What moderators and admins see, and what members hear of it.

refused-blocked = You cannot ask for videos in this server at the moment. A moderator can tell you more.
refused-blocked-until = You cannot ask for videos in this server at the moment. This ends { $until }. A moderator can tell you more.
refused-spicy-role = Spicy videos are for members with certain roles in this server. Please choose another mode.
refused-spicy-place = Spicy videos are only possible in age-restricted channels. Please go to one, or choose another mode.
refused-spicy-review = Spicy videos need a moderator's approval here, but there is no proper channel for it. A moderator can check `/moderation view`.
refused-words = This prompt breaks a rule for prompts. Please word it differently.
refused-pattern-empty = Nothing visible is left of this pattern. Please give another one.
refused-pattern-long = This pattern is too long. At most 200 characters fit.
refused-pattern-regex = This regular expression cannot be used: its syntax is not RE2's, or it is too complex. RE2 has no look-around and no back-references.
refused-pattern-everything = This regular expression matches every prompt, so nothing would be allowed any more.
refused-pattern-unknown = There is no such pattern in the list. Please give it exactly as it was added.
refused-words-many = The list is full: it holds at most { $most } patterns.
refused-regexes-many = The list holds at most { $most } regular expressions. Words do not count towards that.
refused-roles-many = There can be at most { $most } such roles.
refused-block-duration = Please give the duration like 30m, 12h, 7d or 2w, or leave it out.
refused-not-blocked = This member is not blocked.
refused-report-empty = Please say in a few words what is wrong with this video.
refused-report-again = You have reported this video already. A moderator will look at it.
not-allowed-moderators = Only moderators can do that: it takes the permission Moderate Members or Manage Server.
not-allowed-managers = Only admins can do that: it takes the permission Manage Server.
not-allowed-own-review = You cannot approve a request of your own. Another moderator has to.
not-found-report = I cannot find this report any more.
not-found-clip = This is not a video of mine.
too-late-review = This request is no longer waiting: somebody decided already, or it was cancelled.
too-late-report = Somebody has decided on this report already.

failure-place_not_restricted = This video may not be posted here any more: the channel is no longer age-restricted, or spicy videos were switched off.
failure-lapsed = No moderator got round to this video within 24 hours, so the request has lapsed. You can ask again.

card-review-title = 🌶️ A spicy video needs your approval
card-review-asked = { $member } asked for it in { $channel } { $when }.
card-approved = ✅ Approved by { $moderator }.
card-denied = ❌ Denied by { $moderator }.
card-lapsed = ⌛ Nobody decided within 24 hours.
card-cancelled = 🚫 The requester cancelled it.
card-report-title = 🚩 A video was reported
card-report-made = { $reporter } reported { $member }'s video { $when }:
card-report-clip = The video: { $link }
card-removed = 🗑️ Removed by { $moderator }.
card-dismissed = 👍 Left in place by { $moderator }.
card-clip-deleted = 🗑️ The video has been deleted.
card-done-approve = Approved.
card-done-deny = Denied. The requester will be told.
card-done-block_requester = Denied, and the requester is blocked until somebody unblocks them.
card-done-remove = The video will be deleted in a moment.
card-done-dismiss = The video stays.
card-done-block_reported = The requester is blocked until somebody unblocks them. The report stays open.

button-approve = Approve
button-deny = Deny
button-block = Block requester
button-remove = Remove video
button-dismiss = Dismiss
button-report = Report
modal-deny-title = Deny this video
modal-deny-reason = Why? The requester will read this.
modal-report-title = Report this video
modal-report-reason = What is wrong with it?
report-taken = Thank you. A moderator will look at this video.

blocked-member = { $member } is blocked until somebody unblocks them.
blocked-member-until = { $member } is blocked until { $until }.
unblocked-member = { $member } may ask for videos again.

moderation-title = Moderation in this server
moderation-policy = Spicy videos: **{ $policy }**
moderation-roles = Who may use spicy: { $roles }
moderation-everybody = everybody
moderation-review-channel = Review channel: { $channel }
moderation-log-channel = Log channel: { $channel }
moderation-none = none
moderation-words = { $count ->
    [0] No patterns for prompts
    [one] { $count } pattern for prompts
   *[other] { $count } patterns for prompts
  }
moderation-warning-no-review = Spicy needs approval, but there is no review channel: every spicy request is refused.
moderation-warning-review-plain = The review channel is not age-restricted: every spicy request is refused.
moderation-warning-gone = { $channel } no longer exists, or I cannot see it.
moderation-warning-permissions = In { $channel } I still need: { $permissions }.
moderation-words-title = Patterns that no prompt may match
moderation-words-empty = There are none.
moderation-words-more = … and { $count } more.

history-title = What was done here ({ $pages ->
    [1] all of it
   *[other] page { $page } of { $pages }
  })
history-empty = Nothing yet.
history-table = { $days ->
    [one] What was done in the last day.
   *[other] What was done in the last { $days } days.
  }
audit-by-clapper = Clapper

audit-moderation-policy = Spicy policy changed
audit-moderation-spicy-role = Role for spicy changed
audit-moderation-channel = Channel changed
audit-moderation-word = Pattern for prompts changed
audit-moderation-block = Member blocked
audit-moderation-unblock = Member unblocked
audit-review-approved = Request approved
audit-review-denied = Request denied
audit-review-lapsed = Request lapsed
audit-report-made = Video reported
audit-report-removed = Reported video removed
audit-report-dismissed = Report dismissed
audit-clip-deleted = Video deleted
audit-quota-limits = Limits changed
audit-quota-grant = Videos granted
audit-quota-reset = Usage reset
audit-quota-timezone = Time zone changed
audit-quota-clear = Limits cleared
audit-quota-spend-warning = Most of the month's credits are used

choice-policy-off = off
choice-policy-restricted = in age-restricted places
choice-policy-review = in age-restricted places, after approval
choice-action-add = add
choice-action-remove = remove
choice-purpose-review = review
choice-purpose-log = log
choice-kind-word = word
choice-kind-regex = regular expression
choice-applies-always = every prompt
choice-applies-spicy = spicy prompts

privacy-export = Here is all that is stored about you, in every server.
privacy-question = This erases your prompts and your name from my records, in every server. It cannot be undone. Messages in channels stay: delete your videos with their button. What you used this month still counts, under a pseudonym, and blocks stay.
privacy-forgotten = Done. I have forgotten you.
button-forget = Erase my data
refused-forget-open = You still have a video in progress. Please wait for it or cancel it first.
