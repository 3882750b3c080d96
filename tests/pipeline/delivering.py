"""What the tests of deliveries do with the worker."""

from bot.errors import (
    MessengerDown,
)
from bot.jobs.jobs import Job
from bot.pipeline.deliverer import Deliverer
from tests.clock import FakeClock
from tests.pipeline.stages import Stages

DOWN = MessengerDown("503")


async def turn(deliverer: Deliverer) -> None:
    await deliverer.run_once()
    await deliverer.drain()


async def due_in_s(stages: Stages, job: Job, clock: FakeClock) -> float:
    due_at = (await stages.now(job)).delivery_due_at
    assert due_at is not None
    return (due_at - clock.now()).total_seconds()


async def turns(deliverer: Deliverer, clock: FakeClock, count: int) -> None:
    """Let it work so many times, each as late as it ever waits."""
    for _ in range(count):
        clock.advance(121)
        await turn(deliverer)
