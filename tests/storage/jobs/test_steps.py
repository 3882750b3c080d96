"""What changes without a step: new jobs, notes, EvoLink's ids, and who hears of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ids import JobId, TaskId
from bot.jobs.due import Due
from bot.jobs.states import JobState
from bot.jobs.store import JobListener, JobStore
from storage.database.engine import Database
from tests.factories import NOON, make_job, reach
from tests.storage.heard import Heard
from tests.stores import job_store

S = JobState
LATER = NOON + timedelta(minutes=3)


async def test_an_interaction_makes_one_job(store: JobStore) -> None:
    """Discord may hand the same one over twice; both copies come at once."""
    first = make_job()
    again = make_job(interaction_id=first.interaction_id)

    results = await asyncio.gather(*(store.receive(job) for job in (first, again)))

    assert sorted(results) == [False, True]
    winner = first if results[0] else again
    assert await store.get(winner.id) == winner
    assert await store.counts() == {S.RECEIVED: 1}


async def test_a_new_job_cannot_begin_in_the_middle(store: JobStore) -> None:
    with pytest.raises(ValueError, match="received, not delivered"):
        await store.receive(make_job(state=S.DELIVERED))

    assert await store.counts() == {}


async def test_notes_change_the_fields_they_name_and_no_others(store: JobStore) -> None:
    one, two, three = [await reach(store, S.GENERATING) for _ in range(3)]

    await store.note(
        {
            one.id: {"progress": 30, "poll_due_at": LATER},
            two.id: {"progress": 60, "poll_due_at": None},
            three.id: {"result_url": "https://clip"},
            JobId("nobody"): {"progress": 99},
        }
    )

    after = [await store.get(job.id) for job in (one, two, three)]
    assert [(job.progress, job.poll_due_at) for job in after if job] == [
        (30, LATER),
        (60, None),
        (0, None),
    ]
    assert after[2] is not None
    assert after[2].result_url == "https://clip"
    assert {job.state for job in after if job} == {S.GENERATING}


async def test_notes_are_all_taken_or_none(store: JobStore) -> None:
    one, two = [await reach(store, S.GENERATING) for _ in range(2)]

    with pytest.raises(Exception, match="ck_jobs_counters"):
        await store.note({one.id: {"progress": 30}, two.id: {"polls": -1}})

    assert await store.get(one.id) == one


async def test_a_date_is_set_where_it_is_as_it_was_read(store: JobStore) -> None:
    job = await reach(store, S.GENERATING, status_due_at=NOON, poll_due_at=NOON)

    assert await store.redate(job, Due.STATUS, LATER)

    assert await store.get(job.id) == replace(job, status_due_at=LATER)


async def test_a_job_may_be_taken_off_a_kind_of_work(store: JobStore) -> None:
    job = await reach(store, S.GENERATING, status_due_at=NOON)

    assert await store.redate(job, Due.STATUS, None)

    assert await store.get(job.id) == replace(job, status_due_at=None)


async def test_news_since_a_job_was_read_is_not_overwritten(store: JobStore) -> None:
    """Its date was moved, by a microsecond or for good."""
    read = await reach(store, S.GENERATING, status_due_at=NOON, poll_due_at=NOON)
    moved = NOON + timedelta(microseconds=1)
    await store.note({read.id: {"status_due_at": moved, "poll_due_at": None}})

    assert not await store.redate(read, Due.STATUS, LATER)
    assert not await store.redate(read, Due.POLL, LATER)

    after = await store.get(read.id)
    assert after == replace(read, status_due_at=moved, poll_due_at=None)


async def test_a_job_erased_since_it_was_read_gets_no_date(store: JobStore) -> None:
    stranger = make_job(status_due_at=NOON)

    assert not await store.redate(stranger, Due.STATUS, LATER)

    assert await store.get(stranger.id) is None


async def test_a_task_is_adopted_once(store: JobStore) -> None:
    job = await reach(store, S.SUBMITTING)
    mine, other = TaskId("task-unified-1"), TaskId("task-unified-2")

    assert await store.adopt(job.id, mine, {"poll_due_at": LATER})
    assert await store.adopt(job.id, mine, {"poll_due_at": NOON})
    assert not await store.adopt(job.id, other, {"poll_due_at": NOON})

    after = await store.get(job.id)
    assert after is not None
    assert (after.task_id, after.poll_due_at) == (mine, LATER)
    assert after.state is S.SUBMITTING


async def test_a_task_belongs_to_one_job(store: JobStore) -> None:
    """Two jobs must never deliver the same clip."""
    owner = await reach(store, S.GENERATING, task_id=TaskId("task-unified-1"))
    job = await reach(store, S.SUBMITTING)

    assert not await store.adopt(job.id, TaskId("task-unified-1"), {"polls": 5})

    assert await store.get(job.id) == job
    assert await store.get(owner.id) == owner


async def test_a_job_that_does_not_exist_adopts_nothing(store: JobStore) -> None:
    assert not await store.adopt(JobId("nobody"), TaskId("task-unified-1"), {})


async def test_the_listener_hears_of_what_was_changed(database: Database) -> None:
    heard = Heard()
    listener: JobListener = heard
    store = job_store(database, listener=listener)
    job = make_job()
    await store.receive(job)

    await store.move(job.id, S.RECEIVED, S.QUEUED, NOON, status_due_at=NOON)
    await store.note({job.id: {"status_due_at": None}})
    await store.note({job.id: {"status_due_at": NOON}})
    queued = await store.get(job.id)
    assert queued is not None
    await store.redate(queued, Due.STATUS, LATER)
    await store.redate(queued, Due.STATUS, NOON)
    await store.adopt(job.id, TaskId("t"), {"poll_due_at": LATER})
    await store.end_of_guild(job.guild_id, NOON)

    assert heard.moves == [(frozenset({S.RECEIVED}), S.QUEUED)]
    assert heard.changes == [
        {"status_due_at": NOON},
        {"status_due_at": None},
        {"status_due_at": NOON},
        {"status_due_at": LATER},
        {"poll_due_at": LATER},
        # Of a server that was left: its tasks may have left their slots.
        {"poll_due_at": None},
    ]


async def test_the_listener_does_not_hear_of_what_was_not_changed(
    database: Database,
) -> None:
    heard = Heard()
    store = job_store(database, listener=heard)
    job = await reach(store, S.GENERATING, task_id=TaskId("t"))
    heard.moves.clear()
    heard.changes.clear()

    await store.move(job.id, S.QUEUED, S.CANCELLED, NOON, poll_due_at=NOON)
    await store.note({})
    await store.note({job.id: {}})
    await store.adopt(job.id, TaskId("u"), {"poll_due_at": LATER})
    await store.end_of_guild(make_job(guild_id=4).guild_id, NOON)

    assert heard.moves == []
    assert heard.changes == []
