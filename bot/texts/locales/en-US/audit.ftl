# What was done in a server: a sentence for each kind of entry, "who did what to whom".

audit-clapper = Clapper
audit-other = { $actor } did something this version has no words for ({ $action }).

audit-policy = { $actor } changed spicy videos from **{ $before }** to **{ $after }**.
audit-policy-kept = { $actor } left spicy videos at **{ $after }**.
audit-pictures = { $actor } changed whose pictures may be used from **{ $before }** to **{ $after }**.
audit-pictures-kept = { $actor } left whose pictures may be used at **{ $after }**.
audit-model-allowed = { $actor } allowed the model { $model }.
audit-model-barred = { $actor } removed { $model } from this server's models.
audit-model-default = { $actor } made { $model } the default model.
audit-role-allowed = { $actor } allowed { $role } to ask for spicy videos.
audit-role-removed = { $actor } took { $role } off the list of roles that may ask for spicy videos.
audit-channel-review = { $actor } made { $channel } the review channel.
audit-channel-log = { $actor } made { $channel } the log channel.
audit-channel-review-none = { $actor } removed the review channel.
audit-channel-log-none = { $actor } removed the log channel.
audit-word-added = { $actor } blocked “{ $pattern }” ({ $kind }, { $applies }).
audit-word-changed = { $actor } changed the block of “{ $pattern }” to: { $kind }, { $applies }.
audit-word-removed = { $actor } unblocked “{ $pattern }” ({ $kind }, { $applies }).
audit-block = { $actor } blocked { $member } until somebody unblocks them.
audit-block-until = { $actor } blocked { $member } until { $until }.
audit-unblock = { $actor } unblocked { $member }.
audit-review-approved = { $actor } approved { $member }'s spicy request.
audit-review-denied = { $actor } denied { $member }'s spicy request.
audit-review-lapsed = { $member }'s spicy request lapsed: no moderator decided within 24 hours.
audit-report-made = { $actor } reported { $member }'s video.
audit-report-removed = { $actor } removed { $member }'s video after a report.
audit-report-dismissed = { $actor } kept { $member }'s video after a report.
audit-deleted-own = { $actor } deleted their own video.
audit-deleted = { $actor } deleted { $member }'s video.
audit-somebody = a member
audit-reason = Reason:
audit-limits = { $actor } set limits for { $target }: { $limits }.
audit-limits-kept = { $actor } set limits for { $target } to what they were.
audit-limits-removed = { $actor } removed the limits for { $target } ({ $limits }).
audit-limits-none = { $actor } removed the limits for { $target }; there were none.
audit-grant = { $actor } gave { $member } { $videos ->
    [one] one extra video
   *[other] { $videos } extra videos
  } ({ $left } left).
audit-grant-back = { $actor } took { $videos ->
    [one] one extra video
   *[other] { $videos } extra videos
  } back from { $member } ({ $left } left).
audit-grant-none = { $actor } wanted to take extra videos back from { $member }; there were none.
audit-reset-member = { $actor } reset { $member }'s usage ({ $videos ->
    [one] one video
   *[other] { $videos } videos
  }).
audit-reset-everyone = { $actor } reset everyone's usage ({ $videos ->
    [one] one video
   *[other] { $videos } videos
  }).
audit-zone = { $actor } changed the time zone from { $before } to { $after }.
audit-prices-nobody = { $actor } hid what videos cost from members.
audit-prices-admins = { $actor } let admins alone see what videos cost.
audit-prices-everyone = { $actor } let everyone see what videos cost.
audit-spend-warning = { $percent }% of this month's credits are used.
audit-limit-warning = { $percent }% of this server's monthly limit of { $limit } credits are used.
audit-preset-added = { $actor } added the preset “{ $name }”.
audit-preset-changed = { $actor } changed the preset “{ $name }”.
audit-preset-removed = { $actor } removed the preset “{ $name }”.
