"""How workers take jobs, side by side, each once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from bot.clock import Clock
from bot.ids import JobId
from bot.jobs.claims import Claim
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.store import JobStore
from bot.pipeline.wakeups import Wakeups
from bot.workers.handler_errors import AFTER_ERROR_S, MOST_ERRORS
from bot.workers.job_worker import (
    AFTER_MANY_ERRORS_S,
    IDLE_S,
    RENEW_BEFORE_S,
    JobWorker,
)
from bot.workers.leases import LEASE_S
from storage.database.engine import Database
from storage.jobs.store import SqlJobStore
from storage.leases import clear_leases
from tests.clock import FakeClock
from tests.factories import AT_ONCE
from tests.pipeline.loops import at_work, until
from tests.pipeline.stages import Stages


class Clerk(JobWorker):
    """Ticks off due deliveries, as the test says."""

    name = "clerk"
    kind = Due.DELIVERY
    at_once = 3

    def __init__(self, jobs: JobStore, clock: Clock) -> None:
        super().__init__(jobs, clock)
        self.handled: list[JobId] = []
        self.open = asyncio.Event()
        self.open.set()
        self.error: Exception | None = None
        self.let_go = 0
        self.looks = 0

    async def handle(self, claim: Claim) -> None:
        self.handled.append(claim.job.id)
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.let_go += 1
            raise
        if self.error is not None:
            raise self.error
        done = JobChanges(delivery_due_at=None, refusals=len(self.handled))
        await self._jobs.finish(claim, done)

    async def run_once(self) -> float:
        self.looks += 1
        return await super().run_once()


@pytest.fixture
def bells(clock: FakeClock) -> Wakeups:
    return Wakeups(clock)


@pytest.fixture
def store(database: Database, bells: Wakeups) -> JobStore:
    return SqlJobStore(database, listener=bells, watcher=None)


@pytest.fixture
def clerk(store: JobStore, clock: FakeClock, bells: Wakeups) -> Clerk:
    clerk = Clerk(store, clock)
    bells.connect(Due.DELIVERY, clerk)
    return clerk


@pytest.fixture
async def other(
    database: Database, database_url: str, clock: FakeClock
) -> AsyncIterator[Clerk]:
    """A worker of another process on the same file."""
    del database  # the file is there once it is open
    async with Database.open(
        database_url, commit_delay_s=AT_ONCE, may_write=None
    ) as opened:
        yield Clerk(SqlJobStore(opened, listener=None, watcher=None), clock)


@pytest.fixture(autouse=True)
def nothing_is_stuck() -> None:
    """This clerk's idea of its work leaves jobs behind; the real workers' does not."""


async def test_with_nothing_due_it_idles(clerk: Clerk) -> None:
    assert await clerk.run_once() == IDLE_S


async def test_it_handles_what_is_due_and_sleeps_until_the_next(
    clerk: Clerk, stages: Stages, store: JobStore, clock: FakeClock
) -> None:
    now, later = [await stages.delivering(f"task-{n}") for n in range(2)]
    due = clock.advance(7)
    await store.note({later.id: JobChanges(delivery_due_at=due)})
    clock.advance(-7)

    assert await clerk.run_once() == 7
    await clerk.drain()

    assert clerk.handled == [now.id]


async def test_no_more_than_its_number_are_handled_and_none_twice(
    clerk: Clerk, stages: Stages
) -> None:
    jobs = [await stages.delivering(f"task-{n}") for n in range(7)]
    clerk.open.clear()

    for _ in range(3):
        assert await clerk.run_once() == IDLE_S
    await until(lambda: len(clerk.handled) == 3)
    assert clerk.handling == set(clerk.handled)
    clerk.open.set()
    async with at_work(clerk):
        await until(lambda: len(clerk.handled) == 7)

    assert sorted(clerk.handled) == sorted(job.id for job in jobs)


async def test_a_job_being_handled_is_not_begun_again(
    clerk: Clerk, stages: Stages
) -> None:
    """Its due time has not changed yet, so that the database still names it."""
    await stages.delivering()
    clerk.open.clear()

    for _ in range(3):
        await clerk.run_once()
        await until(lambda: bool(clerk.handled))
    clerk.open.set()
    await clerk.drain()

    assert len(clerk.handled) == 1


async def test_news_during_the_handling_is_seen_when_that_has_ended(
    clerk: Clerk, stages: Stages, store: JobStore, clock: FakeClock
) -> None:
    clerk.open.clear()
    job = await stages.delivering()
    async with asyncio.timeout(IDLE_S / 2), at_work(clerk):
        await until(lambda: len(clerk.handled) == 1)
        again = clock.advance(1)
        await store.note({job.id: JobChanges(delivery_due_at=again)})
        looks = clerk.looks
        await until(lambda: clerk.looks > looks)
        assert len(clerk.handled) == 1
        clerk.open.set()
        await until(lambda: len(clerk.handled) == 2)

    assert (await stages.now(job)).delivery_due_at is None


class Stumbling(Clerk):
    """Fails in the middle of a look, as where the spool cannot be read."""

    stumbles = True

    def wait_s_for(self, job: Job) -> float:
        if self.stumbles and self.handling:
            raise PermissionError(job.id)
        return super().wait_s_for(job)


async def test_a_look_that_fails_keeps_no_place(
    store: JobStore, clock: FakeClock, stages: Stages
) -> None:
    jobs = [await stages.delivering(f"task-{number}") for number in range(2)]
    clerk = Stumbling(store, clock)

    with pytest.raises(PermissionError):
        await clerk.run_once()
    assert clerk.handling == frozenset()
    clerk.stumbles = False
    await clerk.run_once()
    await clerk.drain()

    assert sorted(clerk.handled) == sorted(job.id for job in jobs)


async def test_two_workers_on_one_database_handle_each_job_once(
    clerk: Clerk, other: Clerk, stages: Stages
) -> None:
    clerk.at_once = other.at_once = 8
    jobs = [await stages.delivering(f"task-{number}") for number in range(40)]

    async with at_work(clerk), at_work(other):
        await until(lambda: len(clerk.handled) + len(other.handled) >= len(jobs))
        for number in range(40, 60):
            jobs.append(await stages.delivering(f"task-{number}"))
            clerk.wake()
            other.wake()
        await until(lambda: len(clerk.handled) + len(other.handled) >= len(jobs))

    assert sorted(clerk.handled + other.handled) == sorted(job.id for job in jobs)
    assert [(await stages.now(job)).delivery_due_at for job in jobs] == [None] * 60


async def test_a_worker_that_sleeps_past_its_lease_changes_nothing(
    clerk: Clerk, other: Clerk, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.delivering()
    clerk.open.clear()
    await clerk.run_once()
    await until(lambda: bool(clerk.handled))

    clock.advance(LEASE_S)
    await other.run_once()
    await other.drain()
    left = await stages.now(job)
    clerk.handled.append(JobId("what it would record"))
    with capture_logs() as logs:
        clerk.open.set()
        await clerk.drain()

    assert other.handled == [job.id]
    assert [(one["event"], one["job_id"]) for one in logs] == [("claim lost", job.id)]
    assert await stages.now(job) == left


async def test_what_takes_long_is_not_taken_by_others(
    clerk: Clerk, other: Clerk, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.delivering()
    clerk.open.clear()

    for _ in range(4):
        await clerk.run_once()
        clock.advance(RENEW_BEFORE_S)
        await other.run_once()
    clerk.open.set()
    await clerk.drain()

    assert (clerk.handled, other.handled) == ([job.id], [])


async def test_a_process_does_not_claim_what_it_is_handling(
    clerk: Clerk, stages: Stages, clock: FakeClock
) -> None:
    """The clock may be set forward, beyond the end of every lease."""
    job = await stages.delivering()
    clerk.open.clear()

    for _ in range(3):
        await clerk.run_once()
        clock.advance(2 * LEASE_S)
    clerk.open.set()
    await clerk.drain()

    assert clerk.handled == [job.id]


async def test_a_killed_workers_job_is_taken_when_its_lease_has_ended(
    clerk: Clerk, other: Clerk, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.delivering()
    clerk.open.clear()
    await clerk.run_once()
    await clerk.abandon()

    clock.advance(LEASE_S - 1)
    await other.run_once()
    assert other.handled == []
    clock.advance(1)
    await other.run_once()
    await other.drain()

    assert other.handled == [job.id]


async def test_what_is_cut_off_at_the_end_is_there_for_others_at_once(
    clerk: Clerk, other: Clerk, stages: Stages
) -> None:
    job = await stages.delivering()
    clerk.open.clear()
    await clerk.run_once()
    await clerk.abandon()

    await clerk.hand_over()
    await other.run_once()
    await other.drain()

    assert other.handled == [job.id]


async def test_a_lease_is_renewed_by_a_beat_without_any_pass(
    clerk: Clerk,
    other: Clerk,
    stages: Stages,
    clock: FakeClock,
    store: JobStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.workers.heartbeat.HEARTBEAT_S", 0.01)
    renew, renewed = store.renew, asyncio.Event()

    async def note(claims: Sequence[Claim], until: datetime) -> None:
        await renew(claims, until)
        renewed.set()

    monkeypatch.setattr(store, "renew", note)
    job = await stages.delivering()
    clerk.open.clear()
    await clerk.run_once()
    clock.advance(RENEW_BEFORE_S)
    async with asyncio.timeout(60):
        await renewed.wait()

    clock.advance(LEASE_S - 1)
    await other.run_once()
    clerk.open.set()
    await clerk.drain()

    assert (clerk.handled, other.handled) == ([job.id], [])


async def test_a_start_takes_what_a_killed_process_left_at_once(
    clerk: Clerk, other: Clerk, stages: Stages, database: Database
) -> None:
    job = await stages.delivering()
    clerk.open.clear()
    await clerk.run_once()
    await clerk.abandon()

    await clear_leases(database)
    await other.run_once()
    await other.drain()

    assert other.handled == [job.id]


async def test_one_jobs_error_is_no_other_jobs_business(
    clerk: Clerk, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.delivering()
    clerk.error = KeyError("unforeseen")

    with capture_logs() as logs:
        await clerk.run_once()
        await clerk.drain()

    assert [one["event"] for one in logs] == ["job handler failed"]
    rested = (await stages.now(job)).delivery_due_at
    assert rested is not None
    assert (rested - clock.now()).total_seconds() == AFTER_ERROR_S


async def test_a_job_that_fails_again_and_again_is_suspended(
    clerk: Clerk, stages: Stages, clock: FakeClock
) -> None:
    """An error of ours that one job brings about must not fill the log for ever."""
    job = await stages.delivering()
    clerk.error = KeyError("unforeseen")

    with capture_logs() as logs:
        for _ in range(MOST_ERRORS):
            await clerk.run_once()
            await clerk.drain()
            clock.advance(AFTER_ERROR_S)

    assert logs[-1]["event"] == "job suspended after repeated errors"
    assert logs[-1]["reference"] == logs[-2]["reference"]
    due = (await stages.now(job)).delivery_due_at
    assert due is not None
    assert (due - clock.now()).total_seconds() == (AFTER_MANY_ERRORS_S - AFTER_ERROR_S)


async def test_a_store_that_fails_too_does_not_make_it_spin(
    clerk: Clerk, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the due time stays, and only the wait in hand keeps the loop from racing."""
    await stages.delivering()
    clerk.error = KeyError("unforeseen")

    async def broken(*_: object) -> None:
        msg = "disk full"
        raise OSError(msg)

    monkeypatch.setattr(clerk, "postpone", broken)
    loop = asyncio.get_running_loop()
    begun_s = loop.time()
    async with at_work(clerk):
        await until(lambda: len(clerk.handled) >= 3)

    assert loop.time() - begun_s >= 2


async def test_stopping_waits_for_what_is_in_progress(
    clerk: Clerk, stages: Stages
) -> None:
    job = await stages.delivering()
    clerk.open.clear()

    async with at_work(clerk):
        await until(lambda: bool(clerk.handled))
        clerk.stop()
        await asyncio.sleep(0.1)
        clerk.open.set()

    assert (await stages.now(job)).delivery_due_at is None


async def _in_a_look(clerk: Clerk) -> None:
    await until(lambda: bool(clerk.handled))


async def _in_its_drain(clerk: Clerk) -> None:
    await until(lambda: bool(clerk.handled))
    clerk.stop()
    await asyncio.sleep(0.2)


@pytest.mark.parametrize("moment", [_in_a_look, _in_its_drain])
async def test_cancelling_cancels_what_is_in_progress(
    clerk: Clerk, stages: Stages, moment: Callable[[Clerk], Awaitable[None]]
) -> None:
    """Nothing of ours may run on beside a closing database."""
    job = await stages.delivering()
    clerk.open.clear()
    task = asyncio.create_task(clerk.run(), name="clerk")
    await moment(clerk)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (clerk.let_go, clerk.handling) == (1, frozenset())
    assert (await stages.now(job)).delivery_due_at is not None
