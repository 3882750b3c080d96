"""A worker that claims rows one by one, and works on several side by side."""

from collections.abc import Hashable
from typing import Generic, TypeVar

from bot.clock import Clock
from bot.workers.leases import Leases, LeaseStore
from bot.workers.side_by_side import SideBySide
from bot.workers.worker import Worker

K = TypeVar("K", bound=Hashable)
"""What names a row."""
C = TypeVar("C")
"""What a claim of a row is."""


class RowWorker(Worker, Generic[K, C]):
    """Keeps the leases of the rows that are worked on, and ends both in order.

    Cards, log lines, greetings and the operator's messages are such rows. Work for jobs
    is claimed by `JobWorker`.
    """

    wakes_after_each = False
    """Whether the next pass begins as soon as work on a row has ended."""

    def __init__(self, store: LeaseStore[C], clock: Clock) -> None:
        super().__init__()
        self._under_way: SideBySide[K] = SideBySide(self.name, self._ended)
        self._leases: Leases[C] = Leases(self.name, store, clock)

    @property
    def in_progress(self) -> int:
        """How many rows it works on just now."""
        return len(self._under_way)

    async def drain(self) -> None:
        """Wait for the work on rows that has begun."""
        await self._under_way.drain()

    async def abandon(self) -> None:
        """Cancel the work on rows that has begun."""
        await self._under_way.abandon()

    async def hand_over(self) -> None:
        """End the claims of work that was cancelled, for other processes."""
        await self._leases.hand_over()

    def wake_if_held_up(self) -> None:
        """Begin a pass if `begin_all` left rows to wait for a limit with room now."""
        if self._under_way.is_held_up:
            self.wake()

    def _ended(self) -> None:
        if self.wakes_after_each:
            self.wake()
