"""Which tasks are asked about, and when."""

import random
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.errors import (
    AccountFault,
    AccountRefused,
    EvolinkConfused,
    EvolinkError,
    EvolinkUnavailable,
    RateLimited,
)
from bot.jobs.due import Due
from bot.jobs.jobs import JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from bot.pipeline import poller as poller_module
from bot.pipeline.poller import Poller
from bot.pipeline.task_requests import HELD_S
from bot.workers.job_worker import IDLE_S
from bot.workers.limits import Limits
from tests.clock import FakeClock
from tests.pipeline.loops import at_work, until
from tests.pipeline.outside import ScriptedEvolink, completed, running
from tests.pipeline.stages import Stages

DOWN = EvolinkUnavailable("GET answered 503")


async def test_a_job_without_a_task_is_not_asked_about_again(
    poller: Poller, stages: Stages, store: JobStore, clock: FakeClock
) -> None:
    job = await stages.queued()
    await store.note({job.id: JobChanges(poll_due_at=clock.now())})

    await poller.run_once()

    assert (await stages.now(job)).poll_due_at is None


async def test_with_nothing_due_it_asks_nothing(
    poller: Poller, evolink: ScriptedEvolink
) -> None:
    assert await poller.run_once() == IDLE_S
    assert evolink.reads == 0


async def test_due_tasks_are_read_together_and_recorded(
    poller: Poller,
    stages: Stages,
    evolink: ScriptedEvolink,
    seen: list[datetime | None],
) -> None:
    jobs = [await stages.generating(f"task-{n}") for n in range(5)]
    for n in range(4):
        evolink.reports[running(f"task-{n}").task_id] = running(f"task-{n}", 40)
    evolink.reports[completed("task-4").task_id] = completed("task-4")

    wait_s = await poller.run_once()

    assert evolink.reads == 1
    assert 2 <= wait_s <= 23
    states = [(await stages.now(job)).state for job in jobs]
    assert states == [JobState.GENERATING] * 4 + [JobState.DELIVERING]
    assert seen == [None]


async def test_a_task_is_not_asked_about_before_its_time(
    poller: Poller, stages: Stages, evolink: ScriptedEvolink, clock: FakeClock
) -> None:
    await stages.generating()
    evolink.reports[running("task-1").task_id] = running("task-1", 10)

    wait_s = await poller.run_once()
    clock.advance(wait_s - 1)
    await poller.run_once()
    assert evolink.reads == 1
    clock.advance(1)
    await poller.run_once()

    assert evolink.reads == 2


async def test_what_another_process_holds_is_asked_about_once_its_lease_has_ended(
    poller: Poller,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    """The other one has died, and what is due soon is read with what is due now."""
    job = await stages.generating()
    now = clock.now()
    lease_until = now + timedelta(seconds=1)
    await store.claim(Due.POLL, [job.id], due_by=now, now=now, until=lease_until)
    evolink.reports[completed("task-1").task_id] = completed("task-1")

    while clock.now() < lease_until:
        wait_s = await poller.run_once()
        assert evolink.reads == 0
        assert 0 < wait_s <= HELD_S
        clock.advance(wait_s)
    await poller.run_once()

    assert (await stages.now(job)).state is JobState.DELIVERING


async def test_a_whole_job_costs_few_requests(
    poller: Poller, stages: Stages, evolink: ScriptedEvolink, clock: FakeClock
) -> None:
    """The loop adds nothing to what the cadence promises."""
    random.seed(3)  # else, once in sixty times, jitter alone costs a request more
    job = await stages.generating()
    begun = clock.now()

    for _ in range(100):
        done = (clock.now() - begun).total_seconds() / 100
        task_id = running("task-1").task_id
        evolink.reports[task_id] = (
            completed("task-1") if done >= 1 else running("task-1", int(10 * done) * 10)
        )
        wait_s = await poller.run_once()
        if (await stages.now(job)).state is JobState.DELIVERING:
            break
        clock.advance(wait_s)

    assert evolink.reads <= 12
    assert (clock.now() - begun).total_seconds() <= 108


@pytest.mark.parametrize(
    "fault",
    [DOWN, AccountRefused("401")],
    ids=["503", "401"],
)
@pytest.mark.parametrize("jobs", [1, 60])
async def test_an_outage_fails_no_job_and_writes_nothing_for_each(
    poller: Poller,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    fault: EvolinkError,
    jobs: int,
) -> None:
    """Half an hour of it: logged once, asked about seldom, every row as it was."""
    before = [await stages.generating(f"task-{n}") for n in range(jobs)]
    evolink.down = fault

    with capture_logs() as logs:
        for _ in range(60):
            wait_s = await poller.run_once()
            assert 0 < wait_s <= 30
            clock.advance(30)

    events = [one["event"] for one in logs if one["event"].startswith("outage")]
    assert events == ["outage began"]
    assert evolink.reads <= 60
    for job in before:
        assert await stages.now(job) == job


async def test_while_it_is_quiet_nothing_is_asked(
    poller: Poller, stages: Stages, evolink: ScriptedEvolink
) -> None:
    await stages.generating()
    evolink.down = RateLimited("429", retry_after_s=60)

    for _ in range(5):
        assert 30 <= await poller.run_once() <= 60

    assert evolink.reads == 1


async def test_after_an_outage_it_goes_on_where_it_was(
    poller: Poller,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    seen: list[datetime | None],
) -> None:
    job = await stages.generating()
    evolink.down = DOWN
    began = clock.now()
    await poller.run_once()
    clock.advance(60)
    evolink.down = None
    evolink.reports[completed("task-1").task_id] = completed("task-1")

    await poller.run_once()

    assert (await stages.now(job)).state is JobState.DELIVERING
    assert seen == [began, None]


async def test_a_refused_key_pauses_intake(
    poller: Poller, stages: Stages, evolink: ScriptedEvolink, account: AccountGate
) -> None:
    """Polls find it out first if nobody asks for a clip."""
    await stages.generating()
    evolink.down = AccountRefused("401")

    await poller.run_once()

    assert account.paused


async def test_a_key_refused_while_reading_burns_nothing(
    poller: Poller,
    stages: Stages,
    evolink: ScriptedEvolink,
    account: AccountGate,
    clock: FakeClock,
) -> None:
    """The tasks go on, and intake finds out by itself whether the key is taken."""
    making = await stages.generating()
    evolink.down = AccountRefused("401", fault=AccountFault.KEY, status=401)
    for _ in range(60):
        await poller.run_once()
        clock.advance(10)

    assert (await stages.now(making)).state is JobState.GENERATING
    assert not account.paused
    evolink.down = None
    evolink.reports[running("task-1").task_id] = running("task-1")
    await poller.run_once()
    assert (await stages.now(making)).misses == 0


async def test_one_bad_answer_among_good_ones_is_no_outage(
    poller: Poller,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    limits: Limits,
) -> None:
    jobs = [await stages.generating(f"task-{n}") for n in range(3)]
    evolink.reports[running("task-0").task_id] = EvolinkConfused("garbage")
    for n in (1, 2):
        evolink.reports[running(f"task-{n}").task_id] = running(f"task-{n}")

    for _ in range(2):  # what a batch does not tell is asked for apart
        await poller.run_once()

    assert limits.reads.failing_since is None
    bad = await stages.now(jobs[0])
    assert bad.state is JobState.GENERATING
    assert bad.poll_due_at is not None
    assert 2 <= (bad.poll_due_at - clock.now()).total_seconds() < 10


async def test_tasks_that_cannot_be_read_do_not_hold_up_the_others(
    poller: Poller, stages: Stages, evolink: ScriptedEvolink, clock: FakeClock
) -> None:
    """A portion of bad ones is due first, for ever: the others must get their turn."""
    evolink.has_batch = False
    for n in range(10):
        await stages.generating(f"bad-{n}")
        evolink.reports[running(f"bad-{n}").task_id] = EvolinkUnavailable("500")
    clock.advance(1)
    good = [await stages.generating(f"good-{n}") for n in range(10)]
    for n in range(10):
        evolink.reports[running(f"good-{n}").task_id] = completed(f"good-{n}")

    for _ in range(20):
        clock.advance(await poller.run_once())

    for job in good:
        assert (await stages.now(job)).state is JobState.DELIVERING


async def test_more_than_a_look_can_hold_is_read_in_the_next(
    poller: Poller,
    stages: Stages,
    evolink: ScriptedEvolink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(poller_module, "MOST_AT_ONCE", 2)
    for n in range(3):
        await stages.generating(f"task-{n}")
        evolink.reports[running(f"task-{n}").task_id] = running(f"task-{n}")

    assert await poller.run_once() == 0
    assert await poller.run_once() > 0

    assert evolink.reads == 2


async def test_a_row_without_a_task_is_cleared_without_a_question(
    poller: Poller,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    job = await stages.queued()
    await store.note({job.id: JobChanges(poll_due_at=clock.now())})

    assert await poller.run_once() == IDLE_S

    assert evolink.reads == 0
    assert (await stages.now(job)).poll_due_at is None


async def test_the_loop_does_not_spin(
    poller: Poller,
    stages: Stages,
    store: JobStore,
    evolink: ScriptedEvolink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A running task, a standing clock: the loop looks once and sleeps."""
    await stages.generating()
    evolink.reports[running("task-1").task_id] = running("task-1")
    looks = 0
    look = poller.run_once

    async def counted() -> float:
        nonlocal looks
        looks += 1
        return await look()

    monkeypatch.setattr(poller, "run_once", counted)
    async with at_work(poller):
        await until(lambda: evolink.reads == 1)
        for _ in range(20):
            await store.counts()

    assert looks == 1
