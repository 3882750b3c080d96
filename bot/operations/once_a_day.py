"""What the operator is told of once a day for as long as it lasts."""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.operations.ports import Operator

TELL_AGAIN_AFTER = timedelta(days=1)


class OnceADay:
    """Tells the operator of what is refused again and again.

    What has been told is remembered by this process alone: a restart tells it again.
    """

    def __init__(self, operator: Operator, clock: Clock) -> None:
        self._operator = operator
        self._clock = clock
        self._told_at: dict[tuple[str, str], datetime] = {}

    async def tell(self, event: str, reason: str, **about: str) -> None:
        """Tell of an event, unless it was told within a day `about` the same."""
        now = self._clock.now()
        key = (event, str(sorted(about.items())))
        told_at = self._told_at.get(key)
        if told_at is None or now - told_at >= TELL_AGAIN_AFTER:
            # Before anything is awaited: of many refused at once, one tells.
            self._told_at[key] = now
            await self._operator.tell(event, reason=reason, **about)
