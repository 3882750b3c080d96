"""Every step of a job's life, and everything that is not one."""

import asyncio
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import text

from bot.jobs.failures import Failure
from bot.jobs.states import TRANSITIONS, JobState, QuotaEffect
from bot.jobs.store import JobStore
from storage.database.engine import Database
from tests.factories import NOON, WAYS, make_job, reach
from tests.storage.conftest import Put, Select

S = JobState
LATER = NOON + timedelta(minutes=3)
HELD = "INSERT INTO ledger VALUES (0, 7, 8, :job, 'reserve', 1, 1, 0, NULL, 0, 0)"
WRITTEN: dict[QuotaEffect | None, list[str]] = {
    None: [],
    QuotaEffect.NONE: [],
    QuotaEffect.RESERVE: ["reserve"],
    QuotaEffect.SETTLE: ["settle"],
    QuotaEffect.RELEASE: ["release"],
}


@pytest.mark.parametrize(("old", "new"), list(product(JobState, JobState)))
async def test_a_job_takes_the_steps_of_the_table_and_no_others(
    store: JobStore, put: Put, rows: Select, database: Database, old: S, new: S
) -> None:
    """An allowed step writes its row of the ledger; any other changes nothing."""
    job = make_job(state=old, requested_at=NOON)
    await put(job)
    effect = TRANSITIONS.get((old, new))
    reserved = [] if effect is QuotaEffect.RESERVE else ["reserve"]
    if reserved:
        await database.write(
            lambda connection: connection.execute(text(HELD), {"job": job.id})
        )

    if effect is None:
        with pytest.raises(ValueError, match=f"no job goes from {old} to {new}"):
            await store.move(job.id, old, new, LATER)
        assert await store.get(job.id) == job
    else:
        moved = await store.move(job.id, old, new, LATER)
        assert moved is not None
        assert (moved.state, moved.state_since) == (new, LATER)
        assert await store.get(job.id) == moved

    kinds = await rows("SELECT kind FROM ledger ORDER BY id")
    assert [kind for (kind,) in kinds] == reserved + WRITTEN[effect]


async def test_a_step_is_taken_once(store: JobStore, rows: Select) -> None:
    """The second caller learns that it was second, and changes nothing."""
    job = await reach(store, S.QUEUED)
    first = await store.move(job.id, S.QUEUED, S.CANCELLED, LATER)

    second = await store.move(job.id, S.QUEUED, S.SUBMITTING, LATER, submit_key="k")

    assert second is None
    assert await store.get(job.id) == first
    assert await rows("SELECT kind FROM ledger ORDER BY id") == [
        ("reserve",),
        ("release",),
    ]


async def test_of_fifty_at_the_same_instant_one_wins(
    store: JobStore, rows: Select
) -> None:
    """A cancel and a submit race for the same job all the time."""
    job = await reach(store, S.QUEUED)

    results = await asyncio.gather(
        *(
            store.move(job.id, S.QUEUED, S.CANCELLED, LATER, reference=str(number))
            for number in range(50)
        )
    )

    winners = [result for result in results if result is not None]
    assert len(winners) == 1
    assert await store.get(job.id) == winners[0]
    assert await rows("SELECT count(*) FROM ledger WHERE kind = 'release'") == [(1,)]


async def test_a_step_from_several_states_does_what_fits_the_one_it_was_in(
    store: JobStore, rows: Select
) -> None:
    """Cancelling releases a queued job, and settles one that is being made."""
    waiting = await reach(store, S.QUEUED)
    made = await reach(store, S.GENERATING)
    olds = {S.AWAITING_REVIEW, S.QUEUED, S.SUBMITTING, S.GENERATING}

    for job in (waiting, made):
        assert await store.move(job.id, olds, S.CANCELLED, LATER) is not None

    closed = await rows(
        "SELECT job_id, kind FROM ledger WHERE kind <> 'reserve' ORDER BY id"
    )
    assert closed == [(waiting.id, "release"), (made.id, "settle")]


async def test_one_impossible_old_state_refuses_the_whole_step(store: JobStore) -> None:
    job = await reach(store, S.QUEUED)

    with pytest.raises(ValueError, match="from delivered to cancelled"):
        await store.move(job.id, {S.QUEUED, S.DELIVERED}, S.CANCELLED, LATER)

    assert await store.get(job.id) == job


async def test_a_step_brings_its_changes_along(store: JobStore) -> None:
    job = await reach(store, S.GENERATING, poll_due_at=LATER)

    moved = await store.move(
        job.id,
        S.GENERATING,
        S.FAILED,
        LATER,
        failure=Failure.GAVE_UP,
        poll_due_at=None,
        credits_used=12.5,
        late=True,
    )

    assert moved is not None
    assert moved.failure is Failure.GAVE_UP
    assert moved.poll_due_at is None
    assert moved.credits_used == 12.5
    assert moved.late is True
    assert moved.request == job.request


async def test_a_job_that_does_not_exist_is_not_moved(store: JobStore) -> None:
    missing = make_job()

    assert await store.move(missing.id, S.RECEIVED, S.QUEUED, LATER) is None


@pytest.mark.parametrize("state", list(JobState))
async def test_every_state_can_be_reached(store: JobStore, state: JobState) -> None:
    """And the way there leaves at most one row that closes the reservation."""
    assert set(WAYS) == set(JobState)

    job = await reach(store, state)

    assert job.state is state
