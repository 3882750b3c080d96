"""What a reading of a task means for its job."""

from datetime import timedelta

import pytest

from bot.errors import EvolinkUnavailable
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
from bot.pipeline.task_recorder import PollPolicy, TaskRecorder
from storage.database.engine import Database
from storage.jobs.durations import SqlTaskDurations
from tests.clock import FakeClock
from tests.pipeline.outside import completed, running
from tests.pipeline.parts import make_readings
from tests.pipeline.recorded import GIVE_UP_AFTER_S, ended
from tests.pipeline.stages import Stages, held
from tests.storage.plans import collecting


@pytest.fixture
def recorder(store: JobStore, clock: FakeClock) -> TaskRecorder:
    policy = PollPolicy(min_interval_s=2.0, give_up_after_s=GIVE_UP_AFTER_S)
    return make_readings(store, clock, policy)


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
