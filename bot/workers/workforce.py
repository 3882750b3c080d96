"""All workers together: begun together, stopped together."""

import asyncio
from collections.abc import Sequence

import structlog

from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

GRACE_S = 5.0
"""How long work in hand may take to end. `docker stop` waits ten seconds in all."""


class Workforce:
    """Runs workers until it is told to stop."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._workers = workers

    async def run(self, stopping: asyncio.Event) -> None:
        """Run all workers; after `stopping`, wait a while for what is in hand.

        Whatever is not done by then is cancelled, and found again at the next start.
        """
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
