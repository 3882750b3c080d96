"""Copies the database now and then, beside the work on it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.clock import Clock
from bot.errors import StartupError
from bot.operations.once_a_day import OnceADay
from bot.operations.overview.values import Copies as SeenCopies
from bot.operations.ports import Operator
from bot.processes.seats import Seat
from bot.workers.worker import STARTUP_DELAY_S, Worker

log = structlog.get_logger(__name__)

NO_COPIES = (
    "On PostgreSQL Clapper makes no copies of the database: make them with pg_dump, as"
    " docs/operations.md says."
)
TRY_AGAIN_S = 600.0
"""After a copy that could not be made: time to make room."""
LONGEST_PAUSE_S = 3600.0
"""The clock may be set meanwhile, or a copy be taken away."""


class Copies(Protocol):
    """Where automatic copies lie. Implemented by `storage.database.copies`."""

    async def latest(self) -> datetime | None:
        """Return when the newest complete copy was made; None = there is none.

        Raises:
            StartupError: If the folder cannot be read.
        """
        ...

    async def make(self, at: datetime) -> None:
        """Make another copy, and then remove the oldest ones.

        Raises:
            StartupError: If it could not be made; the older ones are all there.
        """
        ...


class BackupWorker(Worker):
    """Makes a copy every `every_h` hours, counted from the newest one in the folder."""

    name = "backups"
    seat = Seat.HOUSEKEEPING
    first_pass_after_s = STARTUP_DELAY_S

    def __init__(
        self,
        copies: Copies,
        operator: Operator,
        clock: Clock,
        *,
        every_h: float,
        made: Callable[[datetime], None],
    ) -> None:
        """Keep the parts; `made` is told when the newest copy was made."""
        super().__init__()
        self._copies = copies
        self._once_a_day = OnceADay(operator, clock)
        self._clock = clock
        self._every = timedelta(hours=every_h)
        self._made = made
        self._newest_at: datetime | None = None
        self._fault: str | None = None

    @property
    def seen(self) -> SeenCopies:
        """How the copies stood at the last pass."""
        return SeenCopies(
            every=self._every, newest_at=self._newest_at, fault=self._fault
        )

    async def run_once(self) -> float:
        """Make a copy if it is time, and tell the operator where it cannot be made."""
        now = self._clock.now()
        try:
            latest = await self._copies.latest()
            if latest is not None:
                # An old one has to be known where no new one can be made.
                self._note(latest)
            if latest is None or not timedelta(0) <= now - latest < self._every:
                await self._copies.make(now)
                log.info("database copied")
                latest = now
        except StartupError as error:
            self._fault = str(error)
            await self._once_a_day.tell("backup-failed", str(error))
            return TRY_AGAIN_S
        self._fault = None
        self._note(latest)
        due_in_s = (latest + self._every - self._clock.now()).total_seconds()
        return min(max(due_in_s, 1.0), LONGEST_PAUSE_S)

    def _note(self, newest_at: datetime) -> None:
        self._newest_at = newest_at
        self._made(newest_at)
