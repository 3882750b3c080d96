"""Tasks that are given up on, come late, or are nobody's any more."""

import pytest

from bot.errors import EvolinkUnavailable, TaskUnknown
from bot.jobs.failures import Failure
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.tasks import TaskStatus
from bot.pipeline.task_reader import Answer
from bot.pipeline.task_recorder import (
    FOLLOW_FOR_S,
    LONGEST_LATE_WAIT_S,
    MISSES_TO_FAIL,
    PollPolicy,
    TaskRecorder,
)
from tests.clock import FakeClock
from tests.pipeline.outside import completed, running
from tests.pipeline.parts import make_readings
from tests.pipeline.recorded import GIVE_UP_AFTER_S, ended
from tests.pipeline.stages import Stages, held


@pytest.fixture
def recorder(store: JobStore, clock: FakeClock) -> TaskRecorder:
    policy = PollPolicy(min_interval_s=2.0, give_up_after_s=GIVE_UP_AFTER_S)
    return make_readings(store, clock, policy)


async def test_a_task_that_nobody_knows_is_given_a_minute(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock
) -> None:
    """A fresh one may show up late; after several misses it is gone."""
    job = await stages.generating()

    for _ in range(MISSES_TO_FAIL - 1):
        await recorder.record([(held(await stages.now(job)), TaskUnknown("404"))])
        due = (await stages.now(job)).poll_due_at
        assert due is not None
        clock.advance((due - clock.now()).total_seconds())
    assert (await stages.now(job)).state is JobState.GENERATING
    await recorder.record([(held(await stages.now(job)), TaskUnknown("404"))])

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, Failure.RESOURCE_NOT_FOUND)
    assert now.poll_due_at is None
    assert (now.state_since - job.state_since).total_seconds() == 60


async def test_a_task_that_shows_up_late_is_forgiven(
    recorder: TaskRecorder, stages: Stages
) -> None:
    job = await stages.generating()

    answers: list[Answer] = [TaskUnknown("404"), running("task-1")]
    for answer in answers * MISSES_TO_FAIL:
        await recorder.record([(held(await stages.now(job)), answer)])

    now = await stages.now(job)
    assert (now.state, now.misses) == (JobState.GENERATING, 0)


@pytest.mark.parametrize(
    "answer",
    [running("task-1"), EvolinkUnavailable("503"), None],
    ids=["running", "unreadable", "not asked"],
)
async def test_after_an_hour_a_task_is_given_up_and_still_followed(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock, answer: Answer | None
) -> None:
    """The member is told and gets the quota back, also where EvoLink is down."""
    job = await stages.generating()
    clock.advance(GIVE_UP_AFTER_S + 1)

    await recorder.record([(held(job), answer)])

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, Failure.GAVE_UP)
    assert now.notice_due_at == clock.now()
    assert now.poll_due_at is not None
    assert (now.poll_due_at - clock.now()).total_seconds() == 60
    assert await stages.used(job) == 0


@pytest.mark.parametrize("end", [JobState.FAILED, JobState.UNCONFIRMED])
async def test_a_late_success_is_delivered_and_free(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock, end: JobState
) -> None:
    if end is JobState.FAILED:
        job = await stages.failed(failure=Failure.GAVE_UP, poll_due_at=clock.now())
    else:
        job = await stages.move(
            await stages.submitting(),
            end,
            failure=Failure.UNCONFIRMED,
            task_id=completed("task-1").task_id,
            accepted_at=clock.now(),
            submit_due_at=None,
            poll_due_at=clock.now(),
        )
    assert await stages.used(job) == 0

    await recorder.record([(held(job), completed("task-1"))])

    now = await stages.now(job)
    assert (now.state, now.late, now.failure) == (JobState.DELIVERING, True, None)
    assert now.delivery_due_at == clock.now()
    delivered = await stages.move(now, JobState.DELIVERED, delivery_due_at=None)
    assert await stages.used(delivered) == 0


async def test_a_success_is_late_if_the_job_was_given_up_meanwhile(
    recorder: TaskRecorder, stages: Stages
) -> None:
    """Our row says that it is being made; the stored one knows better."""
    stale = await stages.generating()
    await stages.move(stale, JobState.FAILED, failure=Failure.GAVE_UP)

    await recorder.record([(held(stale), completed("task-1"))])

    now = await stages.now(stale)
    assert (now.state, now.late) == (JobState.DELIVERING, True)


async def test_a_late_success_before_the_notice_takes_its_place(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock
) -> None:
    """One clip or one notice: what was not told by now is no longer true."""
    job = await stages.failed(failure=Failure.GAVE_UP, poll_due_at=clock.now())
    assert job.notice_due_at is not None

    await recorder.record([(held(job), completed("task-1"))])

    assert (await stages.now(job)).notice_due_at is None


async def test_a_late_failure_changes_nothing_but_the_credits(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.failed(failure=Failure.GAVE_UP, poll_due_at=clock.now())
    report = ended(TaskStatus.FAILED, Failure.SERVICE_ERROR)

    await recorder.record([(held(job), report)])

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, Failure.GAVE_UP)
    assert (now.poll_due_at, now.credits_used) == (None, 0.0)


@pytest.mark.parametrize("end", [JobState.CANCELLED, JobState.UNDELIVERABLE])
async def test_a_task_for_nobody_is_polled_to_its_end_and_its_clip_discarded(
    recorder: TaskRecorder,
    stages: Stages,
    store: JobStore,
    clock: FakeClock,
    end: JobState,
) -> None:
    """So that its slot and its credits stay true; it holds the slot until then."""
    job = await stages.move(await stages.generating(), end)

    await recorder.record([(held(job), running("task-1", 50))])
    due = (await stages.now(job)).poll_due_at
    assert due is not None
    assert (due - clock.now()).total_seconds() <= 22
    assert len(await store.making()) == 1
    await recorder.record([(held(await stages.now(job)), completed("task-1"))])

    now = await stages.now(job)
    assert (now.state, now.credits_used) == (end, 8.0)
    assert now.poll_due_at is now.delivery_due_at is None
    assert now.result_url is None
    assert len(await store.making()) == 0


@pytest.mark.parametrize(
    "answer",
    [running("task-1"), EvolinkUnavailable("500"), TaskUnknown("404")],
    ids=["running", "unreadable", "unknown"],
)
@pytest.mark.parametrize(
    ("end", "followed_s"),
    [(JobState.FAILED, FOLLOW_FOR_S), (JobState.CANCELLED, GIVE_UP_AFTER_S)],
)
async def test_no_task_is_asked_about_for_ever(
    recorder: TaskRecorder,
    stages: Stages,
    clock: FakeClock,
    answer: Answer,
    end: JobState,
    followed_s: float,
) -> None:
    """After a day its link would be dead; a clip for nobody matters even less."""
    job = await stages.move(
        await stages.generating(), end, failure=None, poll_due_at=clock.now()
    )
    asked = 0

    while (due := (await stages.now(job)).poll_due_at) is not None:
        clock.advance(max(0, (due - clock.now()).total_seconds()))
        await recorder.record([(held(await stages.now(job)), answer)])
        asked += 1
        if asked == 30:
            clock.advance(followed_s)

    assert (await stages.now(job)).state is end
    assert asked <= 31


async def test_a_task_given_up_on_is_asked_about_seldom(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.failed(failure=Failure.GAVE_UP, poll_due_at=clock.now())
    answers: list[Answer] = [running("task-1"), EvolinkUnavailable("500")]

    for age_s in (4000, 80_000):
        clock.advance(age_s - (clock.now() - job.requested_at).total_seconds())
        for answer in answers:
            await recorder.record([(held(await stages.now(job)), answer)])
            due = (await stages.now(job)).poll_due_at
            assert due is not None
            wait_s = (due - clock.now()).total_seconds()
            assert wait_s == min(0.05 * age_s, LONGEST_LATE_WAIT_S)


async def test_even_the_most_patient_operator_lets_a_job_end(
    stages: Stages, store: JobStore, clock: FakeClock
) -> None:
    """With a limit beyond a day, the end of following would leave the job stuck."""
    policy = PollPolicy(min_interval_s=2.0, give_up_after_s=10 * FOLLOW_FOR_S)
    job = await stages.generating()
    clock.advance(FOLLOW_FOR_S + 1)

    await make_readings(store, clock, policy).record([(held(job), running("task-1"))])

    assert (await stages.now(job)).failure is Failure.GAVE_UP


async def test_a_job_cancelled_during_the_reading_stays_cancelled(
    recorder: TaskRecorder, stages: Stages
) -> None:
    """We read the row, the member cancelled, then EvoLink answered."""
    for n, answer in enumerate(
        [
            completed("task-0"),
            ended(TaskStatus.FAILED, Failure.SERVICE_ERROR),
            running("task-2"),
        ]
    ):
        stale = await stages.generating(f"task-{n}")
        await stages.move(stale, JobState.CANCELLED)

        await recorder.record([(held(stale), answer)])

        now = await stages.now(stale)
        assert (now.state, now.failure) == (JobState.CANCELLED, None)
        assert await stages.used(stale) == n + 1


async def test_a_job_cancelled_as_it_is_given_up_stays_cancelled(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock
) -> None:
    stale = await stages.generating()
    await stages.move(stale, JobState.CANCELLED)
    clock.advance(GIVE_UP_AFTER_S + 1)

    await recorder.record([(held(stale), running("task-1"))])

    now = await stages.now(stale)
    assert now.state is JobState.CANCELLED
    assert now.poll_due_at is not None
