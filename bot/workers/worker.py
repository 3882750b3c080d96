"""A loop that looks for work until it is stopped, and can be woken early."""

import asyncio
from abc import ABC, abstractmethod

import structlog

from bot.domain.waiting import Backoff

log = structlog.get_logger(__name__)

SHORTEST_PAUSE_S = 0.05
"""Between two looks: what happens at the same moment is seen in one look."""


class Worker(ABC):
    """One kind of work. `look` is the step that tests call without the loop."""

    name: str
    """Names the asyncio task and the log lines."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self._sleeps_until = 0.0
        """On the event loop's clock; 0 while it does not sleep."""
        self._stopping = False
        self._backoff = Backoff(base_s=1.0, cap_s=60.0)

    async def run(self) -> None:
        """Look, wait, and look again. Returns only after `stop`."""
        failures = 0
        while not self._stopping:
            self._news.clear()
            try:
                wait_s = await self.look()
            except Exception:
                # One bad look must not be the last look.
                failures += 1
                wait_s = self._backoff.wait_s(failures)
                log.exception("look failed", worker=self.name, next_in_s=round(wait_s))
                await self._pause(wait_s, until_news=False)
            else:
                failures = 0
                await asyncio.sleep(SHORTEST_PAUSE_S)
                await self._pause(wait_s, until_news=True)
        await self.drain()

    @abstractmethod
    async def look(self) -> float:
        """Do what is due, and return how many seconds may pass until the next look."""

    async def drain(self) -> None:
        """Wait for what was begun. The loop has ended; nothing new is begun."""
        return

    def wake(self) -> None:
        """Make the loop look again now. Cheap, and callable from anywhere."""
        self._news.set()

    def wake_in(self, wait_s: float) -> None:
        """Make sure that the loop looks again in so many seconds at the latest.

        A loop that would look by then anyway is left alone.
        """
        now = asyncio.get_running_loop().time()
        if now + wait_s < self._sleeps_until:
            self._sleeps_until = now + wait_s
            self._news.set()

    def stop(self) -> None:
        """Make `run` return after the look in hand."""
        self._stopping = True
        self._news.set()

    async def _pause(self, wait_s: float, *, until_news: bool) -> None:
        if not until_news and not self._stopping:
            # After a failure even news has to wait: it might be the failure's own.
            await asyncio.sleep(min(wait_s, 1.0))
            wait_s -= 1.0
        self._sleeps_until = asyncio.get_running_loop().time() + wait_s
        try:
            async with asyncio.timeout(max(wait_s, 0.0)):
                await self._news.wait()
        except TimeoutError:
            return
        finally:
            self._sleeps_until = 0.0
