# A member's own list and usage.

list-title = Your videos ({ $pages ->
    [1] all of them
   *[other] page { $page } of { $pages }
  })
list-empty = There is nothing here yet. Type `/video` to make your first one!
list-empty-filtered = You have no videos like this.
list-entry = { $state } · { $when }
list-entry-link = { $state } · { $when } · { $link }
list-previous = Previous
list-next = Next

state-received = Just asked for
state-refused = Refused
state-awaiting_review = Awaiting approval
state-queued = Waiting in line
state-submitting = Getting started
state-generating = Being made
state-delivering = On its way
state-delivered = Delivered
state-denied = Not approved
state-cancelled = Cancelled
state-failed = Failed
state-unconfirmed = Probably lost
state-undeliverable = Could not be posted

usage-title = Your videos in this server
