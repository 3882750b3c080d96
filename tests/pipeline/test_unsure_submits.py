"""A paid request whose answer was lost, or that may have left before a crash."""

from itertools import pairwise

import pytest

from bot.errors import (
    AccountRefused,
    EvolinkConfused,
    EvolinkError,
    EvolinkUnavailable,
    RateLimited,
    RequestRefused,
)
from bot.ids import TaskId
from bot.jobs.failures import Failure
from bot.jobs.states import JobState
from bot.pipeline.submitter import UNSURE_FOR_S
from bot.workers.limits import Limits
from tests.clock import FakeClock
from tests.pipeline.conftest import MakeDispatcher
from tests.pipeline.dispatching import LOST_ANSWER, turn, turns
from tests.pipeline.limits import warm
from tests.pipeline.outside import RecordingOperator, ScriptedEvolink
from tests.pipeline.stages import Stages


@pytest.mark.parametrize(
    "error", [LOST_ANSWER, EvolinkConfused("3xx")], ids=["lost", "unreadable"]
)
async def test_a_lost_answer_is_asked_for_again_with_the_same_key(
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
    assert (await stages.now(job)).state is JobState.SUBMITTING
    await turns(dispatcher, clock, 10)

    now = await stages.now(job)
    assert (now.state, now.submit_attempts) == (JobState.GENERATING, 3)
    assert evolink.submits == [now.submit_key] * 3
    assert now.unsure_since is None


@pytest.mark.parametrize("others_are_answered", [True, False])
async def test_repeats_of_a_lost_answer_grow_apart(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    limits: Limits,
    others_are_answered: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """At least a second, doubling to half a minute, where it is the job's own trouble.

    Alone it may be EvoLink's, whose recovery is to be seen within five seconds.
    """
    await stages.queued()
    evolink.submit_answers += [LOST_ANSWER] * 1000
    dispatcher = make_dispatcher()
    times: list[float] = []

    await turn(dispatcher)
    for second in range(200):
        before = len(evolink.submits)
        clock.advance(1)
        if others_are_answered:
            warm(limits.creates)
        await turn(dispatcher)
        times += [second] * (len(evolink.submits) - before)

    pauses = [after - before for before, after in pairwise(times)]
    assert min(pauses) >= 1
    if others_are_answered:
        assert 24 <= pauses[-1] <= max(pauses) <= 32
    else:
        assert max(pauses) <= 5


@pytest.mark.thorough
async def test_after_ten_minutes_of_doubt_nobody_can_know(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    operator: RecordingOperator,
) -> None:
    """The member's quota is released, the operator is told, and no key is new."""
    job = await stages.queued()
    evolink.submit_answers += [LOST_ANSWER] * 1000
    dispatcher = make_dispatcher()

    await turn(dispatcher)
    await turns(dispatcher, clock, UNSURE_FOR_S + 40)
    submits = len(evolink.submits)
    await turns(dispatcher, clock, 100)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.UNCONFIRMED, Failure.UNCONFIRMED)
    assert now.notice_due_at is not None
    assert await stages.used(job) == 0
    assert operator.told == [("unconfirmed", {"job_id": job.id})]
    assert set(evolink.submits) == {now.submit_key}
    assert len(evolink.submits) == submits


async def test_where_replays_are_switched_off_a_lost_answer_is_the_end(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    operator: RecordingOperator,
) -> None:
    job = await stages.queued()
    evolink.submit_answers.append(LOST_ANSWER)
    dispatcher = make_dispatcher(replay=False)

    await turn(dispatcher)
    await turns(dispatcher, clock, 5)

    assert (await stages.now(job)).state is JobState.UNCONFIRMED
    assert operator.events == ["unconfirmed"]
    assert len(evolink.submits) == 1


@pytest.mark.parametrize(
    "later",
    [
        RequestRefused("400"),
        AccountRefused("402"),
        EvolinkUnavailable("refused connection"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_sure_no_after_a_lost_answer_leaves_the_doubt(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    later: EvolinkError,
) -> None:
    """The second request was not taken. The first one may have been."""
    job = await stages.queued()
    evolink.submit_answers += [LOST_ANSWER, *[later] * 200]
    dispatcher = make_dispatcher(give_up_after_s=60)

    await turn(dispatcher)
    await turns(dispatcher, clock, UNSURE_FOR_S + 60)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.UNCONFIRMED, Failure.UNCONFIRMED)


async def test_a_429_after_a_lost_answer_asks_on(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    job = await stages.queued()
    evolink.submit_answers += [LOST_ANSWER, RateLimited("429", retry_after_s=5)]
    dispatcher = make_dispatcher()

    await turn(dispatcher)
    first_doubt = (await stages.now(job)).unsure_since
    await turns(dispatcher, clock, 3)
    assert (await stages.now(job)).unsure_since == first_doubt
    await turns(dispatcher, clock, 10)

    assert (await stages.now(job)).state is JobState.GENERATING
    assert len(evolink.submits) == 3


@pytest.mark.parametrize("taken", [False, True])
async def test_a_process_that_died_in_the_middle_is_taken_up_with_its_key(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    taken: bool,  # noqa: FBT001 - a parameter
) -> None:
    """Whether the request had left or not: the row says that it may have."""
    job = await stages.submitting()
    assert job.submit_key is not None
    if taken:
        evolink.tasks_by_key[job.submit_key] = TaskId("task-of-the-dead")
    clock.advance(60)

    await turn(make_dispatcher())

    now = await stages.now(job)
    assert now.state is JobState.GENERATING
    assert (now.task_id == "task-of-the-dead") is taken
    assert evolink.submits == [job.submit_key]


async def test_a_process_that_died_long_ago_leaves_a_doubt(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    """A key that is too old might be forgotten, and a repeat be paid for again."""
    job = await stages.submitting()
    clock.advance(UNSURE_FOR_S + 1)

    await turn(make_dispatcher())

    assert evolink.submits == []
    assert (await stages.now(job)).state is JobState.UNCONFIRMED


async def test_a_process_that_died_while_sure_is_not_in_doubt(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    """Only refused connections so far: after a night the request may still go."""
    job = await stages.submitting(unsure_since=None)
    clock.advance(8 * 3600)

    await turn(make_dispatcher())

    assert len(evolink.submits) == 1
    assert (await stages.now(job)).state is JobState.GENERATING
