"""What EvoLink refuses for the operator to change burns no job, and ends by itself.

The real client asks the stand-in over HTTP; only the clock is the test's.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise

import pytest
from pydantic import SecretStr

from bot.evolink.client import EvolinkClient
from bot.evolink.session import open_session
from bot.ids import GuildId, UserId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from bot.operations.account_watch import WHILE_PAUSED_S, AccountWatch
from bot.pictures.uploads import Uploads
from bot.pipeline.dispatcher import Dispatcher
from bot.pipeline.submitter import Submitter
from bot.workers.limits import new_limits
from sandbox.evolink import EvolinkConfig, EvolinkSandbox, Fault
from sandbox.evolink.models import BETA_NAME
from sandbox.evolink.refusal_kinds import OF_ACCOUNT
from storage.database.engine import Database
from storage.operations.pauses import SqlPauses
from tests.callbacks import alone, holding, ignored
from tests.clock import FakeClock
from tests.factories import MODEL, make_request
from tests.offers import make_offer
from tests.pipeline.outside import RecordingOperator
from tests.pipeline.parts import make_idempotency, make_submit_policy
from tests.pipeline.stages import Stages
from tests.selection import thorough

pytestmark = pytest.mark.usefixtures("nothing_is_stuck")

CREATE = "/v1/videos/generations"
GIVE_UP_S = 3600.0
DAILY = ("token_daily_quota_exceeded", "key_daily_quota_exhausted")
SLOWEST_S = 600


@dataclass(kw_only=True)
class Life:
    """One process: its gate, its dispatcher, and the watch over the account."""

    evolink: EvolinkSandbox
    clock: FakeClock
    operator: RecordingOperator
    account: AccountGate
    dispatcher: Dispatcher
    watch: AccountWatch
    watched_s: float = WHILE_PAUSED_S

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The keys and models of all paid requests."""
        return [
            (one.headers["idempotency-key"], one.body["model"])
            for one in self.evolink.requests
            if one.path == CREATE
        ]

    def refuse(self, code: str, status: int = 402) -> Fault:
        fault = Fault(path=CREATE, answer=status, code=code, times=None)
        return self.evolink.faults.add(fault)

    async def turn(self) -> None:
        await self.dispatcher.run_once()
        await self.dispatcher.drain()

    async def goes_on(self, for_s: float, step_s: float = 10.0) -> list[float]:
        """Let time pass; return after how many seconds each paid request left."""
        left: list[float] = []
        for step in range(int(for_s / step_s)):
            before = len(self.asked)
            self.clock.advance(step_s)
            self.watched_s += step_s
            if self.watched_s >= WHILE_PAUSED_S:
                self.watched_s = 0
                await self.watch.run_once()
            await self.turn()
            left += [(step + 1) * step_s] * (len(self.asked) - before)
        return left


Begin = Callable[..., Awaitable[Life]]


@pytest.fixture
async def begin(
    store: JobStore,
    database: Database,
    uploads: Uploads,
    clock: FakeClock,
    operator: RecordingOperator,
) -> AsyncIterator[Begin]:
    """Begin a process's life. A second one is a restart beside the same service."""
    pauses = SqlPauses(database)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(open_session())
        running: list[EvolinkSandbox] = []

        async def life(model: str = MODEL, **switches: object) -> Life:
            if not running:
                config = EvolinkConfig(**({"speed": 0.0} | switches))  # type: ignore[arg-type]
                sandbox = EvolinkSandbox(config)
                running.append(await stack.enter_async_context(sandbox))
            evolink = running[0]
            client = EvolinkClient(
                session,
                base_url=evolink.base_url,
                api_key=SecretStr(evolink.api_key),
                count=ignored,
            )
            account = AccountGate(
                client,
                operator,
                clock,
                pauses,
                reserve=0,
                model=model,
                pause=await pauses.load(),
                has_seat=holding,
            )
            limits = new_limits(clock, wall=clock, living=alone)
            policy = make_submit_policy(
                give_up_after_s=GIVE_UP_S,
                offer=make_offer(model),
            )
            submitter = Submitter(
                store,
                client,
                account,
                operator,
                clock,
                policy,
                idempotency=make_idempotency(operator, clock, allowed=True),
                uploads=uploads,
            )
            dispatcher = Dispatcher(
                store,
                submitter,
                account,
                clock,
                creates=limits.creates,
                uploads=limits.uploads,
                recall=partial(asyncio.sleep, 0),
                max_active_tasks=20,
                give_up_after_s=GIVE_UP_S,
            )
            return Life(
                evolink=evolink,
                clock=clock,
                operator=operator,
                account=account,
                dispatcher=dispatcher,
                watch=AccountWatch(
                    account, balance=limits.balance, resumed=lambda: None
                ),
            )

        yield life


async def five(stages: Stages, clock: FakeClock) -> list[Job]:
    """Queue jobs of five members, one after another."""
    jobs = []
    for number in range(5):
        jobs.append(await stages.queued(user_id=UserId(100 + number)))
        clock.advance(0.1)
    return jobs


async def states(stages: Stages, jobs: Sequence[Job]) -> list[JobState]:
    return [(await stages.now(job)).state for job in jobs]


REFUSALS = [
    *((402, code) for code in OF_ACCOUNT),
    (402, "insufficient_quota"),
    (402, "quota_exceeded"),
    (402, "nobody_knows_this_code"),
    (401, "unauthorized"),
    (403, "model_access_denied"),
    (404, "model_not_found"),
    (404, "not_found"),
    (405, "method_not_allowed"),
]


@pytest.mark.parametrize("dialect", ["2026", *thorough("2025")])
@pytest.mark.parametrize(("status", "code"), REFUSALS)
async def test_no_job_is_burnt_and_all_are_made_when_it_is_put_right(
    begin: Begin,
    stages: Stages,
    clock: FakeClock,
    status: int,
    code: str,
    dialect: str,
) -> None:
    """There is credit all the while, which says nothing about any of these."""
    life = await begin(dialect=dialect)
    fault = life.refuse(code, status)
    jobs = await five(stages, clock)

    await life.turn()
    left = await life.goes_on(1500)

    assert await states(stages, jobs) == [JobState.QUEUED] * 5
    assert life.operator.events == ["intake-paused"]
    assert len(left) <= 8
    assert [await stages.used(job) for job in jobs] == [1] * 5
    life.evolink.faults.clear(fault)
    life = await begin()  # the operator may also restart after the fix
    for _ in range(3):
        await life.turn()
    assert await states(stages, jobs) == [JobState.GENERATING] * 5
    assert life.evolink.paid_tasks == 5
    assert life.operator.events == ["intake-paused", "intake-resumed"]


OTHERS = tuple(code for code in OF_ACCOUNT if code not in DAILY)


@pytest.mark.parametrize("code", [OTHERS[0], *thorough(*OTHERS[1:])])
async def test_it_goes_on_by_itself_within_ten_minutes(
    begin: Begin, stages: Stages, clock: FakeClock, code: str
) -> None:
    life = await begin()
    fault = life.refuse(code)
    jobs = await five(stages, clock)
    await life.turn()
    await life.goes_on(2000)

    life.evolink.faults.clear(fault)
    await life.goes_on(SLOWEST_S + 40)

    assert life.account.is_open
    assert await states(stages, jobs) == [JobState.GENERATING] * 5


async def test_probes_are_single_and_grow_apart_up_to_ten_minutes(
    begin: Begin, stages: Stages, clock: FakeClock
) -> None:
    life = await begin()
    life.refuse("key_disabled")
    await five(stages, clock)
    await life.turn()

    left = await life.goes_on(3500)

    waits = [after - before for before, after in pairwise([0.0, *left])]
    assert min(waits) >= 30
    assert waits[:4] == sorted(waits[:4])
    assert 400 <= max(waits) <= SLOWEST_S + 10


async def test_every_job_takes_its_turn_as_the_probe(
    begin: Begin, stages: Stages, clock: FakeClock
) -> None:
    """One that EvoLink will not have for a reason of its own holds up no other."""
    life = await begin()
    life.refuse("model_access_denied", 403)
    await five(stages, clock)

    await life.turn()
    await life.goes_on(1500)

    assert len({key for key, _ in life.asked[:5]}) == 5


async def test_the_queues_order_is_kept(
    begin: Begin, stages: Stages, store: JobStore, clock: FakeClock
) -> None:
    life = await begin()
    life.refuse("key_disabled")
    jobs = await five(stages, clock)

    await life.turn()
    await life.goes_on(300)

    queued, _ = await store.next_queued(10)
    assert [one.id for one in queued] == [one.id for one in jobs]


async def test_the_same_job_goes_again_under_the_same_key(
    begin: Begin, stages: Stages
) -> None:
    """Had EvoLink taken it after all, a new key would pay for it twice."""
    life = await begin()
    life.refuse("key_disabled")
    await stages.queued()

    await life.turn()
    await life.goes_on(300)

    assert len(life.asked) > 2
    assert len(set(life.asked)) == 1


@pytest.mark.parametrize("code", DAILY)
async def test_a_daily_limit_waits_for_the_turn_of_its_day(
    begin: Begin, stages: Stages, clock: FakeClock, code: str
) -> None:
    """The stand-in's day turns at midnight in Shanghai: 16:00 UTC."""
    life = await begin()
    fault = life.refuse(code)
    midnight = datetime(2026, 2, 13, 16, 0, tzinfo=UTC)
    clock.advance((midnight - clock.now()).total_seconds() % 86400 - 1800)
    job = await stages.queued()

    await life.turn()
    assert await life.goes_on(1790) == []
    life.evolink.faults.clear(fault)
    (after_s, *_) = await life.goes_on(120)

    assert 10 < after_s <= 60
    assert (await stages.now(job)).state is JobState.GENERATING
    told = life.operator.told[0][1]
    assert told["fault"] == "daily"
    turn = datetime.fromtimestamp(int(str(told["resets_at"])), UTC)
    assert (turn.hour, turn.minute) == (16, 0)


async def test_where_a_new_day_does_not_end_a_daily_limit_probing_goes_on(
    begin: Begin, stages: Stages, clock: FakeClock
) -> None:
    """EvoLink's clock may be another than we think: not a whole day more."""
    life = await begin()
    fault = life.refuse(DAILY[0])
    midnight = datetime(2026, 2, 13, 16, 0, tzinfo=UTC)
    clock.advance((midnight - clock.now()).total_seconds() % 86400 - 600)
    job = await stages.queued()
    await life.turn()
    await life.goes_on(900)

    life.evolink.faults.clear(fault)
    await life.goes_on(SLOWEST_S)

    assert (await stages.now(job)).state is JobState.GENERATING


async def test_without_details_a_daily_limit_is_probed_meanwhile(
    begin: Begin, stages: Stages
) -> None:
    """In the dialect of 2025 nobody says when the day turns, nor that it is one."""
    life = await begin(dialect="2025")
    fault = life.refuse(DAILY[0])
    job = await stages.queued()
    await life.turn()
    await life.goes_on(600)

    life.evolink.faults.clear(fault)
    await life.goes_on(SLOWEST_S)

    assert (await stages.now(job)).state is JobState.GENERATING


async def test_jobs_wait_as_long_as_is_configured_then_fail_free(
    begin: Begin, stages: Stages, clock: FakeClock
) -> None:
    life = await begin()
    life.refuse("key_disabled")
    jobs = await five(stages, clock)

    await life.turn()
    await life.goes_on(GIVE_UP_S - 60)
    assert await states(stages, jobs) == [JobState.QUEUED] * 5
    await life.goes_on(SLOWEST_S + 60)

    for job in jobs:
        now = await stages.now(job)
        assert (now.state, now.failure) == (JobState.FAILED, Failure.PAUSED)
        assert now.notice_due_at is not None
        assert await stages.used(job) == 0


async def test_a_job_that_is_refused_over_and_over_does_not_wait_for_ever(
    begin: Begin, stages: Stages
) -> None:
    """Also where each time another's request ends the pause."""
    life = await begin()
    job = await stages.queued(
        request=make_request(prompt="[[refuse:402:insufficient_user_quota]]")
    )

    for number in range(400):
        await stages.queued(user_id=UserId(number + 1), guild_id=GuildId(number + 1))
        await life.goes_on(30)
        if (await stages.now(job)).state is JobState.FAILED:
            break

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, Failure.PAUSED)


async def test_a_job_that_alone_is_refused_ends_alone(
    begin: Begin, stages: Stages
) -> None:
    """A 403 need not be about the account: others are made, and intake stays open."""
    life = await begin()
    job = await stages.queued(request=make_request(prompt="[[refuse:403]]"))
    others = []

    for number in range(10):
        others.append(
            await stages.queued(
                user_id=UserId(number + 1), guild_id=GuildId(number + 1)
            )
        )
        await life.goes_on(60)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, Failure.INVALID_PARAMETERS)
    assert await states(stages, others) == [JobState.GENERATING] * 10
    assert life.account.is_open


async def test_the_operator_is_told_again_once_a_day(
    begin: Begin, stages: Stages
) -> None:
    life = await begin()
    life.refuse("key_disabled")
    await stages.queued()
    await life.turn()

    await life.goes_on(2 * 86400 + 600, step_s=300)

    assert life.operator.events == ["intake-paused"] * 3


async def test_something_else_to_change_is_told_at_once(
    begin: Begin, stages: Stages
) -> None:
    life = await begin()
    key = life.refuse("key_disabled")
    await stages.queued()
    await life.turn()

    life.evolink.faults.clear(key)
    life.refuse("model_not_found", 404)
    await life.goes_on(60)

    told = [values["fault"] for _, values in life.operator.told]
    assert told == ["key", "model"]
    assert life.operator.told[1][1]["model"] == MODEL


async def test_a_restart_remembers_the_pause_and_probes_once(
    begin: Begin, stages: Stages, clock: FakeClock
) -> None:
    life = await begin()
    life.refuse("key_disabled")
    jobs = await five(stages, clock)
    await life.turn()
    asked = len(life.asked)
    begun = life.account.paused_since

    for _ in range(3):
        life = await begin()
        assert not life.account.is_open
        await life.turn()
        await life.turn()

    assert len(life.asked) == asked + 3
    assert await states(stages, jobs) == [JobState.QUEUED] * 5
    assert life.account.paused_since == begun
    assert life.operator.events == ["intake-paused"]


async def test_without_a_queue_the_next_request_is_the_probe(
    begin: Begin, stages: Stages
) -> None:
    """Intake opens for it, and never stays paused for want of a job."""
    life = await begin()
    fault = life.refuse("key_disabled")
    first = await stages.queued()
    await life.turn()
    await stages.move(await stages.now(first), JobState.CANCELLED)
    was_paused = life.account.paused
    life.evolink.faults.clear(fault)

    await life.goes_on(60)
    assert (was_paused, life.account.paused) == (True, False)
    second = await stages.queued()
    await life.turn()

    assert (await stages.now(second)).state is JobState.GENERATING
    assert life.account.is_open


async def test_queued_jobs_get_the_model_that_the_operator_changed_to(
    begin: Begin, stages: Stages, clock: FakeClock
) -> None:
    """Told of an unknown model, the operator changes the setting and restarts."""
    life = await begin(revision="R3", dialect="2025")
    jobs = await five(stages, clock)
    await life.turn()
    assert await states(stages, jobs) == [JobState.QUEUED] * 5

    life = await begin(model=BETA_NAME)
    await life.turn()
    await life.turn()

    assert await states(stages, jobs) == [JobState.GENERATING] * 5
    assert {model for _, model in life.asked[-5:]} == {BETA_NAME}
    old = {key for key, model in life.asked if model == MODEL}
    assert old.isdisjoint(key for key, model in life.asked if model == BETA_NAME)


async def test_a_balance_too_small_is_not_asked_again_until_it_rises(
    begin: Begin, stages: Stages, clock: FakeClock
) -> None:
    """A few credits look like enough, and every request is refused."""
    life = await begin(credits_held=3.0)
    jobs = await five(stages, clock)
    await life.turn()

    left = await life.goes_on(1500)
    assert await states(stages, jobs) == [JobState.QUEUED] * 5
    assert len(left) <= 8
    life.evolink.ledger.top_up(100)
    left = await life.goes_on(60)

    assert await states(stages, jobs) == [JobState.GENERATING] * 5
    assert left[0] <= WHILE_PAUSED_S + 10


async def test_an_empty_account_is_not_probed_at_all(
    begin: Begin, stages: Stages, clock: FakeClock
) -> None:
    life = await begin(credits_held=0.0)
    jobs = await five(stages, clock)
    await life.turn()

    assert await life.goes_on(1500) == []
    life.evolink.ledger.top_up(100)
    await life.goes_on(60)

    assert await states(stages, jobs) == [JobState.GENERATING] * 5
    assert life.operator.events == ["intake-paused", "intake-resumed"]


async def test_a_probe_whose_answer_is_lost_is_asked_for_again(
    begin: Begin, stages: Stages, clock: FakeClock
) -> None:
    """Its job may be paid for: it does not go back, and others probe meanwhile."""
    life = await begin()
    fault = life.refuse("key_disabled")
    jobs = await five(stages, clock)
    await life.turn()
    life.evolink.faults.clear(fault)
    lost = Fault(path=CREATE, answer="reset", after_effect=True)
    life.evolink.faults.add(lost)

    await life.goes_on(120)

    assert await states(stages, jobs) == [JobState.GENERATING] * 5
    assert life.evolink.paid_tasks == 5


async def test_what_waits_for_its_turn_after_a_429_goes_back_to_the_queue(
    begin: Begin, stages: Stages
) -> None:
    """Nothing of it was accepted: it is no second probe while one is enough."""
    life = await begin()
    busy = await stages.submitting(unsure_since=None)
    await life.account.read_balance()
    life.refuse("key_disabled")
    await stages.queued()
    asked = len(life.asked)

    await life.turn()
    await life.goes_on(20)

    assert (await stages.now(busy)).state is JobState.QUEUED
    assert len(life.asked) - asked <= 2
