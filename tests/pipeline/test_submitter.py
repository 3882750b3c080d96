"""What each answer to the paid request means for its job."""

from collections.abc import Sequence

import pytest

from bot.errors import (
    AccountRefused,
    ContentRefused,
    EvolinkError,
    EvolinkUnavailable,
    PictureRefused,
    RateLimited,
    RequestRefused,
)
from bot.ids import TaskId
from bot.jobs.failures import Failure
from bot.jobs.jobs import JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from bot.workers.limits import Limits
from tests.clock import FakeClock
from tests.pipeline.conftest import MakeDispatcher
from tests.pipeline.dispatching import LOST_ANSWER, turn, turns
from tests.pipeline.limits import warm
from tests.pipeline.outside import RecordingOperator, ScriptedEvolink, accepted
from tests.pipeline.stages import Stages


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (RequestRefused("400"), Failure.INVALID_PARAMETERS),
        (ContentRefused("400"), Failure.CONTENT_POLICY_VIOLATION),
        (PictureRefused("400"), Failure.PICTURE_REFUSED),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else one.value,
)
async def test_a_refusal_fails_the_job_at_once_and_free(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    error: EvolinkError,
    failure: Failure,
) -> None:
    job = await stages.queued()
    evolink.submit_answers.append(error)
    dispatcher = make_dispatcher()

    await turn(dispatcher)
    await turns(dispatcher, clock, 5)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, failure)
    assert now.notice_due_at is not None
    assert now.submit_due_at is None
    assert len(evolink.submits) == 1
    assert await stages.used(job) == 0


async def test_a_refused_account_pauses_intake_and_tells_the_operator_once(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    account: AccountGate,
    operator: RecordingOperator,
) -> None:
    jobs = [await stages.queued() for _ in range(3)]
    evolink.submit_answers += [AccountRefused("402")] * 3

    await turn(make_dispatcher())

    assert account.paused
    assert {(await stages.now(job)).state for job in jobs} == {JobState.QUEUED}
    assert operator.events == ["intake-paused"]


@pytest.mark.parametrize(
    "error",
    [RateLimited("429", retry_after_s=3), EvolinkUnavailable("refused connection")],
    ids=["429", "refused connection"],
)
async def test_where_nothing_was_accepted_the_same_key_goes_again(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    error: EvolinkError,
) -> None:
    job = await stages.queued()
    evolink.submit_answers += [error, error]
    dispatcher = make_dispatcher()

    await turn(dispatcher)
    between = await stages.now(job)
    await turns(dispatcher, clock, 20)

    assert (between.state, between.unsure_since) == (JobState.SUBMITTING, None)
    assert (await stages.now(job)).state is JobState.GENERATING
    assert evolink.submits == [between.submit_key] * 3


async def test_what_is_never_accepted_fails_in_the_end(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    """It is certain that there is no task, so the job need not stay in doubt."""
    job = await stages.queued()
    evolink.submit_answers += [EvolinkUnavailable("refused connection")] * 100
    dispatcher = make_dispatcher(give_up_after_s=120)

    await turn(dispatcher)
    await turns(dispatcher, clock, 240)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, Failure.SERVICE_UNAVAILABLE)
    assert await stages.used(job) == 0


async def test_a_429_is_repeated_also_where_replays_are_switched_off(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    """Nothing was accepted: that is no replay."""
    job = await stages.queued()
    evolink.submit_answers.append(RateLimited("429", retry_after_s=None))
    dispatcher = make_dispatcher(replay=False)

    await turn(dispatcher)
    await turns(dispatcher, clock, 5)

    assert (await stages.now(job)).state is JobState.GENERATING


async def test_a_cancelled_members_task_is_adopted_and_holds_its_slot(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
    operator: RecordingOperator,
) -> None:
    """Cancelled while the paid request was under way: EvoLink makes it all the same."""
    job = await stages.queued()

    async def cancelled_meanwhile() -> object:
        await stages.move(await stages.now(job), JobState.CANCELLED)
        return accepted("task-1")

    evolink.submit_answers.append(cancelled_meanwhile)  # type: ignore[arg-type]
    await turn(make_dispatcher())

    now = await stages.now(job)
    assert (now.state, now.task_id) == (JobState.CANCELLED, "task-1")
    assert now.poll_due_at is not None
    assert now.submit_due_at is None
    assert len(await store.making()) == 1
    assert await stages.used(job) == 1
    assert operator.told == []


@pytest.mark.parametrize(
    "answer",
    [LOST_ANSWER, RateLimited("429", retry_after_s=None), RequestRefused("400")],
    ids=["lost", "429", "refused"],
)
async def test_a_job_cancelled_under_way_ends_whatever_the_answer(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    answer: EvolinkError,
) -> None:
    job = await stages.queued()

    async def cancelled_meanwhile() -> object:
        await stages.move(await stages.now(job), JobState.CANCELLED)
        raise answer

    evolink.submit_answers.append(cancelled_meanwhile)  # type: ignore[arg-type]
    dispatcher = make_dispatcher()
    await turn(dispatcher)
    await turns(dispatcher, clock, 10)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.CANCELLED, None)
    assert now.submit_due_at is None
    assert len(evolink.submits) == 1
    assert len(await store.making()) == 0


async def test_two_tasks_for_one_job_end_all_replays(  # noqa: PLR0913, PLR0917 - the world of it
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    operator: RecordingOperator,
    limits: Limits,
) -> None:
    """That is the proof that EvoLink ignores the key: each repeat might cost again."""
    job = await stages.queued()
    clock.advance(1)
    other = await stages.queued()

    async def a_callback_came_first() -> object:
        row = await stages.now(job)
        changes = JobChanges(poll_due_at=clock.now(), submit_due_at=None)
        assert await store.adopt(row.id, TaskId("task-by-callback"), changes)
        await stages.move(row, JobState.GENERATING)
        return accepted("task-by-answer")

    evolink.submit_answers += [a_callback_came_first, LOST_ANSWER]  # type: ignore[list-item]
    dispatcher = make_dispatcher()
    warm(limits.creates)  # both leave, in their order
    await turn(dispatcher)
    await turns(dispatcher, clock, 5)

    assert (await stages.now(job)).task_id == "task-by-callback"
    event, values = operator.told[0]
    assert (event, values["task_id"]) == ("second-task", "task-by-answer")
    assert values["credits_reserved"] == 8.5
    assert (await stages.now(other)).state is JobState.UNCONFIRMED
    assert len(evolink.submits) == 2


async def test_the_same_task_by_answer_and_by_callback_is_no_second_one(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    operator: RecordingOperator,
) -> None:
    job = await stages.queued()

    async def a_callback_came_first() -> object:
        row = await stages.now(job)
        changes = JobChanges(poll_due_at=clock.now(), submit_due_at=None)
        assert await store.adopt(row.id, TaskId("task-1"), changes)
        await stages.move(row, JobState.GENERATING)
        return accepted("task-1")

    evolink.submit_answers.append(a_callback_came_first)  # type: ignore[arg-type]
    await turn(make_dispatcher())

    now = await stages.now(job)
    assert (now.state, now.task_id) == (JobState.GENERATING, "task-1")
    assert operator.told == []


async def test_a_surprise_while_sending_is_a_doubt_not_a_second_payment(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    """An error of ours after the request left says nothing about the request."""
    job = await stages.queued()
    evolink.submit_answers.append(KeyError("surprise"))
    dispatcher = make_dispatcher()

    await turn(dispatcher)
    await turns(dispatcher, clock, 61)

    keys: Sequence[str] = evolink.submits
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert (await stages.now(job)).state is JobState.GENERATING


async def test_an_accepted_task_without_a_promise_is_polled_all_the_same(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    job = await stages.queued()
    evolink.submit_answers.append(accepted("task-1", estimated_time_s=None))

    await turn(make_dispatcher())

    now = await stages.now(job)
    assert now.estimated_time_s is None
    assert now.expected_end_at is not None
    assert now.poll_due_at is not None
    assert now.poll_due_at > clock.now()
