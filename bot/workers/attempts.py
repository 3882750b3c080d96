"""How failures are counted that may be the service's fault."""

FEW_TRIES = 4
"""What an item's count of attempts stops at while the service may be at fault."""


def more_attempts(attempts: int, *, fails_alone: bool) -> int:
    """Return how often an item was tried, after one more failure.

    What may be the service's fault counts little, or a long outage would push every
    item's own back-off to minutes.
    """
    return attempts + 1 if fails_alone or attempts < FEW_TRIES else attempts
