"""Tells the operator of an outage of EvoLink that lasts, and of its end."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from bot.clock import Clock
from bot.errors import StorageError
from bot.operations.ports import Operator, ToldOutages
from bot.processes.seats import Seat
from bot.workers.worker import Worker

WORTH_TELLING_S = 60.0
"""Shorter ones end by themselves, and stand in the log."""
CHECK_EVERY_S = 15.0


class OutageWatch(Worker):
    """Posts one message when a lasting outage of EvoLink begins, and one at its end.

    Also where another process takes the seat in between: it knows from the database
    what the operator was told, and only from an answer that the outage is over.
    """

    name = "outage watch"
    seat = Seat.EVOLINK

    def __init__(
        self,
        since: Callable[[], datetime | None],
        answered_at: Callable[[], datetime | None],
        told: ToldOutages,
        operator: Operator,
        clock: Clock,
    ) -> None:
        """Keep whom to ask since when this process sees an outage; None = it sees none.

        `answered_at` says when EvoLink last answered this process.
        """
        super().__init__()
        self._since = since
        self._answered_at = answered_at
        self._told = told
        self._operator = operator
        self._clock = clock
        self._told_since: datetime | None = None

    async def prepare(self) -> None:
        """Read which outage the operator was told of."""
        self._told_since = await self._told.load()

    async def run_once(self) -> float:
        """Compare what is so with what the operator was told."""
        now = self._clock.now()
        told_since, answered_at = self._told_since, self._answered_at()
        if told_since and answered_at and answered_at > told_since:
            lasted_s = (now - told_since).total_seconds()
            await self._note(None)
            await self._operator.tell("outage-ended", minutes=round(lasted_s / 60))
        since = self._since()
        if since is not None and self._told_since is None:
            lasts_s = (now - since).total_seconds()
            if lasts_s >= WORTH_TELLING_S:
                await self._note(since)
                await self._operator.tell("outage", minutes=round(lasts_s / 60))
        return CHECK_EVERY_S

    async def _note(self, since: datetime | None) -> None:
        self._told_since = since
        # The operator must not wait for the database.
        with suppress(StorageError):
            await self._told.save(since)
