"""Workers that are at work together: those of a seat, while this process has it."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

import structlog

from bot.workers.storing import until_stored
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

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
            while self._may_work() and not stopping.is_set():
                await self._until_news(stopping, tasks)
                if any(task.done() for task in tasks):
                    break  # it failed, and so do all
            if stopping.is_set():
                await _stop(tasks, begun, grace_s())
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled():
                task.result()

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


async def _stop(tasks: _Tasks, begun: Collection[Worker], grace_s: float) -> None:
    for task, worker in tasks.items():
        if worker in begun:
            worker.stop()
        else:
            task.cancel()
    _, late = await asyncio.wait(tasks, timeout=grace_s)
    for task in late:
        log.warning("worker cancelled at shutdown", worker=task.get_name())
