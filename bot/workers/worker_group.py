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


class WorkerGroup:
    """Runs its workers whenever they may be at work, from their preparations on."""

    def __init__(
        self, workers: Sequence[Worker], *, may_work: Callable[[], bool]
    ) -> None:
        """Keep the workers, and what says whether they may be at work."""
        self._workers = workers
        self._may_work = may_work
        self._news = asyncio.Event()
        self._draining: dict[Worker, asyncio.Task[None]] = {}
        """Those that begin nothing more, and still wait for what they began.

        Where only the seat was lost, that may take its time: their claims protect it.
        """

    def look_again(self) -> None:
        """Find out again whether the workers may be at work."""
        self._news.set()

    async def run(self, stopping: asyncio.Event, grace_s: Callable[[], float]) -> None:
        """Work until `stopping`; what takes longer than `grace_s` then is cancelled."""
        try:
            while not stopping.is_set():
                if self._may_work():
                    await self._work(stopping)
                else:
                    await self._until_news(stopping, ())
            if self._draining:
                await self._drain(grace_s())
                await _hand_over(self._workers)
        finally:
            await _cancel(self._draining.values())

    async def _work(self, stopping: asyncio.Event) -> None:
        """Work until `stopping`, or for as long as that is allowed.

        Then the workers drain, and are not waited for here: the seat may be back soon.
        """
        begun: set[Worker] = set()
        # What one prepares, others of the same seat may use.
        prepared = asyncio.Barrier(len(self._workers))
        tasks = {
            asyncio.create_task(
                _run(worker, self._draining.get(worker), prepared, begun),
                name=worker.name,
            ): worker
            for worker in self._workers
        }
        left = set(tasks)
        try:
            if await self._until_over(stopping, tasks):
                left -= self._stop(tasks, begun)
        finally:
            await _cancel(left)
        _raise_errors(left)

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
        news = asyncio.create_task(self._news.wait(), name="worker group's news")
        stop = asyncio.create_task(stopping.wait(), name="stop signal")
        awaited = {news, stop, *tasks, *self._draining.values()}
        try:
            await asyncio.wait(awaited, return_when="FIRST_COMPLETED")
        finally:
            news.cancel()
            stop.cancel()
        self._news.clear()
        drained = [one for one, task in self._draining.items() if task.done()]
        _raise_errors([self._draining.pop(worker) for worker in drained])

    def _stop(
        self, tasks: _Tasks, begun: Collection[Worker]
    ) -> set["asyncio.Task[None]"]:
        """Let nothing more be begun, and return the tasks that are draining now."""
        stopped = {task: worker for task, worker in tasks.items() if worker in begun}
        for task, worker in stopped.items():
            worker.stop()
            self._draining[worker] = task
        return set(stopped)

    async def _drain(self, grace_s: float) -> None:
        tasks = list(self._draining.values())
        _, late = await asyncio.wait(tasks, timeout=grace_s)
        for task in late:
            log.warning("worker cancelled at shutdown", worker=task.get_name())
        await _cancel(late)
        _raise_errors(tasks)


async def _run(
    worker: Worker,
    former: "asyncio.Task[None] | None",
    prepared: asyncio.Barrier,
    begun: set[Worker],
) -> None:
    """Prepare and run a worker; `former` is its run before this, if it still drains."""
    await until_stored(worker.prepare)
    await prepared.wait()
    if former is not None:
        await asyncio.wait({former})
        former.result()
    begun.add(worker)
    await worker.run()


async def _cancel(tasks: Collection["asyncio.Task[None]"]) -> None:
    """Cancel tasks, and wait until they have ended."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


def _raise_errors(tasks: Collection["asyncio.Task[None]"]) -> None:
    """Raise what one of these tasks failed with; all of them have ended."""
    for task in tasks:
        if not task.cancelled():
            task.result()


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
