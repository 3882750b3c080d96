"""All workers together: begun together, stopped together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.workers.storing import until_stored
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

GRACE_S = 5.0
"""How long work in hand may take to end. `docker stop` waits ten seconds in all."""


class Workforce:
    """Runs workers until it is told to stop."""

    def __init__(
        self, workers: Sequence[Worker], *, prepare: Callable[[], Awaitable[None]]
    ) -> None:
        """Keep the workers, and what is stored before the first of them begins."""
        self._workers = workers
        self._prepare = prepare

    async def run(self, stopping: asyncio.Event) -> None:
        """Run all workers; after `stopping`, wait a while for what is in hand.

        They begin once the database has taken what `prepare` stores. What is not done
        by the end is cancelled, and found again at the next start.
        """
        preparing = asyncio.create_task(until_stored(self._prepare), name="prepare")
        stop = asyncio.create_task(stopping.wait(), name="stop signal")
        try:
            await asyncio.wait({preparing, stop}, return_when="FIRST_COMPLETED")
        finally:
            stop.cancel()
            if not preparing.done():
                preparing.cancel()
        if not stopping.is_set():
            preparing.result()
            await self._work(stopping)

    async def _work(self, stopping: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(worker.run(), name=worker.name)
                for worker in self._workers
            ]
            waiting = group.create_task(stopping.wait(), name="stop signal")
            await asyncio.wait([waiting, *tasks], return_when="FIRST_COMPLETED")
            waiting.cancel()
            for worker in self._workers:
                worker.stop()
            _, late = await asyncio.wait(tasks, timeout=GRACE_S)
            for task in late:
                log.warning("worker cancelled at shutdown", worker=task.get_name())
                task.cancel()
