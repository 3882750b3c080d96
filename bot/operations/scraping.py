"""Looks up what each scrape shows beside what was counted. Knows no HTTP and no SQL."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

from bot import deadline
from bot.clock import Clock
from bot.errors import StorageError
from bot.jobs.due import Due
from bot.jobs.states import JobState
from bot.operations.free_space import FreeSpace
from bot.operations.health import Health
from bot.operations.metrics import Metrics, Scraped
from bot.operations.ports import SeenBalance
from bot.processes.ports import Processes

READ_WITHIN_S = 3.0
"""Prometheus waits for ten seconds; what it gets without the database is much."""


class OldestDue(Protocol):
    """When work has been due. Implemented by `storage.operations.oldest_due`."""

    async def waited_s(self, now: datetime) -> Mapping[Due, float]:
        """Return for how many seconds the oldest work of each kind has been due.

        Raises:
            StorageError: If the database does not say.
        """
        ...


class Scraping:
    """Makes the page of /metrics of this process."""

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        metrics: Metrics,
        health: Health,
        free_space: FreeSpace,
        oldest_due: OldestDue,
        processes: Processes,
        clock: Clock,
        *,
        counts: Callable[[], Awaitable[Mapping[JobState, int]]],
        balance: Callable[[], SeenBalance | None],
        intake_paused: Callable[[], bool],
    ) -> None:
        """Keep what is asked.

        Args:
            metrics: What was counted.
            health: Of this process.
            free_space: Where this process writes.
            oldest_due: What the database knows of work that waits.
            processes: This one and the others.
            clock: The time of day.
            counts: How many jobs are in each state.
            balance: What the account can pay, as this process last read it; None = it
                has not.
            intake_paused: Whether this process has found that EvoLink takes no paid
                requests.
        """
        self._metrics = metrics
        self._health = health
        self._free_space = free_space
        self._oldest_due = oldest_due
        self._processes = processes
        self._clock = clock
        self._counts = counts
        self._balance = balance
        self._intake_paused = intake_paused

    async def page(self) -> bytes:
        """Return everything as it is now, with or without the database's word."""
        # Side by side: what the database does not answer is waited for once.
        health, stored, free = await asyncio.gather(
            self._health.check(),
            self._read(),
            asyncio.to_thread(self._free_space.bytes_left),
        )
        jobs, waited_s = stored or (None, None)
        balance = self._balance()
        scraped = Scraped(
            healthy=health.parts,
            jobs=jobs,
            waited_s=waited_s,
            free=free,
            balance=None if balance is None else balance.credits,
            intake_paused=self._intake_paused(),
        )
        return self._metrics.page(scraped, self._processes)

    async def _read(self) -> tuple[Mapping[JobState, int], Mapping[Due, float]] | None:
        deadline.answer_within(READ_WITHIN_S)  # in a task of its own
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                jobs = await self._counts()
                return jobs, await self._oldest_due.waited_s(self._clock.now())
        except (StorageError, TimeoutError):
            return None
