"""What a claim promises: one holder at a time, and no write of a former one."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import ClaimLost
from bot.jobs.claims import Claim
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.queueing import Slots
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from storage.database.engine import Database
from storage.leases import clear_leases
from tests.clock import FakeClock
from tests.pipeline.stages import Stages

LEASE = timedelta(minutes=2)
SLOTS = Slots(most=5, doubted_before=datetime.fromtimestamp(0, UTC))


@pytest.fixture
async def job(stages: Stages) -> Job:
    return await stages.delivering()


async def claim(
    store: JobStore, clock: FakeClock, *jobs: Job, kind: Due = Due.DELIVERY
) -> list[Claim]:
    now = clock.now()
    ids = [job.id for job in jobs]
    return list(await store.claim(kind, ids, due_by=now, now=now, until=now + LEASE))


async def due(store: JobStore, clock: FakeClock) -> list[Job]:
    found, _ = await store.due_and_next(Due.DELIVERY, clock.now(), 9)
    return list(found)


async def test_a_claimed_job_is_due_for_nobody_until_its_lease_ends(
    store: JobStore, clock: FakeClock, job: Job
) -> None:
    [claimed] = await claim(store, clock, job)

    assert claimed.job == job
    assert await claim(store, clock, job) == []
    assert await due(store, clock) == []
    clock.advance(LEASE.total_seconds())
    assert await due(store, clock) == [job]
    [again] = await claim(store, clock, job)
    assert again.fence > claimed.fence


async def test_kinds_of_work_are_claimed_each_by_itself(
    store: JobStore, clock: FakeClock, job: Job
) -> None:
    assert await claim(store, clock, job)
    assert await claim(store, clock, job, kind=Due.STATUS)
    assert await claim(store, clock, job, kind=Due.POLL) == []  # it is not due


async def test_claims_come_in_the_order_asked_for_and_without_those_not_due(
    store: JobStore, clock: FakeClock, stages: Stages
) -> None:
    jobs = [await stages.delivering(f"task-{number}") for number in range(4)]
    await store.note({jobs[2].id: JobChanges(delivery_due_at=None)})

    claims = await claim(store, clock, *reversed(jobs))

    assert [one.job for one in claims] == [jobs[3], jobs[1], jobs[0]]


async def test_who_finishes_frees_the_job_with_the_result(
    store: JobStore, clock: FakeClock, job: Job, stages: Stages
) -> None:
    [claimed] = await claim(store, clock, job)
    due_at = clock.now() + timedelta(seconds=9)

    await store.finish(claimed, JobChanges(delivery_due_at=due_at, delivery_attempts=3))

    now = await stages.now(job)
    assert (now.delivery_due_at, now.delivery_attempts) == (due_at, 3)
    clock.advance(9)
    assert len(await claim(store, clock, job)) == 1


async def test_a_date_that_was_changed_meanwhile_stays(
    store: JobStore, clock: FakeClock, job: Job, stages: Stages
) -> None:
    [claimed] = await claim(store, clock, job)
    news = clock.advance(1)
    await store.note({job.id: JobChanges(delivery_due_at=news)})

    await store.finish(claimed, JobChanges(delivery_due_at=None, refusals=2))

    now = await stages.now(job)
    assert (now.delivery_due_at, now.refusals) == (news, 2)


async def test_a_job_that_is_released_is_as_due_as_before(
    store: JobStore, clock: FakeClock, job: Job
) -> None:
    [claimed] = await claim(store, clock, job)
    await store.finish(claimed, JobChanges())

    assert await due(store, clock) == [job]


async def test_a_claim_that_has_ended_is_not_renewed(
    store: JobStore, clock: FakeClock, job: Job
) -> None:
    [ended] = await claim(store, clock, job)
    await store.finish(ended, JobChanges())

    await store.renew([ended], clock.now() + LEASE)  # begun before it had ended

    assert await due(store, clock) == [job]


async def test_no_write_of_a_lost_claim_changes_anything(
    store: JobStore, clock: FakeClock, job: Job, stages: Stages
) -> None:
    [lost] = await claim(store, clock, job)
    clock.advance(LEASE.total_seconds())
    [held] = await claim(store, clock, job)
    before = await stages.now(job)
    now, changes = clock.now(), JobChanges(delivery_due_at=None, refusals=9)

    with pytest.raises(ClaimLost):
        await store.note_claimed(lost, changes)
    with pytest.raises(ClaimLost):
        await store.finish(lost, changes)
    with pytest.raises(ClaimLost):
        await store.move_claimed(
            lost, JobState.DELIVERING, JobState.DELIVERED, now, **changes
        )
    assert await store.finish_all([(lost, changes)]) == [lost]
    await store.renew([lost], now + 9 * LEASE)

    assert await stages.now(job) == before
    clock.advance(LEASE.total_seconds())
    assert len(await claim(store, clock, job)) == 1
    assert held.fence > lost.fence


async def test_of_several_that_finish_only_the_lost_one_is_left_out(
    store: JobStore, clock: FakeClock, stages: Stages
) -> None:
    jobs = [await stages.delivering(f"task-{number}") for number in range(2)]
    lost, held = await claim(store, clock, *jobs)
    clock.advance(LEASE.total_seconds())
    assert await claim(store, clock, jobs[0])
    done = JobChanges(refusals=5)

    assert await store.finish_all([(lost, done), (held, done)]) == [lost]

    assert [(await stages.now(one)).refusals for one in jobs] == [0, 5]


async def test_a_step_ends_the_claim(
    store: JobStore, clock: FakeClock, job: Job
) -> None:
    [claimed] = await claim(store, clock, job)
    now = clock.now()

    moved = await store.move_claimed(
        claimed, JobState.DELIVERING, JobState.FAILED, now, delivery_due_at=now
    )

    assert moved is not None
    assert moved.state is JobState.FAILED
    assert len(await claim(store, clock, job)) == 1


async def test_a_step_that_came_too_late_leaves_the_claim_held(
    store: JobStore, clock: FakeClock, job: Job, stages: Stages
) -> None:
    [claimed] = await claim(store, clock, job)
    await stages.move(job, JobState.UNDELIVERABLE)
    now = clock.now()

    assert (
        await store.move_claimed(
            claimed, JobState.DELIVERING, JobState.DELIVERED, now, late=True
        )
        is None
    )

    after = await stages.now(job)
    assert (after.state, after.late) == (JobState.UNDELIVERABLE, False)
    assert await claim(store, clock, job) == []
    await store.finish(claimed, JobChanges())
    assert len(await claim(store, clock, job)) == 1


async def test_a_job_from_the_queue_is_claimed_with_its_step(
    store: JobStore, clock: FakeClock, stages: Stages
) -> None:
    job = await stages.queued()
    now = clock.now()
    until = now + LEASE

    claimed = await store.claim_queued(job, now, until, SLOTS, submit_due_at=now)
    assert claimed is not None
    assert claimed.job.state is JobState.SUBMITTING
    assert await store.claim_queued(job, now, until, SLOTS) is None

    assert await claim(store, clock, job, kind=Due.SUBMIT) == []
    await store.finish(claimed, JobChanges())
    assert len(await claim(store, clock, job, kind=Due.SUBMIT)) == 1


async def test_a_start_lets_every_claim_be_lost(
    store: JobStore, clock: FakeClock, job: Job, database: Database
) -> None:
    [former] = await claim(store, clock, job)

    await clear_leases(database)

    with pytest.raises(ClaimLost):
        await store.finish(former, JobChanges())
    assert len(await claim(store, clock, job)) == 1


async def test_what_is_let_go_of_is_as_due_as_before_but_for_claims_that_were_lost(
    store: JobStore, clock: FakeClock, stages: Stages, job: Job
) -> None:
    other = await stages.delivering("task-2")
    [ours, lost] = await claim(store, clock, job, other)
    clock.advance(LEASE.total_seconds())
    [theirs] = await claim(store, clock, other)

    await store.let_go([ours, lost])

    assert [one.id for one in await due(store, clock)] == [job.id]
    await store.finish(theirs, JobChanges())
    with pytest.raises(ClaimLost):
        await store.finish(lost, JobChanges())
