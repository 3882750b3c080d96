"""Running a worker's loop in a test, and waiting for what it does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.workers.job_worker import JobWorker
from bot.workers.worker import Worker

PATIENCE_S = 30.0
"""Far longer than anything here takes; a busy machine must not fail a test."""


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is true, however long a busy machine takes."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - any condition, not only events
            await asyncio.sleep(0.005)


async def turn(worker: JobWorker) -> float:
    """Let a worker look until nothing more may be begun with at this moment."""
    while True:
        wait_s = await worker.run_once()
        if not worker.handling:
            return wait_s
        await worker.drain()


@asynccontextmanager
async def at_work(worker: Worker) -> AsyncIterator[asyncio.Task[None]]:
    """Run a worker's loop during the block, and stop it properly."""
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        task = group.create_task(worker.run(), name=worker.name)
        try:
            yield task
        finally:
            worker.stop()
