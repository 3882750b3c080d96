"""What was done is recorded once the database takes it; nobody pays for trouble."""

from functools import partial

import pytest
from structlog.testing import capture_logs

from bot.errors import (
    AccountRefused,
    EvolinkError,
    RateLimited,
    RequestRefused,
    StorageBusy,
    StorageFull,
)
from bot.ids import TaskId
from bot.jobs.claims import Claim
from bot.jobs.due import Due
from bot.jobs.failures import Failure
from bot.jobs.jobs import JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from bot.pipeline.callback_tasks import CallbackTasks
from bot.pipeline.poller import Poller
from bot.pipeline.task_recorder import PollPolicy
from bot.workers import handler_errors, storing, worker
from bot.workers.handler_errors import MOST_ERRORS
from bot.workers.job_worker import JobWorker
from bot.workers.limits import Limits
from storage.database.engine import Database
from storage.operations.installation import SqlInstallation
from tests.clock import FakeClock
from tests.pipeline.conftest import MakeDispatcher
from tests.pipeline.dispatching import pause_after_claims
from tests.pipeline.failing import TroubledDatabase, troubled_store
from tests.pipeline.limits import warm
from tests.pipeline.loops import at_work, until
from tests.pipeline.outside import (
    RecordingOperator,
    ScriptedEvolink,
    SubmitAnswer,
    accepted,
    completed,
    running,
)
from tests.pipeline.parts import make_idempotency, make_readings
from tests.pipeline.stages import Stages
from tests.stores import second_tasks
from tests.workers.test_worker import Counter


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "RETRY_S", 0.0)
    monkeypatch.setattr(handler_errors, "AFTER_STORAGE_ERROR_S", 0.0)
    monkeypatch.setattr(worker, "STORAGE_RETRY_S", 0.0)


@pytest.fixture
def troubled(database: Database) -> TroubledDatabase:
    return TroubledDatabase(database)


@pytest.fixture
def store(troubled: TroubledDatabase) -> JobStore:
    return troubled_store(troubled)


async def test_a_pass_that_meets_trouble_logs_nothing_of_its_own() -> None:
    """And is made again soon, however often it failed."""
    counter = Counter(*(StorageBusy("locked") for _ in range(5)))
    with capture_logs() as logged:
        async with at_work(counter):
            await until(lambda: counter.looks > 5)

    assert [one for one in logged if one["log_level"] != "debug"] == []


class Unlucky(JobWorker):
    """Whose every attempt meets trouble of the database."""

    name = "unlucky"
    kind = Due.DELIVERY
    at_once = 3
    attempts = 0
    given_up = 0

    async def handle(self, claim: Claim) -> None:
        del claim
        self.attempts += 1
        msg = "database or disk is full"
        raise StorageFull(msg)

    async def give_up(self, claim: Claim, reference: str) -> None:
        del claim, reference
        self.given_up += 1

    async def run_once(self) -> float:
        return await super().run_once()


async def test_no_job_is_given_up_for_trouble_of_the_database(
    store: JobStore, stages: Stages, clock: FakeClock
) -> None:
    """It stays as due as it was, and no traceback tells of it."""
    job = await stages.delivering("task-1")
    unlucky = Unlucky(store, clock)

    with capture_logs() as logged:
        async with at_work(unlucky):
            await until(lambda: unlucky.attempts > 2 * MOST_ERRORS)

    assert unlucky.given_up == 0
    assert (await stages.now(job)).delivery_due_at == job.delivery_due_at
    assert [one for one in logged if one["log_level"] != "debug"] == []


async def test_a_paid_task_is_recorded_as_soon_as_it_can_be(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    troubled: TroubledDatabase,
) -> None:
    """Its request is not sent once more meanwhile: who knows what that costs."""
    job = await stages.queued()
    dispatcher = make_dispatcher()
    troubled.coming = [False, True, True, True]

    await dispatcher.run_once()
    await dispatcher.drain()

    now = await stages.now(job)
    assert now.state is JobState.GENERATING
    assert now.task_id is not None
    assert len(evolink.submits) == 1
    assert troubled.coming == []


@pytest.mark.parametrize(
    ("error", "state", "failure"),
    [
        (AccountRefused("402"), JobState.QUEUED, None),
        (RequestRefused("400"), JobState.FAILED, Failure.INVALID_PARAMETERS),
        (RateLimited("429", retry_after_s=None), JobState.SUBMITTING, None),
    ],
    ids=["account", "request", "rate"],
)
async def test_a_certain_no_leaves_no_doubt_though_it_is_recorded_late(  # noqa: PLR0913, PLR0917 - fixtures
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    troubled: TroubledDatabase,
    error: EvolinkError,
    state: JobState,
    failure: Failure | None,
) -> None:
    """Or its request would leave again, and end where nobody can know."""
    job = await stages.queued()
    evolink.submit_answers.append(error)
    dispatcher = make_dispatcher()
    troubled.coming, troubled.error = [False, True, True], StorageBusy("locked")

    await dispatcher.run_once()
    await dispatcher.drain()

    now = await stages.now(job)
    assert (now.state, now.failure) == (state, failure)
    assert now.unsure_since is None or state is JobState.FAILED
    assert len(evolink.submits) == 1
    assert troubled.coming == []


def was_told(operator: RecordingOperator, event: str) -> bool:
    return event in operator.events


NEVER = [True] * 1_000_000
"""More than any test tries."""


async def test_a_pause_is_told_before_its_job_can_go_back_to_the_queue(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    operator: RecordingOperator,
    clock: FakeClock,
    troubled: TroubledDatabase,
) -> None:
    """The disk may be full for days. So too for the end of the pause."""
    job = await stages.queued()
    dispatcher = make_dispatcher()
    answers: list[SubmitAnswer] = [AccountRefused("402"), accepted("task-1")]
    for answer, told in zip(answers, ["intake-paused", "intake-resumed"], strict=True):
        evolink.submit_answers.append(answer)
        troubled.coming = [False, *NEVER]
        await dispatcher.run_once()
        await until(partial(was_told, operator, told))
        assert (await stages.now(job)).state is JobState.SUBMITTING
        troubled.coming = []
        await dispatcher.drain()
        clock.advance(60)

    assert (await stages.now(job)).state is JobState.GENERATING


async def test_what_has_not_left_goes_back_to_the_queue_in_trouble_too(  # noqa: PLR0913, PLR0917 - fixtures
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    account: AccountGate,
    evolink: ScriptedEvolink,
    limits: Limits,
    troubled: TroubledDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jobs = [await stages.queued() for _ in range(3)]
    dispatcher = make_dispatcher()
    warm(limits.creates)
    pause_after_claims(store, account, monkeypatch)
    troubled.coming = [False, False, False, True]
    await dispatcher.run_once()
    await dispatcher.drain()

    assert evolink.submits == []
    assert [(await stages.now(job)).state for job in jobs] == [JobState.QUEUED] * 3


async def test_a_second_task_is_told_and_recorded_whatever_fails_meanwhile(  # noqa: PLR0913, PLR0917 - fixtures
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    operator: RecordingOperator,
    database: Database,
    troubled: TroubledDatabase,
) -> None:
    """It was paid for, and nothing may be repeated any more."""
    job = await stages.queued()
    # It is one, but for its trouble.
    installation = SqlInstallation(troubled)  # type: ignore[arg-type]
    idempotency = make_idempotency(
        operator, clock, allowed=True, installation=installation
    )

    async def a_callback_came_first() -> object:
        changes = JobChanges(poll_due_at=clock.now())
        assert await store.adopt(job.id, TaskId("task-by-callback"), changes)
        await stages.move(await stages.now(job), JobState.GENERATING)
        troubled.coming = [False, False, *NEVER]
        return accepted("task-by-answer")

    evolink.submit_answers.append(a_callback_came_first)  # type: ignore[arg-type]
    dispatcher = make_dispatcher(idempotency=idempotency)
    await dispatcher.run_once()
    await until(lambda: operator.events == ["second-task"])
    troubled.coming = [False, True]
    await dispatcher.drain()

    assert operator.events == ["second-task"]
    assert [one.task_id for one in await second_tasks(database)] == ["task-by-answer"]
    assert not idempotency.allowed
    assert (await stages.now(job)).submit_due_at is None


async def test_readings_that_meet_trouble_are_made_again_without_a_word(  # noqa: PLR0913, PLR0917
    store: JobStore,
    stages: Stages,
    evolink: ScriptedEvolink,
    troubled: TroubledDatabase,
    account: AccountGate,
    callback_tasks: CallbackTasks,
    clock: FakeClock,
    limits: Limits,
) -> None:
    """Storage tells of its trouble: a stack for each pass would tell nothing more."""
    jobs = [await stages.generating(f"task-{n}") for n in range(2)]
    evolink.reports[running("task-0").task_id] = running("task-0", 40)
    evolink.reports[running("task-1").task_id] = completed("task-1")
    policy = PollPolicy(min_interval_s=2.0, give_up_after_s=3600.0)
    poller = Poller(
        store,
        evolink,
        make_readings(store, clock, policy),
        clock,
        reads=limits.reads,
        seen=lambda _reads: None,
        account=account,
        callback_tasks=callback_tasks,
    )
    # The claims are recorded, and then nothing that was read, three times.
    troubled.coming = [False, True, True, False] * 3

    with capture_logs() as logged:
        async with at_work(poller):
            await until(lambda: evolink.reads > 3 and troubled.coming == [])

    assert [one for one in logged if one["log_level"] == "error"] == []
    states = [(await stages.now(job)).state for job in jobs]
    assert states == [JobState.GENERATING, JobState.DELIVERING]
