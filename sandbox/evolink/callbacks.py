"""Posts finished tasks to their callback_url, from one list ordered by time.

After settlement, with ten seconds for each delivery and repetitions after 1, 2 and 4 s
unless a 2xx came; unsigned. Source: EvoLink docs.
"""

import asyncio
import heapq
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import aiohttp

from sandbox.evolink.clock import MovableClock
from sandbox.evolink.config import EvolinkConfig
from sandbox.evolink.tasks import Task, TaskBook
from sandbox.evolink.wire import Wire

_OK = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One POST to a callback address, planned or made."""

    url: str
    body: dict[str, Any]
    attempt: int = 1
    is_last: bool = False
    """Not repeated, whatever comes back."""
    is_repeated: bool = False
    """Sent once more even if it succeeds."""
    status: int | None = None
    """What the receiver answered; `None` before, and if it did not."""


class CallbackSender:
    """Delivers what is due. The caller opens and closes the session."""

    def __init__(
        self,
        *,
        tasks: TaskBook,
        wire: Wire,
        clock: MovableClock,
        config: EvolinkConfig,
        session: aiohttp.ClientSession,
    ) -> None:
        self._tasks = tasks
        self._wire = wire
        self._clock = clock
        self._retries_s = config.callback_retries_s
        self._timeout = aiohttp.ClientTimeout(total=config.callback_timeout_s)
        self._session = session
        self._due: list[tuple[float, int, Delivery]] = []
        self._order = count()
        self._woken = asyncio.Event()
        self.made: list[Delivery] = []
        """Every POST so far, in the order of their ends."""
        tasks.when_begun(self._begin)
        tasks.when_settled(self._plan)
        clock.when_moved(self._woken.set)

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._woken.clear()
                self._tasks.settle_due()
                while self._due and self._due[0][0] <= self._clock.now():
                    delivery = heapq.heappop(self._due)[2]
                    group.create_task(self.deliver(delivery), name="callback")
                await self._pause()

    async def deliver(self, delivery: Delivery) -> Delivery:
        """Make one POST now, and plan its repetition if it needs one."""
        try:
            async with self._session.post(
                delivery.url,
                json=delivery.body,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, ValueError):
            status = None
        made = replace(delivery, status=status)
        self.made.append(made)
        self._follow_up(made)
        return made

    def _follow_up(self, made: Delivery) -> None:
        is_ok = made.status in _OK if made.status is not None else False
        if is_ok and made.is_repeated:
            self._add(self._clock.now(), replace(made, is_repeated=False, status=None))
        elif not is_ok and not made.is_last and made.attempt <= len(self._retries_s):
            wait_s = self._retries_s[made.attempt - 1]
            again = replace(made, attempt=made.attempt + 1, status=None)
            self._add(self._clock.now() + wait_s, again)

    def _begin(self, task: Task) -> None:
        url = task.order.callback_url
        if url is None or task.life.callback != "forged":
            self._woken.set()
            return
        lie = self._wire.task(task, task.created_at) | {
            "status": "completed",
            "progress": 100,
            "results": ["https://files.example.com/forged.mp4"],
        }
        middle = task.began_at + task.total_s / 2
        self._add(middle, Delivery(url=url, body=lie, is_last=True))

    def _plan(self, task: Task) -> None:
        url = task.order.callback_url
        if url is None or task.life.callback == "never" or task.settled_at is None:
            return
        now = self._clock.now()
        is_repeated = task.life.callback == "twice"
        body = self._wire.task(task, now)
        self._add(now, Delivery(url=url, body=body, is_repeated=is_repeated))

    def _add(self, at: float, delivery: Delivery) -> None:
        heapq.heappush(self._due, (at, next(self._order), delivery))
        self._woken.set()

    async def _pause(self) -> None:
        moments = [self._due[0][0]] if self._due else []
        next_end = self._tasks.next_end()
        moments += [] if next_end is None else [next_end]
        wait_s = self._clock.real_seconds_until(min(moments)) if moments else None
        try:
            async with asyncio.timeout(wait_s):
                await self._woken.wait()
        except TimeoutError:
            return
