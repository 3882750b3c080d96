# What moderators and admins see, and what members hear of it.

refused-blocked = You can't ask for videos in this server right now. A moderator can tell you more.
refused-blocked-until = You can't ask for videos in this server right now. The block ends { $until }. A moderator can tell you more.
refused-spicy-role = Spicy videos are for members with certain roles in this server. Please choose another mode.
refused-spicy-place = Spicy videos only work in age-restricted channels. Please ask in one, or choose another mode.
refused-spicy-review = Spicy videos need a moderator's approval here, but no suitable review channel is set. A moderator can check `/moderation view`.
refused-picture-spicy = Spicy videos can't begin with a picture. Please choose another mode, or leave the picture out.
refused-pictures-off = Pictures are switched off in this server. Please describe the video in words alone.
refused-pictures-own = In this server you can only use pictures that you attached or posted yourself. Please attach your own.
refused-words = This prompt isn't allowed in this server. Please word it differently.
refused-pattern-empty = This pattern contains no visible characters. Please enter another one.
refused-pattern-long = This pattern is too long. The limit is 200 characters.
refused-pattern-regex = This regular expression can't be used: it isn't valid RE2 syntax, or it's too complex. RE2 has no look-around and no back-references.
refused-pattern-everything = This regular expression matches every prompt, so nothing would be allowed any more.
refused-pattern-unknown = This pattern isn't in the list. Please enter it exactly as it was added.
refused-words-many = The list is full: it holds at most { $most } patterns.
refused-regexes-many = The list holds at most { $most } regular expressions. Words don't count towards that.
refused-roles-many = At most { $most } roles can be allowed to ask for spicy videos.
refused-block-duration = Enter the duration like 30m, 12h, 7d or 2w, or leave it empty to block until unblocked.
refused-not-blocked = This member isn't blocked.
refused-report-empty = Please say in a few words what is wrong with this video.
refused-report-again = You have reported this video already. A moderator will look at it.
not-allowed-moderators = Only moderators can do this: it needs the permission Moderate Members or Manage Server.
not-allowed-managers = Only admins can do this: it needs the permission Manage Server.
not-allowed-own-review = You can't approve your own request. Another moderator has to.
not-found-report = I can't find this report any more.
not-found-clip = This isn't one of my videos.
too-late-review = This request is no longer waiting: somebody has already decided, or it was cancelled.
too-late-report = Somebody has already decided on this report.

failure-place_not_restricted = This video can't be posted here any more: the channel is no longer age-restricted, or spicy videos were switched off.
failure-lapsed = No moderator decided within 24 hours, so the request has lapsed. You can ask again.

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
card-dismissed = 👍 Kept by { $moderator }.
card-clip-deleted = 🗑️ The video has been deleted.
card-done-approve = Approved.
card-done-deny = Denied. The member will be told.
card-done-block_requester = Denied, and { $member } is blocked until somebody unblocks them.
card-done-remove = The video is being deleted.
card-done-dismiss = The video stays.
card-done-block_reported = { $member } is blocked until somebody unblocks them. The report stays open.

button-approve = Approve
button-deny = Deny
button-block = Block member
button-block-author = Block video's author
button-remove = Remove video
button-dismiss = Dismiss
button-report = Report
modal-deny-title = Deny this video
modal-deny-reason = Why? The member will read this.
modal-report-title = Report this video
modal-report-reason = What is wrong with it?
report-taken = Thank you. A moderator will look at this video.

blocked-member = { $member } is blocked until somebody unblocks them.
blocked-member-until = { $member } is blocked until { $until }.
unblocked-member = { $member } can ask for videos again.

moderation-title = Moderation in this server
moderation-policy = Spicy videos: **{ $policy }**
moderation-roles = Who may ask for spicy videos: { $roles }
moderation-everybody = everyone
moderation-pictures = Pictures that videos may begin with: **{ $policy }**
moderation-review-channel = Review channel: { $channel }
moderation-log-channel = Log channel: { $channel }
moderation-none = none
moderation-words = { $count ->
    [0] No blocked words or patterns
    [one] { $count } blocked word or pattern
   *[other] { $count } blocked words and patterns
  }
moderation-warning-no-review = Spicy videos need approval, but there is no review channel: every spicy request is refused.
moderation-warning-review-plain = The review channel is not age-restricted: every spicy request is refused.
moderation-warning-gone = { $channel } no longer exists, or I can't see it.
moderation-warning-permissions = In { $channel } I still need these permissions: { $permissions }.
moderation-removed-review = You named no channel, so { $channel } is no longer the review channel.
moderation-removed-log = You named no channel, so { $channel } is no longer the log channel.
moderation-models = Models: { $models }
moderation-models-unused = Models not used here: { $models }
moderation-model-default = **{ $model }** (default)
refused-models-nothing = Choose whether members may use this model, or make it the default. Nothing was changed.
refused-models-default = { $model } can only be the default if members may use it. Nothing was changed.
refused-models-last = { $model } is the last model of this server. Allow another one first.
moderation-words-title = Blocked words and patterns
moderation-words-empty = None.
moderation-words-more = … and { $count } more

history-title = Moderation history{ $pages ->
    [1] {""}
   *[other] {" "}(page{"\u00A0"}{ $page }{"\u00A0"}of{"\u00A0"}{ $pages })
  }
history-empty = Nothing yet.
history-table = Moderation history of the last { $days ->
    [one] day.
   *[other] { $days } days.
  }
export-packed = There is a lot of it, so it comes { $files ->
    [one] as a ZIP file.
   *[other] as { $files } ZIP files, each in a message of its own.
  }
choice-policy-off = off
choice-policy-restricted = in age-restricted places
choice-policy-review = in age-restricted places, after approval
choice-pictures-off = none
choice-pictures-own = only the requester's own
choice-pictures-any = anybody's
choice-action-add = add
choice-action-remove = remove
choice-purpose-review = review
choice-purpose-log = log
choice-kind-word = word
choice-kind-regex = regular expression
choice-applies-always = every prompt
choice-applies-spicy = spicy prompts

privacy-export = Here is everything stored about you, in every server.
privacy-question = This erases your prompts and your user ID from my records, in every server. It can't be undone. Messages in channels stay: delete your videos with their button. What you used this month still counts, under a pseudonym. Blocks and moderators' records about you stay. Backups keep your data until they are deleted.
privacy-forgotten = Your data is erased.
button-forget = Erase my data
member-forgotten = a member
refused-forget-open = You still have a video in progress. Please wait for it, or cancel it first.
