"""Keeps what jobs add up to short: what has changed is added to it every minute."""

from typing import Protocol

from bot.processes.seats import Seat
from bot.workers.worker import STARTUP_DELAY_S, Worker

PAUSE_S = 60.0
PORTION = 500
"""Changes in one transaction: everybody else waits for it."""


class SumsStore(Protocol):
    """What jobs add up to. Implemented in `storage.sums`."""

    async def add_changes(self, limit: int) -> int:
        """Add the oldest changes to the sums; return how many there were.

        Both together say the same before and after.
        """
        ...


class Sums(Worker):
    """Runs every minute, and goes on at once while there is more."""

    name = "sums"
    seat = Seat.HOUSEKEEPING
    first_pass_after_s = STARTUP_DELAY_S

    def __init__(self, store: SumsStore) -> None:
        super().__init__()
        self._store = store

    async def run_once(self) -> float:
        """Add some changes to the sums."""
        added = await self._store.add_changes(PORTION)
        return 0.0 if added == PORTION else PAUSE_S
