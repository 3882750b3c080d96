# A member's own list and usage.

list-title-all = Your videos{ $pages ->
    [1] {""}
   *[other] {" "}(page{"\u00A0"}{ $page }{"\u00A0"}of{"\u00A0"}{ $pages })
  }
list-title-open = Your videos in progress{ $pages ->
    [1] {""}
   *[other] {" "}(page{"\u00A0"}{ $page }{"\u00A0"}of{"\u00A0"}{ $pages })
  }
list-title-delivered = Your delivered videos{ $pages ->
    [1] {""}
   *[other] {" "}(page{"\u00A0"}{ $page }{"\u00A0"}of{"\u00A0"}{ $pages })
  }
list-title-failed = Your failed videos{ $pages ->
    [1] {""}
   *[other] {" "}(page{"\u00A0"}{ $page }{"\u00A0"}of{"\u00A0"}{ $pages })
  }
list-title-cancelled = Your cancelled videos{ $pages ->
    [1] {""}
   *[other] {" "}(page{"\u00A0"}{ $page }{"\u00A0"}of{"\u00A0"}{ $pages })
  }
list-empty = Nothing here yet. Type `/video` to make your first one!
list-empty-open = No videos in progress.
list-empty-delivered = No delivered videos.
list-empty-failed = No failed videos.
list-empty-cancelled = No cancelled videos.
list-entry = { $state } · { $when }
list-entry-link = { $state } · { $when } · { $link }
list-previous = Previous
list-next = Next

state-received = Just requested
state-refused = Refused
state-awaiting_review = Awaiting approval
state-queued = In the queue
state-submitting = Starting
state-generating = Being made
state-delivering = On its way
state-delivered = Delivered
state-denied = Not approved
state-cancelled = Cancelled
state-failed = Failed
state-unconfirmed = Could not be confirmed
state-undeliverable = Could not be posted

usage-title = Your videos in this server
