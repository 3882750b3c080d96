"""While intake is paused, or EvoLink asks for a pause, the queue waits."""

import errno
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.errors import AccountRefused, EvolinkUnavailable, RateLimited
from bot.ids import UserId
from bot.jobs.claims import Claim
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.tasks import Balance
from bot.operations.account import AccountGate
from bot.pipeline.dispatcher import PAGE
from bot.workers.job_worker import IDLE_S
from bot.workers.limits import Limits
from tests.clock import FakeClock
from tests.pipeline.conftest import MakeDispatcher
from tests.pipeline.dispatching import pause_after_claims, turn
from tests.pipeline.limits import warm
from tests.pipeline.outside import ScriptedEvolink
from tests.pipeline.stages import Stages


@pytest.mark.parametrize(
    ("error", "quiet_s"),
    [
        (RateLimited("429", retry_after_s=60), 60),
        (RateLimited("429", retry_after_s=None), 0.7),
        (EvolinkUnavailable("connection refused"), 0.7),
    ],
    ids=["with Retry-After", "without", "refused connection"],
)
async def test_an_answer_that_asks_for_a_pause_quiets_every_submit(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    error: Exception,
    quiet_s: float,
) -> None:
    """The limit is the account's, so that other jobs must not try it either."""
    first = await stages.queued()
    dispatcher = make_dispatcher()
    evolink.submit_answers.append(error)
    await turn(dispatcher)
    second = await stages.queued()

    clock.advance(quiet_s - 0.1)
    assert 0 < await turn(dispatcher) <= IDLE_S
    assert len(evolink.submits) == 1
    for _ in range(3):
        clock.advance(1)
        await turn(dispatcher)

    assert len(evolink.submits) == 3
    assert evolink.submits[0] in evolink.submits[1:]
    for job in (first, second):
        assert (await stages.now(job)).state is JobState.GENERATING


async def test_of_two_pauses_the_longer_counts(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    dispatcher = make_dispatcher()
    await stages.queued()
    await turn(dispatcher)  # it answers: the next may go side by side
    for _ in range(2):
        await stages.queued()
    evolink.submit_answers += [
        RateLimited("429", retry_after_s=60),
        RateLimited("429", retry_after_s=1),
    ]

    await turn(dispatcher)
    clock.advance(59)
    await turn(dispatcher)

    assert len(evolink.submits) == 3


async def test_while_intake_is_paused_the_queue_waits(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    account: AccountGate,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    job = await stages.queued()
    dispatcher = make_dispatcher()
    await account.refused(AccountRefused("402"))

    clock.advance(20)
    assert 0 < await turn(dispatcher) <= IDLE_S

    assert (await stages.now(job)).state is JobState.QUEUED
    assert evolink.submits == []
    await account.read_balance()
    await turn(dispatcher)
    assert (await stages.now(job)).state is JobState.GENERATING
    assert len(evolink.submits) == 1


async def test_what_has_not_left_when_a_pause_begins_goes_back_to_the_queue(  # noqa: PLR0913, PLR0917 - fixtures
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    account: AccountGate,
    evolink: ScriptedEvolink,
    monkeypatch: pytest.MonkeyPatch,
    limits: Limits,
) -> None:
    """Another's request was refused while their intents were on the way to the disk."""
    jobs = [await stages.queued() for _ in range(3)]
    dispatcher = make_dispatcher()
    warm(limits.creates)
    pause_after_claims(store, account, monkeypatch)
    await turn(dispatcher)

    assert evolink.submits == []
    assert [(await stages.now(job)).state for job in jobs] == [JobState.QUEUED] * 3


async def test_one_that_cannot_go_back_to_the_queue_keeps_no_other_from_it(  # noqa: PLR0913, PLR0917 - fixtures
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    store: JobStore,
    account: AccountGate,
    evolink: ScriptedEvolink,
    monkeypatch: pytest.MonkeyPatch,
    limits: Limits,
) -> None:
    jobs = [await stages.queued() for _ in range(3)]
    dispatcher = make_dispatcher()
    warm(limits.creates)
    pause_after_claims(store, account, monkeypatch)
    move = store.move_claimed

    async def fail_for_one(claim: Claim, *rest: Any, **changes: Any) -> Job | None:
        if claim.job.id == jobs[0].id:
            raise OSError(errno.EIO, "no disk")
        return await move(claim, *rest, **changes)

    monkeypatch.setattr(store, "move_claimed", fail_for_one)
    with capture_logs() as logs:
        await turn(dispatcher)

    assert [one["event"] for one in logs].count("job handler failed") == 1
    assert evolink.submits == []
    assert [(await stages.now(job)).state for job in jobs] == [
        JobState.SUBMITTING,
        JobState.QUEUED,
        JobState.QUEUED,
    ]


async def test_a_queue_paused_for_too_long_fails(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    account: AccountGate,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    store: JobStore,
) -> None:
    """Free, and each member is told. Who came later waits on."""
    jobs = [await stages.queued() for _ in range(3)]
    dispatcher = make_dispatcher(give_up_after_s=3600)
    evolink.balance = Balance(spendable=0)
    await account.read_balance()

    clock.advance(3599)
    late = await stages.queued(user_id=UserId(99))
    await turn(dispatcher)
    assert await store.counts() == {JobState.QUEUED: 4}
    clock.advance(1)
    assert await turn(dispatcher) == IDLE_S
    assert (await stages.now(late)).state is JobState.QUEUED

    for job in jobs:
        now = await stages.now(job)
        assert (now.state, now.failure) == (JobState.FAILED, Failure.PAUSED)
        assert now.notice_due_at == clock.now()
        usage = await stages.usage(job)
        assert (usage.day, usage.at_once) == (0, 0)


async def test_a_long_paused_queue_fails_page_by_page(
    make_dispatcher: MakeDispatcher,
    stages: Stages,
    account: AccountGate,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    store: JobStore,
) -> None:
    for _ in range(PAGE + 1):
        await stages.queued()
    dispatcher = make_dispatcher(give_up_after_s=3600)
    evolink.balance = Balance(spendable=0)
    await account.read_balance()
    clock.advance(3600)

    assert await turn(dispatcher) == 0
    await turn(dispatcher)

    assert await store.counts() == {JobState.FAILED: PAGE + 1}
