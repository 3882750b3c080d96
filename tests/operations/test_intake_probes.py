"""Single jobs find out when a pause is over, and a restart forgets nothing of it."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from bot.jobs.states import JobState
from bot.operations.account_watch import WHILE_PAUSED_S
from sandbox.evolink import Fault
from sandbox.evolink.refusal_kinds import OF_ACCOUNT
from tests.clock import FakeClock
from tests.operations.pausing import CREATE, SLOWEST_S, Begin, five, states
from tests.pipeline.stages import Stages
from tests.selection import thorough

pytestmark = pytest.mark.usefixtures("nothing_is_stuck")

DAILY = ("token_daily_quota_exceeded", "key_daily_quota_exhausted")

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
