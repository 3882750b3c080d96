"""Events that the operator is told of, and that need nobody."""

GOOD_NEWS = frozenset({"intake-resumed", "outage-ended", "storage-restored"})
"""Each is the end of a trouble that the operator was told of."""
