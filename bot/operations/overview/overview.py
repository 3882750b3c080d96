"""Gathers the state of the whole installation. Knows neither HTML nor SQL."""

import asyncio
from collections.abc import Callable

from bot import deadline
from bot.clock import Clock
from bot.errors import StorageError
from bot.operations.free_space import FreeSpace
from bot.operations.health import Health
from bot.operations.overview.events import EventHistory
from bot.operations.overview.ports import OverviewStore
from bot.operations.overview.spending import spending_at
from bot.operations.overview.values import (
    Ceilings,
    Copies,
    Overview,
    Stored,
    Versions,
)
from bot.operations.ports import SeenBalance

READ_WITHIN_S = 3.0
"""A page without the database's part is better than none."""


class Overviews:
    """Gathers overviews of the whole installation, in one of its processes."""

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        store: OverviewStore,
        health: Health,
        events: EventHistory,
        free_space: FreeSpace,
        clock: Clock,
        *,
        balance: Callable[[], SeenBalance | None],
        copies: Callable[[], Copies | None],
        ceilings: Ceilings,
        versions: Versions,
        process: str,
    ) -> None:
        """Keep the sources.

        Args:
            store: The database's part.
            health: Of this process.
            events: Those that could not be saved yet.
            free_space: Where this process writes.
            clock: The time of day.
            balance: What the account can pay, as this process last read it; None = it
                has not, because another process looks after the account.
            copies: The automatic copies of the database; None = none are made.
            ceilings: What the operator has set.
            versions: Of this process and its libraries.
            process: The name of this process.
        """
        self._store = store
        self._health = health
        self._events = events
        self._free_space = free_space
        self._clock = clock
        self._balance = balance
        self._copies = copies
        self._ceilings = ceilings
        self._versions = versions
        self._process = process
        self._began_at = clock.now()

    async def gather(self) -> Overview:
        """Return the present state; without the database's part if it fails."""
        # Side by side, so that a database that does not answer is waited for once.
        health, stored, free = await asyncio.gather(
            self._health.check(),
            self._read(),
            asyncio.to_thread(self._free_space.bytes_left),
        )
        now = self._clock.now()
        spending, balance = None, self._balance()
        if stored is not None:
            spending = spending_at(
                now,
                stored.days,
                stored.month_credits,
                None if balance is None else balance.credits,
                self._ceilings,
            )
        return Overview(
            at=now,
            process=self._process,
            began_at=self._began_at,
            health=health,
            stored=stored,
            unsaved_events=self._events.unsaved,
            spending=spending,
            balance_read_at=None if balance is None else balance.read_at,
            copies=self._copies(),
            free=free,
            ceilings=self._ceilings,
            versions=self._versions,
        )

    async def _read(self) -> Stored | None:
        deadline.answer_within(READ_WITHIN_S)  # in a task of its own
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                return await self._store.read(self._clock.now())
        except (StorageError, TimeoutError):
            return None
