"""What a callback changes for the workers: lost ids, second tasks, rarer questions."""

from datetime import timedelta

import pytest

from bot.errors import StorageBusy, StorageError
from bot.ids import JobId, TaskId
from bot.jobs.cadence import TaskProgress
from bot.jobs.claims import Claim
from bot.jobs.jobs import Job
from bot.jobs.queueing import Slots
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from bot.operations.installation import Fact, SecondTask
from bot.pictures.uploads import Uploads
from bot.pipeline.callback_addresses import CallbackAddresses, fingerprint
from bot.pipeline.callback_tasks import CallbackTasks
from bot.pipeline.callback_trust import MOST_MISSED, CallbackTrust
from bot.pipeline.callbacks import CallbackDesk
from bot.pipeline.idempotency import Idempotency
from bot.pipeline.poll_schedule import PollSchedule
from bot.pipeline.poller import Poller
from bot.pipeline.submitter import Submitter
from bot.pipeline.task_recorder import PollPolicy
from bot.workers import storing
from bot.workers.limits import Limits
from storage.database.engine import Database
from storage.operations.installation import SqlInstallation
from tests.clock import FakeClock
from tests.factories import MODEL
from tests.offers import make_offer
from tests.pipeline.outside import (
    RecordingOperator,
    ScriptedEvolink,
    completed,
    running,
)
from tests.pipeline.parts import make_idempotency, make_readings, make_submit_policy
from tests.pipeline.stages import Stages
from tests.stores import second_tasks

ADDRESSES = CallbackAddresses(public_url="https://c.example", secret=b"the api key")


@pytest.fixture
def installation(database: Database) -> SqlInstallation:
    return SqlInstallation(database)


@pytest.fixture
def idempotency(
    operator: RecordingOperator, clock: FakeClock, installation: SqlInstallation
) -> Idempotency:
    return make_idempotency(operator, clock, allowed=True, installation=installation)


@pytest.fixture
def poller(
    store: JobStore,
    evolink: ScriptedEvolink,
    idempotency: Idempotency,
    account: AccountGate,
    clock: FakeClock,
    limits: Limits,
) -> Poller:
    policy = PollPolicy(min_interval_s=2.0, give_up_after_s=3600.0)
    recorder = make_readings(store, clock, policy)
    callback_tasks = CallbackTasks(store, idempotency, clock)
    return Poller(
        store,
        evolink,
        recorder,
        clock,
        reads=limits.reads,
        seen=lambda _reads: None,
        account=account,
        callback_tasks=callback_tasks,
    )


@pytest.fixture
def desk(store: JobStore, clock: FakeClock) -> CallbackDesk:
    return CallbackDesk(store, CallbackTrust(), clock, min_interval_s=2.0)


@pytest.fixture
def submitter(  # noqa: PLR0913, PLR0917 - one for each part it joins
    store: JobStore,
    evolink: ScriptedEvolink,
    account: AccountGate,
    operator: RecordingOperator,
    clock: FakeClock,
    idempotency: Idempotency,
    uploads: Uploads,
) -> Submitter:
    policy = make_submit_policy(
        give_up_after_s=3600,
        offer=make_offer(MODEL),
        callbacks=ADDRESSES,
    )
    return Submitter(
        store,
        evolink,
        account,
        operator,
        clock,
        policy,
        idempotency=idempotency,
        uploads=uploads,
    )


async def intended(submitter: Submitter, stages: Stages) -> Claim:
    """Return a job whose paid request is about to leave."""
    job = await stages.queued()
    claim = await submitter.intend(
        job,
        job.requested_at + timedelta(minutes=2),
        Slots(most=5, doubted_before=job.requested_at),
    )
    assert claim is not None
    return claim


def test_a_token_belongs_to_one_job_and_is_always_the_same() -> None:
    """A repeated request must be the same word for word, also after a crash."""
    one, other = JobId("0" * 16), JobId("1" * 16)

    assert ADDRESSES.token(one) == ADDRESSES.token(one)
    assert ADDRESSES.token(one) != ADDRESSES.token(other)
    assert len(ADDRESSES.token(one)) * 6 >= 256
    assert ADDRESSES.kept(one) == fingerprint(ADDRESSES.token(one))
    assert "api key" not in repr(ADDRESSES)


async def test_a_callback_brings_the_task_of_a_lost_answer(
    stages: Stages,
    submitter: Submitter,
    desk: CallbackDesk,
    poller: Poller,
    evolink: ScriptedEvolink,
) -> None:
    claim = await intended(submitter, stages)
    job = claim.job
    evolink.reports[TaskId("task-lost")] = completed("task-lost")

    assert await desk.heard(ADDRESSES.token(job.id), TaskId("task-lost"))
    await poller.run_once()

    now = await stages.now(job)
    assert (now.state, now.task_id) == (JobState.DELIVERING, "task-lost")
    assert (now.late, now.submit_due_at, now.task_hint) == (False, None, None)


@pytest.mark.parametrize(
    ("error", "later_s"), [(ZeroDivisionError("odd"), 10.0), (StorageBusy("locked"), 0)]
)
async def test_a_named_task_that_cannot_be_settled_holds_up_no_other(  # noqa: PLR0913, PLR0917 - fixtures
    stages: Stages,
    store: JobStore,
    submitter: Submitter,
    desk: CallbackDesk,
    poller: Poller,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    later_s: float,
) -> None:
    known = await stages.generating("task-known")
    evolink.reports[TaskId("task-known")] = completed("task-known")
    jobs: list[Job] = []
    for number in range(3):
        job = (await intended(submitter, stages)).job
        task_id = TaskId(f"task-{number}")
        evolink.reports[task_id] = running(task_id, 40)
        await desk.heard(ADDRESSES.token(job.id), task_id)
        jobs.append(job)
    by_task = store.by_task

    async def trouble(task_id: TaskId) -> Job | None:
        if task_id == "task-0":
            raise error
        return await by_task(task_id)

    monkeypatch.setattr(store, "by_task", trouble)
    try:
        await poller.run_once()
    except StorageError as raised:
        assert raised is error  # noqa: PT017 - storage's trouble has its own back-off

    assert (await stages.now(known)).state is JobState.DELIVERING
    found = [(await stages.now(job)).task_id for job in jobs]
    assert found == [None, "task-1", "task-2"]
    due_at = (await stages.now(jobs[0])).poll_due_at
    assert due_at is not None
    assert (due_at - clock.now()).total_seconds() == later_s

    monkeypatch.undo()
    clock.advance(later_s)
    await poller.run_once()
    assert (await stages.now(jobs[0])).task_id == "task-0"


async def test_an_adopted_request_is_not_sent_again(
    stages: Stages,
    submitter: Submitter,
    desk: CallbackDesk,
    poller: Poller,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    claim = await intended(submitter, stages)
    job = claim.job
    evolink.reports[TaskId("task-lost")] = running("task-lost")
    await desk.heard(ADDRESSES.token(job.id), TaskId("task-lost"))
    await poller.run_once()
    clock.advance(60)

    assert await submitter.intend_again(claim) is None


async def test_a_callback_revives_what_was_unconfirmed(
    stages: Stages,
    submitter: Submitter,
    desk: CallbackDesk,
    poller: Poller,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    """The clip follows the notice, and is free."""
    claim = await intended(submitter, stages)
    job = claim.job
    clock.advance(601)
    assert await submitter.intend_again(claim) is None
    assert (await stages.now(job)).state is JobState.UNCONFIRMED
    evolink.reports[TaskId("task-lost")] = completed("task-lost")

    await desk.heard(ADDRESSES.token(job.id), TaskId("task-lost"))
    await poller.run_once()

    now = await stages.now(job)
    assert (now.state, now.late) == (JobState.DELIVERING, True)


async def test_a_lost_answer_is_left_to_the_callback_first(
    stages: Stages, submitter: Submitter, idempotency: Idempotency, clock: FakeClock
) -> None:
    """Unless the key was seen to be honoured: then repeating costs nothing."""
    claim = await intended(submitter, stages)
    job = claim.job
    clock.advance(5)
    assert await submitter.intend_again(claim) is None
    assert (await stages.now(job)).state is JobState.SUBMITTING
    clock.advance(41)
    assert await submitter.intend_again(claim) is not None

    await idempotency.honoured()
    other = await intended(submitter, stages)
    assert await submitter.intend_again(other) is not None


async def test_a_second_task_ends_all_repeating_for_good(  # noqa: PLR0913, PLR0917 - one for each part it joins
    stages: Stages,
    desk: CallbackDesk,
    poller: Poller,
    evolink: ScriptedEvolink,
    operator: RecordingOperator,
    idempotency: Idempotency,
    database: Database,
    clock: FakeClock,
) -> None:
    job_id = (await stages.generating("task-1")).id
    installation = SqlInstallation(database)
    await stages.store.note({job_id: {"callback_hash": ADDRESSES.kept(job_id)}})
    evolink.reports[TaskId("task-1")] = running("task-1")
    evolink.reports[TaskId("task-2")] = completed("task-2")

    for _ in range(2):
        await desk.heard(ADDRESSES.token(job_id), TaskId("task-2"))
        await poller.run_once()
        clock.advance(5)

    assert (await stages.now(job_id)).task_id == "task-1"
    assert operator.events == ["second-task"]
    assert not idempotency.allowed
    assert await installation.facts() == {Fact.KEY_IGNORED}
    (second,) = await second_tasks(database)
    assert (second.task_id, second.job_id, second.credits) == ("task-2", job_id, 8.0)
    again = make_idempotency(
        operator, clock, allowed=True, facts=await installation.facts()
    )
    assert not again.allowed


async def test_a_second_task_that_a_callback_named_is_recorded_in_trouble_too(  # noqa: PLR0913, PLR0917 - fixtures
    stages: Stages,
    desk: CallbackDesk,
    poller: Poller,
    evolink: ScriptedEvolink,
    operator: RecordingOperator,
    installation: SqlInstallation,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was paid for: its reading does not end before the operator knows."""
    monkeypatch.setattr(storing, "RETRY_S", 0.0)
    job_id = (await stages.generating("task-1")).id
    await stages.store.note({job_id: {"callback_hash": ADDRESSES.kept(job_id)}})
    evolink.reports[TaskId("task-1")] = running("task-1")
    evolink.reports[TaskId("task-2")] = completed("task-2")
    record, trouble = installation.second_task, [StorageBusy("locked")] * 3

    async def late(second: SecondTask) -> bool:
        if trouble:
            raise trouble.pop()
        return await record(second)

    monkeypatch.setattr(installation, "second_task", late)
    await desk.heard(ADDRESSES.token(job_id), TaskId("task-2"))
    await poller.run_once()

    assert operator.events == ["second-task"]
    assert [one.task_id for one in await second_tasks(database)] == ["task-2"]


@pytest.mark.parametrize("named", ["task-of-another", "task-nobody-made"])
async def test_a_lie_is_no_second_task(  # noqa: PLR0913, PLR0917 - fixtures
    stages: Stages,
    desk: CallbackDesk,
    poller: Poller,
    evolink: ScriptedEvolink,
    operator: RecordingOperator,
    clock: FakeClock,
    named: str,
) -> None:
    await stages.generating("task-of-another")
    evolink.reports[TaskId("task-of-another")] = running("task-of-another")
    evolink.reports[TaskId("task-1")] = running("task-1")
    job_id = (await stages.generating("task-1")).id
    await stages.store.note({job_id: {"callback_hash": ADDRESSES.kept(job_id)}})

    await desk.heard(ADDRESSES.token(job_id), TaskId(named))
    for _ in range(3):  # what a batch does not tell is asked for apart, next time
        await poller.run_once()
        clock.advance(30)

    now = await stages.now(job_id)
    assert (now.task_id, now.task_hint) == ("task-1", None)
    assert operator.told == []


async def test_however_often_it_is_called_evolink_is_asked_no_more_often(
    stages: Stages, desk: CallbackDesk, clock: FakeClock
) -> None:
    job_id = (await stages.generating("task-1")).id
    asked_at = clock.now()
    kept = ADDRESSES.kept(job_id)
    await stages.store.note({job_id: {"callback_hash": kept, "polled_at": asked_at}})
    clock.advance(0.5)

    await desk.heard(ADDRESSES.token(job_id), None)

    due = (await stages.now(job_id)).poll_due_at
    assert due is not None
    assert (due - asked_at).total_seconds() == 2.0


async def test_a_token_dies_after_its_job(
    stages: Stages, desk: CallbackDesk, clock: FakeClock
) -> None:
    job_id = (await stages.failed()).id
    await stages.store.note({job_id: {"callback_hash": ADDRESSES.kept(job_id)}})

    assert await desk.heard(ADDRESSES.token(job_id), None)
    clock.advance(25 * 3600)
    assert not await desk.heard(ADDRESSES.token(job_id), None)
    assert not await desk.heard(ADDRESSES.token(JobId("f" * 16)), None)


def test_questions_grow_rare_only_while_callbacks_arrive() -> None:
    trust = CallbackTrust()
    schedule = PollSchedule(2.0, trust)
    reading = TaskProgress(
        elapsed_s=110, progress=90, progress_elapsed_s=105, step=10, promised_s=120
    )
    often_s = schedule.wait_s(reading, has_callback=True)
    trust.heard(JobId("a"))
    rarely_s = schedule.wait_s(reading, has_callback=True)
    without_s = schedule.wait_s(reading, has_callback=False)

    assert trust.ended(JobId("a"), called_back=False)
    for number in range(MOST_MISSED):
        assert trust.works
        assert not trust.ended(JobId(f"missed {number}"), called_back=False)
    assert not trust.works
    assert max(often_s, without_s) < 5
    assert rarely_s > 50


def test_a_callback_that_reached_another_process_proves_that_they_arrive() -> None:
    trust = CallbackTrust()
    beliefs = [trust.works]

    trust.ended(JobId("a"), called_back=True)
    beliefs.append(trust.works)
    for number in range(MOST_MISSED):
        trust.ended(JobId(f"missed {number}"), called_back=False)
    beliefs.append(trust.works)
    trust.arrived()
    beliefs.append(trust.works)

    assert beliefs == [False, True, False, True]


async def test_the_row_says_that_a_callback_came_before_the_end(
    stages: Stages, desk: CallbackDesk, clock: FakeClock
) -> None:
    job_id = (await stages.generating()).id
    await stages.store.note({job_id: {"callback_hash": ADDRESSES.kept(job_id)}})
    called_back_at = clock.now()

    assert await desk.heard(ADDRESSES.token(job_id), None)
    clock.advance(3)
    assert await desk.heard(ADDRESSES.token(job_id), None)

    assert (await stages.now(job_id)).called_back_at == called_back_at
