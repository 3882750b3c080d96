"""Workers that are at work together: those of a seat, while this process has it."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

import structlog

from bot.workers.storing import until_stored
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

HAND_OVER_WITHIN_S = 1.0
"""What takes longer is found by others when its leases have ended."""

_Tasks: TypeAlias = Mapping["asyncio.Task[None]", Worker]


class Crew:
    """Runs its workers whenever they may be at work, from their preparations on."""

    def __init__(
        self, workers: Sequence[Worker], *, may_work: Callable[[], bool]
    ) -> None:
        """Keep the workers, and what says whether they may be at work."""
        self._workers = workers
        self._may_work = may_work
        self._news = asyncio.Event()

    def look_again(self) -> None:
        """Find out again whether the workers may be at work."""
        self._news.set()

    async def run(self, stopping: asyncio.Event, grace_s: Callable[[], float]) -> None:
        """Work until `stopping`; what takes longer than `grace_s` then is cancelled."""
        while not stopping.is_set():
            if self._may_work():
                await self._work(stopping, grace_s)
            else:
                await self._until_news(stopping, ())

    async def _work(
        self, stopping: asyncio.Event, grace_s: Callable[[], float]
    ) -> None:
        """Work until `stopping`, or for as long as that is allowed."""
        begun: set[Worker] = set()
        # What one prepares, others of the same seat may use.
        prepared = asyncio.Barrier(len(self._workers))
        tasks = {
            asyncio.create_task(_run(worker, prepared, begun), name=worker.name): worker
            for worker in self._workers
        }
        try:
            if await self._until_over(stopping, tasks):
                await _stop(tasks, begun, stopping, grace_s)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled():
                task.result()
        if stopping.is_set():
            await _hand_over(self._workers)

    async def _until_over(
        self, stopping: asyncio.Event, tasks: Collection["asyncio.Task[None]"]
    ) -> bool:
        """Wait until nothing more is to be begun; return False if a worker failed."""
        while self._may_work() and not stopping.is_set():
            await self._until_news(stopping, tasks)
            if any(task.done() for task in tasks):
                return False
        return True

    async def _until_news(
        self, stopping: asyncio.Event, tasks: Collection["asyncio.Task[None]"]
    ) -> None:
        news = asyncio.create_task(self._news.wait(), name="crew's news")
        stop = asyncio.create_task(stopping.wait(), name="stop signal")
        try:
            await asyncio.wait({news, stop, *tasks}, return_when="FIRST_COMPLETED")
        finally:
            news.cancel()
            stop.cancel()
        self._news.clear()


async def _run(worker: Worker, prepared: asyncio.Barrier, begun: set[Worker]) -> None:
    await until_stored(worker.prepare)
    await prepared.wait()
    begun.add(worker)
    await worker.run()


async def _stop(
    tasks: _Tasks,
    begun: Collection[Worker],
    stopping: asyncio.Event,
    grace_s: Callable[[], float],
) -> None:
    """Let nothing more be begun, and wait for what was.

    Where only the seat was lost, that may take its time: its claims protect it.
    """
    for task, worker in tasks.items():
        if worker in begun:
            worker.stop()
        else:
            task.cancel()
    stop = asyncio.create_task(stopping.wait(), name="stop signal")
    left = set(tasks)
    try:
        while left and not stop.done():
            done, _ = await asyncio.wait({stop, *left}, return_when="FIRST_COMPLETED")
            left -= done
    finally:
        stop.cancel()
    if left:
        _, late = await asyncio.wait(left, timeout=grace_s())
        for task in late:
            log.warning("worker cancelled at shutdown", worker=task.get_name())


async def _hand_over(workers: Sequence[Worker]) -> None:
    """Give to other processes what was not done in time, if that takes no time."""
    handing = [
        asyncio.create_task(worker.hand_over(), name=f"{worker.name} hands over")
        for worker in workers
    ]
    _, late = await asyncio.wait(handing, timeout=HAND_OVER_WITHIN_S)
    for task in late:
        task.cancel()
    await asyncio.gather(*handing, return_exceptions=True)
