"""Who may go to EvoLink, and when: slots, turns, pauses."""

import asyncio
import errno
from collections.abc import Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.ids import GuildId
from bot.jobs.claims import Claim
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.workers.job_worker import IDLE_S
from bot.workers.limits import Limits
from tests.clock import FakeClock
from tests.factories import NOON
from tests.pipeline.conftest import MakeDispatcher
from tests.pipeline.dispatching import turn
from tests.pipeline.limits import warm
from tests.pipeline.loops import at_work, until
from tests.pipeline.outside import ScriptedEvolink, accepted
from tests.pipeline.stages import Stages

SOON_S = IDLE_S / 2
"""Sooner than a look that nobody rang for."""


async def test_a_queued_job_is_submitted_and_then_polled(
    make_dispatcher: MakeDispatcher, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.queued()

    await turn(make_dispatcher())

    job = await stages.now(job)
    assert job.state is JobState.GENERATING
    assert job.task_id == f"task-of-{job.submit_key}"
    assert (job.credits_reserved, job.estimated_time_s) == (8.5, 120.0)
    assert job.submit_due_at is job.unsure_since is None
    assert job.poll_due_at is not None
    assert 2 <= (job.poll_due_at - clock.now()).total_seconds() <= 22
    assert job.expected_end_at is not None
    assert (job.expected_end_at - clock.now()).total_seconds() == 120


async def test_the_intent_is_on_disk_before_the_request_leaves(
    make_dispatcher: MakeDispatcher, stages: Stages, evolink: ScriptedEvolink
) -> None:
    """A crash in between must find a row that says what may have been sent."""
    job = await stages.queued()
    seen = []

    async def look_at_the_row() -> object:
        seen.append(await stages.now(job))
        return accepted("task-1")

    evolink.submit_answers.append(look_at_the_row)  # type: ignore[arg-type]
    await turn(make_dispatcher())

    (row,) = seen
    assert row.state is JobState.SUBMITTING
    assert row.submit_key == evolink.submits[0]
    assert row.submit_attempts == 1
    assert row.unsure_since is not None
    assert row.first_submit_at is not None
    assert row.submit_due_at is not None


async def test_two_jobs_have_two_keys(
    make_dispatcher: MakeDispatcher, stages: Stages, evolink: ScriptedEvolink
) -> None:
    """With one key for both the second member would get the first one's clip."""
    for _ in range(2):
        await stages.queued()

    dispatcher = make_dispatcher()
    await turn(dispatcher)
    await turn(dispatcher)

    assert len(set(evolink.submits)) == 2


async def test_no_more_tasks_than_allowed_are_in_evolinks_hands(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
) -> None:
    for _ in range(7):
        await stages.queued()
    dispatcher = make_dispatcher(max_active_tasks=3)

    for _ in range(3):
        await turn(dispatcher)

    assert len(evolink.submits) == 3
    assert len(await store.making()) == 3


async def test_a_running_loop_never_exceeds_the_slots(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
) -> None:
    """Tasks end while others begin, and all the while they are counted."""
    jobs = [await stages.queued() for _ in range(12)]
    dispatcher = make_dispatcher(max_active_tasks=4)
    most = 0

    async with at_work(dispatcher):
        while len(evolink.submits) < len(jobs):
            most = max(most, len(await store.making()))
            for job in await store.in_state(JobState.GENERATING, 100):
                await stages.move(job, JobState.FAILED, poll_due_at=None)
            dispatcher.wake()
            await asyncio.sleep(0.01)

    assert 0 < most <= 4
    assert evolink.most_under_way <= 4
    assert len(set(evolink.submits)) == 12


async def test_a_cancelled_job_holds_its_slot_until_its_task_ends(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
) -> None:
    """EvoLink has no cancel call: the task runs on and counts there."""
    making = await stages.generating()
    await stages.move(making, JobState.CANCELLED)
    await stages.queued()
    dispatcher = make_dispatcher(max_active_tasks=1)

    await turn(dispatcher)
    assert evolink.submits == []
    await store.note({making.id: JobChanges(poll_due_at=None)})
    await turn(dispatcher)

    assert len(evolink.submits) == 1


async def test_a_slot_that_nobody_needs_any_more_is_taken_at_once(
    make_dispatcher: MakeDispatcher,
    limits: Limits,
    stages: Stages,
    evolink: ScriptedEvolink,
) -> None:
    """That of a job which was cancelled before EvoLink answered."""
    unsure = await stages.submitting(submit_due_at=NOON)
    await stages.move(unsure, JobState.CANCELLED)
    await stages.queued()
    dispatcher = make_dispatcher(max_active_tasks=1)
    warm(limits.creates)

    async with at_work(dispatcher):
        await until(lambda: len(evolink.submits) == 1)


async def test_a_busy_server_does_not_hold_up_a_quiet_one(
    make_dispatcher: MakeDispatcher, stages: Stages, store: JobStore, clock: FakeClock
) -> None:
    for _ in range(5):
        await stages.queued(guild_id=GuildId(1))
        clock.advance(1)
    late = await stages.queued(guild_id=GuildId(2))

    dispatcher = make_dispatcher(max_active_tasks=2)
    await turn(dispatcher)
    await turn(dispatcher)

    assert (await stages.now(late)).state is JobState.GENERATING
    assert len(await store.in_state(JobState.GENERATING, 10)) == 2


async def test_a_job_cancelled_in_the_queue_is_not_submitted(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The member cancels between our look at the queue and the intent."""
    job = await stages.queued()
    stale = [job]
    await stages.move(job, JobState.CANCELLED)

    async def queue_of_a_moment_ago(_limit: int, **_: object) -> tuple[list[Job], bool]:
        return stale, False

    monkeypatch.setattr(store, "next_queued", queue_of_a_moment_ago)
    await turn(make_dispatcher())

    assert evolink.submits == []
    assert (await stages.now(job)).state is JobState.CANCELLED


async def test_who_is_cancelled_leaves_their_place_to_the_next(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where that happens just before the intent: nobody rings for it."""
    first, second = [await stages.queued() for _ in range(2)]
    ask = store.next_queued

    async def and_cancel(*limits: Any, **slots: Any) -> tuple[Sequence[Job], bool]:
        answer = await ask(*limits, **slots)
        if (await stages.now(first)).state is JobState.QUEUED:
            await stages.move(first, JobState.CANCELLED)
        return answer

    monkeypatch.setattr(store, "next_queued", and_cancel)

    async with asyncio.timeout(SOON_S), at_work(make_dispatcher(max_active_tasks=1)):
        await until(lambda: len(evolink.submits) == 1)

    assert (await stages.now(second)).state is JobState.GENERATING


async def test_a_slot_left_during_the_look_is_looked_at(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the look found is older than that."""
    making = await stages.generating()
    dispatcher = make_dispatcher(max_active_tasks=1)
    ask = store.next_queued

    async def and_go_on(*limits: Any, **slots: Any) -> tuple[Sequence[Job], bool]:
        answer = await ask(*limits, **slots)
        if (await stages.now(making)).state is JobState.GENERATING:
            await stages.queued()
            await stages.move(making, JobState.FAILED, poll_due_at=None)
            dispatcher.slot_left()
        return answer

    monkeypatch.setattr(store, "next_queued", and_go_on)

    async with asyncio.timeout(SOON_S), at_work(dispatcher):
        await until(lambda: len(evolink.submits) == 1)


async def test_an_intent_that_comes_late_to_the_disk_is_sent_once(  # noqa: PLR0913, PLR0917 - fixtures
    make_dispatcher: MakeDispatcher,
    limits: Limits,
    stages: Stages,
    store: JobStore,
    clock: FakeClock,
    evolink: ScriptedEvolink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By then the job is due to be asked about again, and the worker woken for that."""
    for _ in range(4):
        await stages.queued()
    dispatcher = make_dispatcher()
    warm(limits.creates)
    claim = store.claim_queued

    async def slowly(*step: Any, **changes: Any) -> Claim | None:
        claimed = await claim(*step, **changes)
        clock.advance(1.5)
        warm(limits.creates)
        dispatcher.wake()
        return claimed

    monkeypatch.setattr(store, "claim_queued", slowly)
    with capture_logs() as logs:
        async with asyncio.timeout(SOON_S), at_work(dispatcher):
            await until(lambda: len(evolink.submits) >= 4 and not dispatcher.handling)

    assert len(set(evolink.submits)) == len(evolink.submits) == 4
    assert "worker pass failed" not in [one["event"] for one in logs]


async def test_an_intent_that_fails_holds_up_no_other(
    make_dispatcher: MakeDispatcher,
    limits: Limits,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of those recorded together, each leaves, or is as queued as before."""
    jobs = [await stages.queued() for _ in range(3)]
    claim = store.claim_queued

    async def fail_for_one(job: Job, *rest: Any, **changes: Any) -> Claim | None:
        if job.id == jobs[1].id:
            raise OSError(errno.EIO, "no disk")
        return await claim(job, *rest, **changes)

    monkeypatch.setattr(store, "claim_queued", fail_for_one)
    dispatcher = make_dispatcher()
    # Until EvoLink has answered once, it is asked about one at a time.
    warm(limits.creates)
    with pytest.raises(OSError, match="no disk"):
        await turn(dispatcher)
    await dispatcher.drain()

    assert len(evolink.submits) == 2
    assert [(await stages.now(job)).state for job in jobs] == [
        JobState.GENERATING,
        JobState.QUEUED,
        JobState.GENERATING,
    ]


@pytest.mark.parametrize(
    "end", [JobState.CANCELLED, JobState.UNDELIVERABLE, JobState.FAILED]
)
async def test_a_request_that_nobody_waits_for_is_not_repeated(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
    end: JobState,
) -> None:
    """Repeating finds a lost answer, and may also buy a clip for nobody."""
    job = await stages.move(await stages.submitting(), end)
    assert job.submit_due_at is not None

    await turn(make_dispatcher())

    assert evolink.submits == []
    assert (await stages.now(job)).submit_due_at is None
    assert len(await store.making()) == 0


async def test_the_loop_takes_up_the_queue_by_itself(
    make_dispatcher: MakeDispatcher, stages: Stages, evolink: ScriptedEvolink
) -> None:
    for _ in range(3):
        await stages.queued()

    async with at_work(make_dispatcher()):
        await until(lambda: len(evolink.submits) == 3)


async def test_waiting_jobs_cost_looks_no_spinning(
    make_dispatcher: MakeDispatcher, stages: Stages, store: JobStore
) -> None:
    """All slots are taken, a job waits, and nothing happens: one look, then sleep."""
    await stages.generating()
    await stages.queued()
    dispatcher = make_dispatcher(max_active_tasks=1)

    assert await turn(dispatcher) == IDLE_S
    assert (await store.due_and_next(Due.SUBMIT, FakeClock().now(), 99))[1] is None
