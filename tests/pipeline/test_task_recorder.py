"""What a reading of a task means for its job."""

from datetime import timedelta

import pytest

from bot.errors import EvolinkUnavailable, TaskUnknown
from bot.jobs.cadence import TaskProgress
from bot.jobs.durations import RecentDurations
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.showing import PASSING_S
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.tasks import TaskSnapshot, TaskStatus
from bot.pipeline.callback_trust import CallbackTrust
from bot.pipeline.poll_schedule import PollSchedule
from bot.pipeline.task_reader import Answer
from bot.pipeline.task_recorder import (
    FOLLOW_FOR_S,
    LONGEST_LATE_WAIT_S,
    MISSES_TO_FAIL,
    PollPolicy,
    TaskRecorder,
)
from storage.database.engine import Database
from storage.jobs.durations import SqlTaskDurations
from tests.clock import FakeClock
from tests.pipeline.outside import completed, running
from tests.pipeline.parts import make_readings
from tests.pipeline.stages import Stages, held
from tests.storage.test_plans import collecting

GIVE_UP_AFTER_S = 3600.0


@pytest.fixture
def recorder(store: JobStore, clock: FakeClock) -> TaskRecorder:
    policy = PollPolicy(min_interval_s=2.0, give_up_after_s=GIVE_UP_AFTER_S)
    return make_readings(store, clock, policy)


def ended(status: TaskStatus, failure: Failure) -> TaskSnapshot:
    return TaskSnapshot(
        task_id=running("task-1").task_id,
        status=status,
        progress=40,
        failure=failure,
        credits_used=0.0,
    )


async def test_progress_is_recorded_with_the_next_question(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.generating()
    clock.advance(40)

    await recorder.record([(held(job), running("task-1", 30))])

    now = await stages.now(job)
    assert (now.progress, now.progress_step, now.polls) == (30, 30, 1)
    assert now.progress_at == clock.now()
    assert now.expected_end_at is not None
    assert 30 < (now.expected_end_at - clock.now()).total_seconds() < 100
    assert now.poll_due_at is not None
    assert 2 <= (now.poll_due_at - clock.now()).total_seconds() <= 22


async def test_the_smallest_rise_is_remembered(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock
) -> None:
    """From it follows how much more may be done than is said."""
    job = await stages.generating()

    for progress in (20, 25, 25, 60):
        clock.advance(10)
        await recorder.record(
            [(held(await stages.now(job)), running("task-1", progress))]
        )

    assert (await stages.now(job)).progress_step == 5


async def test_progress_that_goes_back_is_not_shown(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.generating()

    for progress in (50, 20):
        clock.advance(10)
        await recorder.record(
            [(held(await stages.now(job)), running("task-1", progress))]
        )

    now = await stages.now(job)
    assert now.progress == 50
    assert now.progress_at is not None
    assert (clock.now() - now.progress_at).total_seconds() == 10


async def test_a_question_is_never_asked_sooner_than_configured(
    stages: Stages, store: JobStore, clock: FakeClock
) -> None:
    """Jitter makes waits shorter too."""
    policy = PollPolicy(min_interval_s=45.0, give_up_after_s=3600.0)
    recorder = make_readings(store, clock, policy)
    job = await stages.generating()

    answers: list[Answer] = [running("task-1"), EvolinkUnavailable("503")]
    for answer in answers * 10:
        await recorder.record([(held(job), answer)])
        due = (await stages.now(job)).poll_due_at
        assert due is not None
        assert (due - clock.now()).total_seconds() >= 45


async def test_a_finished_task_goes_to_delivery(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.generating()
    clock.advance(100)

    await recorder.record([(held(job), completed("task-1", "https://files/a.mp4"))])

    now = await stages.now(job)
    assert (now.state, now.progress, now.late) == (JobState.DELIVERING, 100, False)
    assert (now.result_url, now.credits_used) == ("https://files/a.mp4", 8.0)
    assert now.done_at == now.delivery_due_at == clock.now()
    # A clip that is posted within seconds is all that there is to show.
    assert now.status_due_at == clock.now() + timedelta(seconds=PASSING_S)
    assert now.poll_due_at is now.notice_due_at is None
    assert now.failure is None


@pytest.mark.parametrize(
    ("report", "failure"),
    [
        (
            ended(TaskStatus.FAILED, Failure.CONTENT_POLICY_VIOLATION),
            Failure.CONTENT_POLICY_VIOLATION,
        ),
        (
            ended(TaskStatus.CANCELLED, Failure.REQUEST_CANCELLED),
            Failure.REQUEST_CANCELLED,
        ),
        (completed("task-1", url=None), Failure.NO_USABLE_CLIP),
    ],
    ids=["failed", "cancelled over there", "completed without a result"],
)
async def test_an_end_without_a_clip_fails_free_and_is_told(
    recorder: TaskRecorder,
    stages: Stages,
    clock: FakeClock,
    report: TaskSnapshot,
    failure: Failure,
) -> None:
    job = await stages.generating()

    await recorder.record([(held(job), report)])

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, failure)
    assert now.notice_due_at == now.status_due_at == clock.now()
    assert now.poll_due_at is None
    assert now.credits_used == report.credits_used
    assert await stages.used(job) == 0


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


async def test_an_answer_that_cannot_be_read_never_fails_a_job(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.generating()

    for _ in range(20):
        await recorder.record(
            [(held(await stages.now(job)), EvolinkUnavailable("500"))]
        )
        clock.advance(10)

    now = await stages.now(job)
    assert (now.state, now.misses) == (JobState.GENERATING, 0)


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


async def ended_after(
    stages: Stages, recorder: TaskRecorder, clock: FakeClock, n: int, took_s: float
) -> None:
    """Let a task of which 120 s were promised end, watched all the while."""
    accepted_at = clock.now() - timedelta(seconds=took_s)
    job = await stages.generating(f"done-{n}", accepted_at=accepted_at, polls=9)
    await recorder.record([(held(job), completed(f"done-{n}"))])


async def test_what_tasks_took_lately_moves_the_expected_end(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock
) -> None:
    """EvoLink promises 120 s for all of them, and takes 180 s."""
    for number in range(5):
        await ended_after(stages, recorder, clock, number, took_s=180.0)
    job = await stages.generating()

    await recorder.record([(held(job), running("task-1", 0))])

    expected_at = (await stages.now(job)).expected_end_at
    assert expected_at == clock.now() + timedelta(seconds=180)


async def test_one_slow_task_moves_nothing(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock
) -> None:
    await ended_after(stages, recorder, clock, 0, took_s=600.0)
    job = await stages.generating()

    await recorder.record([(held(job), running("task-1", 0))])

    expected_at = (await stages.now(job)).expected_end_at
    assert expected_at == clock.now() + timedelta(seconds=120)


async def test_what_tasks_took_is_known_after_a_restart(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock, database: Database
) -> None:
    for number in range(5):
        await ended_after(stages, recorder, clock, number, took_s=180.0)
    job = await stages.generating()

    durations = RecentDurations(await SqlTaskDurations(database).latest(500))
    again = make_readings(
        stages.store,
        clock,
        PollPolicy(min_interval_s=2.0, give_up_after_s=GIVE_UP_AFTER_S),
        durations=durations,
    )
    await again.record([(held(job), running("task-1", 0))])

    expected_at = (await stages.now(job)).expected_end_at
    assert expected_at == clock.now() + timedelta(seconds=180)


async def test_the_answers_of_a_batch_are_one_statement(
    recorder: TaskRecorder, stages: Stages, database: Database
) -> None:
    """Fifty trips to the database for each batch would be what a job costs most."""
    jobs = [await stages.generating(f"task-{n}") for n in range(50)]
    answers = [(held(job), running(f"task-{n}", 10)) for n, job in enumerate(jobs)]

    with collecting(database) as asked:
        await recorder.record(answers)

    assert len(asked) == 1
    assert {(await stages.now(job)).progress for job in jobs} == {10}


async def test_a_task_may_be_asked_about_again_after_the_interval(
    recorder: TaskRecorder, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.generating(polled_at=clock.now())

    assert not recorder.may_ask(job, clock.now() + timedelta(seconds=1.9))
    assert recorder.may_ask(job, clock.now() + timedelta(seconds=2))


class SurprisedPace(PollSchedule):
    """Knows nothing of one progress, as after a mistake of ours."""

    def wait_s(self, reading: TaskProgress, *, has_callback: bool) -> float:
        if reading.progress == 66:
            msg = "who would have thought"
            raise ZeroDivisionError(msg)
        return super().wait_s(reading, has_callback=has_callback)


@pytest.mark.parametrize(
    "odd", [running("task-2", 66), completed("task-2")], ids=["running", "ended"]
)
async def test_a_surprise_with_one_job_holds_up_no_other(
    stages: Stages, store: JobStore, clock: FakeClock, odd: TaskSnapshot
) -> None:
    """It is asked about again later, and given up in the end like any other."""

    def heard(job: Job, _report: TaskSnapshot) -> None:
        if job.task_id == odd.task_id:
            msg = "who would have thought"
            raise ZeroDivisionError(msg)

    recorder = TaskRecorder(
        store,
        clock,
        PollPolicy(min_interval_s=2.0, give_up_after_s=GIVE_UP_AFTER_S),
        schedule=SurprisedPace(2.0, CallbackTrust()),
        durations=RecentDurations(()),
        ended=heard,
    )
    jobs = [await stages.generating(f"task-{n}") for n in range(5)]
    answers: list[Answer] = [running(f"task-{n}", 30) for n in range(4)]
    answers[2] = odd
    answers.append(completed("task-4"))

    await recorder.record(list(zip(map(held, jobs), answers, strict=True)))

    now = [await stages.now(job) for job in jobs]
    assert [one.progress for one in now] == [30, 30, 0, 30, 100]
    assert now[4].state is JobState.DELIVERING
    assert now[2].poll_due_at is not None
    assert 2 <= (now[2].poll_due_at - clock.now()).total_seconds() <= 10
    clock.advance(GIVE_UP_AFTER_S + 1)
    await recorder.record([(held(now[2]), odd)])
    assert (await stages.now(jobs[2])).failure is Failure.GAVE_UP
