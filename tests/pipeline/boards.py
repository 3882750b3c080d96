"""What the tests of the status board do with it."""

from datetime import datetime

from bot.errors import (
    MessengerDown,
)
from bot.jobs.jobs import Job, JobChanges
from bot.pipeline.status_board import (
    MOST_EDITS_PER_S,
    StatusBoard,
)
from tests.clock import FakeClock
from tests.pipeline.stages import Stages

DOWN = MessengerDown("503")


async def moving() -> bool:
    return True


async def turn(board: StatusBoard) -> float:
    """Look until all is begun that may be: after each answer a little more may."""
    for _ in range(MOST_EDITS_PER_S):
        await one_pass(board)
    return await one_pass(board)


async def one_pass(board: StatusBoard) -> float:
    wait_s = await board.run_once()
    await board.drain()
    return wait_s


async def due_in_s(stages: Stages, job: Job, clock: FakeClock) -> float | None:
    due: datetime | None = (await stages.now(job)).status_due_at
    return None if due is None else (due - clock.now()).total_seconds()


async def made_known(stages: Stages, job: Job, clock: FakeClock) -> None:
    """Let something happen to a job that its status message should show."""
    await stages.store.note({job.id: JobChanges(status_due_at=clock.now())})
