"""A server removed the bot: its jobs end, quietly and without charge."""

from datetime import timedelta

import pytest

from bot.ids import GuildId, TaskId
from bot.jobs.states import OPEN_STATES, JobState
from bot.jobs.store import JobStore
from tests.factories import NOON, make_job, reach
from tests.storage.conftest import Select
from tests.stores import Used

S = JobState
LATER = NOON + timedelta(minutes=3)


@pytest.mark.parametrize("state", list(JobState))
async def test_open_jobs_end_and_ended_ones_stay(
    store: JobStore, state: JobState, used: Used
) -> None:
    """A job that is only received cannot be undeliverable: it was never accepted."""
    job = await reach(store, state)

    ended = await store.end_of_guild(job.guild_id, LATER)

    after = await store.get(job.id)
    assert after is not None
    if state in OPEN_STATES:
        assert ended == 1
        assert after.state is (S.REFUSED if state is S.RECEIVED else S.UNDELIVERABLE)
        assert after.state_since == LATER
        assert after.interaction_token is None
    else:
        assert ended == 0
        assert after == job
    usage = await used(job.guild_id, None, NOON)
    assert usage.month == (1 if state is S.DELIVERED else 0)


async def test_nothing_is_told_or_submitted_any_more(store: JobStore) -> None:
    job = await reach(
        store,
        S.SUBMITTING,
        status_due_at=NOON,
        submit_due_at=NOON,
        delivery_due_at=NOON,
        notice_due_at=NOON,
    )

    await store.end_of_guild(job.guild_id, LATER)

    after = await store.get(job.id)
    assert after is not None
    assert after.status_due_at is None
    assert after.submit_due_at is None
    assert after.delivery_due_at is None
    assert after.notice_due_at is None
    assert after.poll_due_at is None


async def test_a_task_stays_polled_and_holds_its_slot(store: JobStore) -> None:
    due = await reach(store, S.GENERATING, task_id=TaskId("a"), poll_due_at=NOON)
    forgotten = await reach(store, S.GENERATING, task_id=TaskId("b"))

    await store.end_of_guild(due.guild_id, LATER)

    after = [await store.get(job.id) for job in (due, forgotten)]
    assert [job.poll_due_at for job in after if job] == [NOON, LATER]
    assert len(await store.making()) == 2


async def test_a_task_that_evolink_has_finished_is_not_asked_about(
    store: JobStore,
) -> None:
    job = await reach(store, S.DELIVERING, task_id=TaskId("a"), done_at=NOON)

    await store.end_of_guild(job.guild_id, LATER)

    after = await store.get(job.id)
    assert after is not None
    assert after.poll_due_at is None
    assert len(await store.making()) == 0


async def test_many_jobs_are_released_once_each(store: JobStore, rows: Select) -> None:
    """Late successes were released before, and other servers are not concerned."""
    for _ in range(3):
        await reach(store, S.QUEUED)
    late = await reach(store, S.FAILED, credits_used=4.5)
    await store.move(late.id, S.FAILED, S.DELIVERING, NOON)
    made = await reach(store, S.GENERATING, credits_used=2.5)
    elsewhere = await reach(store, S.QUEUED, make_job(guild_id=GuildId(2)))

    assert await store.end_of_guild(late.guild_id, LATER) == 5
    assert await store.end_of_guild(late.guild_id, LATER) == 0

    released = await rows(
        "SELECT credits, count(*) FROM ledger WHERE kind = 'release'"
        " GROUP BY credits ORDER BY credits NULLS FIRST"
    )
    assert released == [(None, 3), (2.5, 1), (4.5, 1)]
    assert (await store.get(elsewhere.id)) == elsewhere
    assert made.guild_id != elsewhere.guild_id
