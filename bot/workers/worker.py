"""A loop that does what is due until it is stopped, and can be woken early."""

import asyncio
import math
from abc import ABC, abstractmethod

import structlog

from bot.backoff import Backoff
from bot.errors import StorageError
from bot.processes.seats import Seat

STARTUP_DELAY_S = 60.0
"""So long after a start, what can wait leaves the database to those who wait."""
STORAGE_RETRY_S = 5.0
"""At most so long a worker leaves a database alone that is in trouble."""

log = structlog.get_logger(__name__)


class Worker(ABC):
    """One kind of work. `run_once` is one pass; tests call it without the loop."""

    name: str
    """Names the asyncio task and the log lines."""
    seat: Seat | None = None
    """Where several processes are at work, one that has this seat does it; None = all
    of them do, by claims."""
    shortest_pause_s = 0.05
    """Between two passes: what happens at the same moment is seen in one pass."""

    first_pass_after_s = 0.0
    """After the loop has begun."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._next_pass_by = math.inf
        """On the event loop's clock: when the next pass is wanted at the latest.

        Kept also while a pass is under way: it may have read the database already.
        """
        self._stopping = False
        self._backoff = Backoff(base_s=1.0, cap_s=60.0)

    @property
    def in_progress(self) -> int:
        """How many jobs, or other items, it is about just now."""
        return 0

    async def prepare(self) -> None:
        """Read what is remembered here from the database again.

        Awaited each time before `run`: another process may have done this work since.
        None of a seat's workers runs before all of them are prepared. What was begun
        before the seat was lost may still be under way.

        Raises:
            StorageError: If the database did not answer. It is then tried again.
        """
        return

    async def run(self) -> None:
        """Run pass after pass. Returns only after `stop`; may run again then."""
        try:
            await self._repeat()
        except asyncio.CancelledError:
            await self.abandon()
            raise
        await self.drain()
        self._stopping = False

    @abstractmethod
    async def run_once(self) -> float:
        """Do what is due, and return how many seconds may go by until the next pass."""

    async def drain(self) -> None:
        """Wait for what was begun. The loop has ended; nothing new is begun."""
        return

    async def abandon(self) -> None:
        """Cancel what was begun, and wait for that: the loop itself was cancelled."""
        return

    async def hand_over(self) -> None:
        """Give to other processes what was cancelled. This process ends.

        Raises:
            StorageError: If the database did not take it: they will find it later.
        """
        return

    def wake(self) -> None:
        """Begin the next pass now. Cheap, and callable from anywhere."""
        self._next_pass_by = -math.inf
        self._woken.set()

    def wake_in(self, wait_s: float) -> None:
        """Begin the next pass in so many seconds at the latest.

        A loop that would run by then anyway is left alone.
        """
        next_pass_by = asyncio.get_running_loop().time() + wait_s
        if next_pass_by < self._next_pass_by:
            self._next_pass_by = next_pass_by
            self._woken.set()

    def stop(self) -> None:
        """Make `run` return after the pass in progress."""
        self._stopping = True
        self.wake()

    async def _repeat(self) -> None:
        failures = 0
        if self.first_pass_after_s:
            await self._pause(self.first_pass_after_s)
        while not self._stopping:
            self._next_pass_by = math.inf
            try:
                wait_s = await self.run_once()
            except StorageError as error:
                # Storage logs when its trouble begins and when it ends. That passes by
                # itself, and is then seen soon.
                failures += 1
                wait_s = min(self._backoff.wait_s(failures), STORAGE_RETRY_S)
                log.debug("worker pass failed", worker=self.name, reason=str(error))
                await asyncio.sleep(min(wait_s, 1.0))
                await self._pause(wait_s - 1.0)
            except Exception:
                # One failed pass must not be the last one.
                failures += 1
                wait_s = self._backoff.wait_s(failures)
                log.exception(
                    "worker pass failed", worker=self.name, next_in_s=round(wait_s)
                )
                # Even news has to wait a little: it might be the failure's own.
                await asyncio.sleep(min(wait_s, 1.0))
                await self._pause(wait_s - 1.0)
            else:
                failures = 0
                await asyncio.sleep(self.shortest_pause_s)
                await self._pause(wait_s)

    async def _pause(self, wait_s: float) -> None:
        """Sleep for so long, or until an earlier pass is wanted."""
        loop = asyncio.get_running_loop()
        self._next_pass_by = min(self._next_pass_by, loop.time() + wait_s)
        while not self._stopping and self._next_pass_by > loop.time():
            self._woken.clear()
            alarm = loop.call_at(self._next_pass_by, self._woken.set)
            try:
                await self._woken.wait()
            finally:
                alarm.cancel()
