"""What EvoLink refuses for the operator to change burns no job, and ends by itself.

The real client asks the stand-in over HTTP; only the clock is the test's.
"""

import pytest

from bot.ids import GuildId, UserId
from bot.jobs.failures import Failure
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from sandbox.evolink.models import BETA_NAME
from sandbox.evolink.refusal_kinds import OF_ACCOUNT
from tests.clock import FakeClock
from tests.factories import MODEL, make_request
from tests.operations.pausing import GIVE_UP_S, SLOWEST_S, Begin, five, states
from tests.pipeline.stages import Stages
from tests.selection import thorough

pytestmark = pytest.mark.usefixtures("nothing_is_stuck")

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


@pytest.mark.thorough
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

    await life.goes_on(2 * 86400 + 600, step_s=600)

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
