import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.clock import Clock
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.store import JobStore
from bot.workers.job_worker import (
    AFTER_MANY_SURPRISES_S,
    AFTER_SURPRISE_S,
    IDLE_S,
    MOST_SURPRISES,
    JobWorker,
)
from tests.clock import FakeClock
from tests.pipeline.loops import at_work, until
from tests.pipeline.stages import Stages


class Clerk(JobWorker):
    """Ticks off due deliveries, as the test says."""

    name = "clerk"
    kind = Due.DELIVERY
    at_once = 3

    def __init__(self, jobs: JobStore, clock: Clock) -> None:
        super().__init__(jobs, clock)
        self.attended: list[Job] = []
        self.open = asyncio.Event()
        self.open.set()
        self.surprise: Exception | None = None
        self.let_go = 0
        self.looks = 0

    async def attend(self, job: Job) -> None:
        self.attended.append(job)
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.let_go += 1
            raise
        if self.surprise is not None:
            raise self.surprise
        # What became due meanwhile is not overwritten.
        await self._jobs.redate(job, Due.DELIVERY, None)

    async def look(self) -> float:
        self.looks += 1
        return await super().look()


@pytest.fixture
def clerk(store: JobStore, clock: FakeClock) -> Clerk:
    return Clerk(store, clock)


@pytest.fixture(autouse=True)
def nothing_is_stuck() -> None:
    """This clerk's idea of its work leaves jobs behind; the real workers' does not."""


async def test_with_nothing_due_it_idles(clerk: Clerk) -> None:
    assert await clerk.look() == IDLE_S


async def test_it_attends_to_what_is_due_and_sleeps_until_the_next(
    clerk: Clerk, stages: Stages, store: JobStore, clock: FakeClock
) -> None:
    now, later = [await stages.delivering(f"task-{n}") for n in range(2)]
    due = clock.advance(7)
    await store.note({later.id: JobChanges(delivery_due_at=due)})
    clock.advance(-7)

    assert await clerk.look() == 7
    await clerk.drain()

    assert [job.id for job in clerk.attended] == [now.id]


async def test_no_more_than_its_number_are_in_hand_and_none_twice(
    clerk: Clerk, stages: Stages
) -> None:
    jobs = [await stages.delivering(f"task-{n}") for n in range(7)]
    clerk.open.clear()

    for _ in range(3):
        assert await clerk.look() == IDLE_S
    await until(lambda: len(clerk.attended) == 3)
    assert clerk.in_hand == {job.id for job in clerk.attended}
    clerk.open.set()
    async with at_work(clerk):
        await until(lambda: len(clerk.attended) == 7)

    assert {job.id for job in clerk.attended} == {job.id for job in jobs}


async def test_a_job_in_hand_is_not_begun_again(clerk: Clerk, stages: Stages) -> None:
    """Its due time has not changed yet, so that the database still names it."""
    await stages.delivering()
    clerk.open.clear()

    for _ in range(3):
        await clerk.look()
        await until(lambda: bool(clerk.attended))
    clerk.open.set()
    await clerk.drain()

    assert len(clerk.attended) == 1


class Reading:
    """Holds back what a store answers about due jobs."""

    def __init__(self, store: JobStore, patch: pytest.MonkeyPatch) -> None:
        self._ask = store.due_and_next
        self.asked = 0
        self.answered = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        patch.setattr(store, "due_and_next", self)

    async def __call__(
        self, kind: Due, now: datetime, limit: int, **others: Any
    ) -> tuple[Sequence[Job], datetime | None]:
        self.asked += 1
        answer = await self._ask(kind, now, limit, **others)
        self.answered.set()
        await self.go_on.wait()
        return answer


async def test_a_job_that_is_offered_is_begun_with_unread(
    clerk: Clerk, stages: Stages, store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = Reading(store, monkeypatch)

    async with at_work(clerk):
        await until(lambda: not clerk.left_some)
        asked = reading.asked
        job = await stages.delivering()
        clerk.offer(job)
        await until(lambda: clerk.attended == [job])
        assert reading.asked == asked


async def test_a_worker_that_is_not_at_work_takes_no_offer(
    clerk: Clerk, stages: Stages
) -> None:
    """It finds the job once it is begun, and leaves it to the next life at its end."""
    job = await stages.delivering()

    clerk.offer(job)
    assert clerk.in_hand == frozenset()
    async with at_work(clerk):
        await until(lambda: clerk.attended == [job])
    late = await stages.delivering("task-late")
    clerk.offer(late)
    await clerk.drain()

    assert clerk.attended == [job]


async def test_an_offer_waits_its_turn_where_there_is_no_room(
    clerk: Clerk, stages: Stages
) -> None:
    clerk.open.clear()
    for number in range(4):
        await stages.delivering(f"task-{number}")

    async with at_work(clerk):
        await until(lambda: len(clerk.attended) == 3)
        late = await stages.delivering("task-late")
        clerk.offer(late)
        await asyncio.sleep(0.1)
        assert late not in clerk.attended
        clerk.open.set()
        await until(lambda: len(clerk.attended) == 5)

    assert clerk.attended[-1] == late


async def test_no_more_than_its_number_are_offered(
    clerk: Clerk, stages: Stages
) -> None:
    clerk.open.clear()

    async with at_work(clerk):
        await until(lambda: not clerk.left_some)
        jobs = [await stages.delivering(f"task-{n}") for n in range(4)]
        for job in jobs:
            clerk.offer(job)
        assert clerk.in_hand == {job.id for job in jobs[:3]}
        clerk.open.set()
        await until(lambda: len(clerk.attended) == 4)


async def test_what_becomes_due_anew_in_hand_is_attended_to_again(
    clerk: Clerk, stages: Stages, store: JobStore, clock: FakeClock
) -> None:
    """A look that finds it in hand leaves it to whoever ends with it."""
    clerk.open.clear()
    async with asyncio.timeout(IDLE_S / 2), at_work(clerk):
        await until(lambda: not clerk.left_some)
        job = await stages.delivering()
        clerk.offer(job)
        await until(lambda: len(clerk.attended) == 1)
        again = clock.advance(1)
        await store.note({job.id: JobChanges(delivery_due_at=again)})
        asked = clerk.looks
        clerk.wake()
        await until(lambda: clerk.looks > asked and not clerk.left_some)
        clerk.open.set()
        await until(lambda: len(clerk.attended) == 2)


async def test_an_offer_during_a_look_is_begun_with_once(
    clerk: Clerk, stages: Stages, store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look may find it or not: another one follows."""
    reading = Reading(store, monkeypatch)
    reading.go_on.clear()

    async with at_work(clerk):
        await reading.answered.wait()
        job = await stages.delivering()
        clerk.offer(job)
        assert clerk.in_hand == frozenset()
        reading.go_on.set()
        await until(lambda: reading.asked > 1 and not clerk.left_some)

    assert clerk.attended == [job]


async def test_a_job_that_is_done_during_a_look_is_not_begun_with_again(
    clerk: Clerk, stages: Stages, store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to the look shows it as it was before."""
    reading = Reading(store, monkeypatch)

    async with at_work(clerk):
        await until(lambda: not clerk.left_some)
        job = await stages.delivering()
        clerk.open.clear()
        clerk.offer(job)
        reading.answered.clear()
        reading.go_on.clear()
        clerk.wake()
        await reading.answered.wait()
        clerk.open.set()
        await until(lambda: not clerk.in_hand)
        asked = reading.asked
        reading.go_on.set()
        await until(lambda: reading.asked > asked and not clerk.left_some)

    assert clerk.attended == [job]


async def test_one_jobs_surprise_is_no_other_jobs_business(
    clerk: Clerk, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.delivering()
    clerk.surprise = KeyError("surprise")

    with capture_logs() as logs:
        await clerk.look()
        await clerk.drain()

    assert [one["event"] for one in logs] == ["job not attended"]
    rested = (await stages.now(job)).delivery_due_at
    assert rested is not None
    assert (rested - clock.now()).total_seconds() == AFTER_SURPRISE_S


async def test_a_job_that_surprises_again_and_again_is_left_alone(
    clerk: Clerk, stages: Stages, clock: FakeClock
) -> None:
    """An error of ours that one job brings about must not fill the log for ever."""
    job = await stages.delivering()
    clerk.surprise = KeyError("surprise")

    with capture_logs() as logs:
        for _ in range(MOST_SURPRISES):
            await clerk.look()
            await clerk.drain()
            clock.advance(AFTER_SURPRISE_S)

    assert logs[-1]["event"] == "job left alone"
    assert logs[-1]["reference"] == logs[-2]["reference"]
    due = (await stages.now(job)).delivery_due_at
    assert due is not None
    assert (due - clock.now()).total_seconds() == (
        AFTER_MANY_SURPRISES_S - AFTER_SURPRISE_S
    )


async def test_a_store_that_fails_too_does_not_make_it_spin(
    clerk: Clerk, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the due time stays, and only the wait in hand keeps the loop from racing."""
    await stages.delivering()
    clerk.surprise = KeyError("surprise")

    async def broken(*_: object) -> None:
        msg = "disk full"
        raise OSError(msg)

    monkeypatch.setattr(clerk, "postpone", broken)
    loop = asyncio.get_running_loop()
    begun_s = loop.time()
    async with at_work(clerk):
        await until(lambda: len(clerk.attended) >= 3)

    assert loop.time() - begun_s >= 2


async def test_stopping_waits_for_what_is_in_hand(clerk: Clerk, stages: Stages) -> None:
    job = await stages.delivering()
    clerk.open.clear()

    async with at_work(clerk):
        await until(lambda: bool(clerk.attended))
        clerk.stop()
        await asyncio.sleep(0.1)
        clerk.open.set()

    assert (await stages.now(job)).delivery_due_at is None


async def _in_a_look(clerk: Clerk) -> None:
    await until(lambda: bool(clerk.attended))


async def _in_its_drain(clerk: Clerk) -> None:
    await until(lambda: bool(clerk.attended))
    clerk.stop()
    await asyncio.sleep(0.2)


@pytest.mark.parametrize("moment", [_in_a_look, _in_its_drain])
async def test_cancelling_cancels_what_is_in_hand(
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

    assert (clerk.let_go, clerk.in_hand) == (1, frozenset())
    assert (await stages.now(job)).delivery_due_at is not None
