"""Tasks are polled although another worker writes to their jobs at that moment."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from bot.pipeline.callback_tasks import CallbackTasks
from bot.pipeline.poller import Poller
from bot.pipeline.task_recorder import PollPolicy
from bot.pipeline.task_requests import HELD_S
from bot.workers.limits import Limits
from storage.database.address import Address
from storage.tables.jobs import jobs
from tests.callbacks import ignored
from tests.clock import FakeClock
from tests.pipeline.outside import RecordingOperator, ScriptedEvolink, completed
from tests.pipeline.parts import make_idempotency, make_readings
from tests.pipeline.stages import Stages


@pytest.fixture
def poller(
    store: JobStore,
    evolink: ScriptedEvolink,
    account: AccountGate,
    operator: RecordingOperator,
    clock: FakeClock,
    limits: Limits,
) -> Poller:
    policy = PollPolicy(min_interval_s=2.0, give_up_after_s=3600.0)
    idempotency = make_idempotency(operator, clock, allowed=True)
    return Poller(
        store,
        evolink,
        make_readings(store, clock, policy),
        clock,
        reads=limits.reads,
        seen=ignored,
        account=account,
        callback_tasks=CallbackTasks(store, idempotency, clock),
    )


@asynccontextmanager
async def being_written(url: str, job: Job) -> AsyncGenerator[None]:
    """Hold a job's row, as who edits its status message does for a moment."""
    engine = create_async_engine(Address.parse(url).url)
    try:
        async with engine.begin() as connection:
            row = select(jobs.c.id).where(jobs.c.id == job.id).with_for_update()
            await connection.execute(row)
            yield
    finally:
        await engine.dispose()


async def test_a_task_whose_row_was_locked_is_polled_a_moment_later(
    poller: Poller,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    migrated: str,
) -> None:
    job = await stages.generating()
    evolink.reports[completed("task-1").task_id] = completed("task-1")

    async with being_written(migrated, job):
        wait_s = await poller.run_once()
        assert evolink.reads == 0
    clock.advance(min(wait_s, HELD_S))
    await poller.run_once()

    assert 0 < wait_s <= HELD_S
    assert (await stages.now(job)).state is JobState.DELIVERING
