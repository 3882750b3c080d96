"""Tells the operator of an outage of EvoLink that lasts, and of its end."""

from collections.abc import Awaitable, Callable
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
    what the operator was told, and only from an answer that the outage is over. One
    that slept, and does not know yet that the seat is gone, finds it told already.
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
        *,
        is_alone: Callable[[], bool],
    ) -> None:
        """Keep whom to ask since when this process sees an outage; None = it sees none.

        `answered_at` says when EvoLink last answered this process, and `is_alone`
        whether no other process may tell the operator.
        """
        super().__init__()
        self._since = since
        self._answered_at = answered_at
        self._told = told
        self._operator = operator
        self._clock = clock
        self._is_alone = is_alone
        self._told_since: datetime | None = None

    async def prepare(self) -> None:
        """Read which outage the operator was told of."""
        self._told_since = await self._told.load()

    async def run_once(self) -> float:
        """Compare what is so with what the operator was told."""
        now = self._clock.now()
        told_since, answered_at = self._told_since, self._answered_at()
        if told_since and answered_at and answered_at > told_since:
            is_first = await self._is_first(self._told.end(told_since))
            self._told_since = None
            if is_first:
                lasted_s = (now - told_since).total_seconds()
                await self._operator.tell("outage-ended", minutes=round(lasted_s / 60))
        since = self._since()
        if since is not None and self._told_since is None:
            lasts_s = (now - since).total_seconds()
            if lasts_s >= WORTH_TELLING_S:
                await self._begin(since, lasts_s)
        return CHECK_EVERY_S

    async def _begin(self, since: datetime, lasts_s: float) -> None:
        if await self._is_first(self._told.begin(since)):
            self._told_since = since
            await self._operator.tell("outage", minutes=round(lasts_s / 60))
        else:
            self._told_since = await self._told.load()

    async def _is_first(self, noting: Awaitable[bool]) -> bool:
        """Return whether the operator is to be told: nobody has told them already.

        Raises:
            StorageError: If the database did not take it, and others may tell it.
        """
        try:
            return await noting or self._is_alone()
        except StorageError:
            if not self._is_alone():
                raise
            return True  # the operator must not wait for the database
