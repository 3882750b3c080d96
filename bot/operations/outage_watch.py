"""Tells the operator of an outage of EvoLink that lasts, and of its end."""

from collections.abc import Callable
from datetime import datetime

from bot.clock import Clock
from bot.operations.ports import Operator
from bot.processes.seats import Seat
from bot.workers.worker import Worker

WORTH_TELLING_S = 60.0
"""Shorter ones end by themselves, and stand in the log."""
CHECK_EVERY_S = 15.0


class OutageWatch(Worker):
    """Posts one message when a lasting outage of EvoLink begins, and one at its end."""

    name = "outage watch"
    seat = Seat.EVOLINK

    def __init__(
        self, since: Callable[[], datetime | None], operator: Operator, clock: Clock
    ) -> None:
        super().__init__()
        self._since = since
        self._operator = operator
        self._clock = clock
        self._told_since: datetime | None = None

    async def run_once(self) -> float:
        """Compare what is so with what the operator was told."""
        since = self._since()
        now = self._clock.now()
        if self._told_since is not None and since != self._told_since:
            lasted_s = (now - self._told_since).total_seconds()
            self._told_since = None
            await self._operator.tell("outage-ended", minutes=round(lasted_s / 60))
        if since is not None and self._told_since is None:
            lasts_s = (now - since).total_seconds()
            if lasts_s >= WORTH_TELLING_S:
                self._told_since = since
                await self._operator.tell("outage", minutes=round(lasts_s / 60))
        return CHECK_EVERY_S
