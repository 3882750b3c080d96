# The status message in the channel, from the request to its end.

status-received = 🎬 Your request is in
status-awaiting_review = 🎬 Waiting for a moderator's approval
status-queued = 🎬 In the queue
status-submitting = 🎬 Starting
status-generating = 🎬 Making your video
status-delivering = 🎬 Your video is ready and on its way
status-delivering-slow = This takes longer than usual. I keep trying.
status-settings = { $member } · { $settings }

status-position = { $position ->
    [1] You are next.
   *[other] Number { $position } in the queue.
  }
status-progress = { $bar } { $percent }%
status-expected = Expected around { $when }
status-any-moment = Any moment now

# The end is one line.
status-delivered = ✅ { $member }'s video is ready.
status-delivered-link = ✅ { $member }'s video is ready: { $link }
status-failed = ❌ { $member }'s video could not be made.
status-failed-link = ❌ { $member }'s video could not be made: { $link }
status-undeliverable = ❌ { $member }'s video could not be posted here.
status-undeliverable-link = ❌ { $member }'s video could not be posted here: { $link }
status-unconfirmed = ❌ { $member }'s video could not be confirmed.
status-unconfirmed-link = ❌ { $member }'s video could not be confirmed: { $link }
status-denied = ❌ { $member }'s video was not approved.
status-denied-link = ❌ { $member }'s video was not approved: { $link }
status-refused = ❌ { $member }'s video could not be started.
status-cancelled-free = 🚫 { $member }'s video was cancelled in time. It doesn't count.
status-cancelled-counts = 🚫 { $member }'s video was cancelled while it was being made. It counts.

# How a request reads in one line.
settings-seconds = { $seconds } s
settings-sound-on = with sound
settings-sound-off = no sound
settings-picture = from a picture
settings-frame = continued
mode-fun = fun
mode-normal = normal
mode-spicy = spicy

button-cancel = Cancel
