"""What a process that begins learns from the jobs of earlier ones."""

from datetime import timedelta

import pytest

from bot.ids import TaskId
from bot.jobs.durations import RecentDurations, TaskKind
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from storage.database.engine import Database
from storage.jobs.durations import SqlTaskDurations
from tests.factories import NOON, make_job, make_request, reach
from tests.storage.plans import collecting, plan, uses

S = JobState
PROMISED_S = 100.0


async def made(
    store: JobStore, number: int, took_s: float, state: JobState = S.DELIVERED
) -> None:
    """Store a job that was asked for in its turn, and whose task took so long."""
    asked_at = NOON + timedelta(minutes=number)
    accepted_at = asked_at + timedelta(seconds=2)
    await reach(
        store,
        state,
        make_job(requested_at=asked_at),
        task_id=TaskId(f"task-{number}"),
        accepted_at=accepted_at,
        done_at=accepted_at + timedelta(seconds=took_s),
        estimated_time_s=PROMISED_S,
        credits_reserved=5.0,
        polls=9,
    )


async def test_what_tasks_took_outlives_the_process(
    store: JobStore, database: Database
) -> None:
    for number in range(6):
        await made(store, number, 150.0)

    durations = RecentDurations(await SqlTaskDurations(database).latest(500))

    assert durations.correction(make_request()) == 1.5


async def test_only_the_latest_are_read_and_the_oldest_come_first(
    store: JobStore, database: Database
) -> None:
    for number in range(5):
        await made(store, number, 110.0 + number)

    latest = await SqlTaskDurations(database).latest(3)

    assert [took.seconds for took in latest] == [112.0, 113.0, 114.0]
    assert {took.kind for took in latest} == {TaskKind.of(make_request())}
    assert {(took.promised_s, took.polls) for took in latest} == {(PROMISED_S, 9)}


async def test_tasks_without_a_clip_tell_nothing(
    store: JobStore, database: Database
) -> None:
    """A task that failed after ten seconds is not a quick one."""
    await reach(
        store, S.FAILED, accepted_at=NOON, estimated_time_s=100.0, credits_reserved=5.0
    )
    await reach(store, S.GENERATING, accepted_at=NOON, credits_reserved=5.0)
    await reach(store, S.QUEUED)

    assert await SqlTaskDurations(database).latest(500) == []


@pytest.mark.sqlite
async def test_the_latest_tasks_are_read_from_an_index(
    store: JobStore, database: Database
) -> None:
    """A start must not read every job that ever was."""
    await made(store, 1, 120.0)
    with collecting(database) as asked:
        await SqlTaskDurations(database).latest(500)
        steps = await plan(database, asked)

    assert uses(steps, "ix_jobs_priced")
