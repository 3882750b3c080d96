import asyncio
import gc
import random
from collections.abc import Sequence
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
    StorageBusy,
)
from bot.ids import TaskId
from bot.jobs.claims import Claim
from bot.jobs.durations import RecentDurations
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.tasks import TaskSnapshot
from bot.operations.account import AccountGate
from bot.pipeline import poller as poller_module
from bot.pipeline.callback_tasks import CallbackTasks
from bot.pipeline.poller import AHEAD_S, FILL_S, Poller
from bot.pipeline.task_reader import BATCH, Answer
from bot.pipeline.task_recorder import PollPolicy, TaskRecorder
from bot.workers.job_worker import IDLE_S
from bot.workers.limits import Limits
from bot.workers.service_evidence import SILENT_S
from tests.callbacks import ignored
from tests.clock import FakeClock
from tests.pipeline.loops import at_work, until
from tests.pipeline.outside import ScriptedEvolink, completed, running
from tests.pipeline.parts import make_schedule
from tests.pipeline.stages import Stages

DOWN = EvolinkUnavailable("GET answered 503")


@pytest.fixture
def seen() -> list[datetime | None]:
    """What health hears: since when EvoLink fails, after each request."""
    return []


class FailingRecorder(TaskRecorder):
    """Cannot record anything of the tasks that a test names."""

    odd: Sequence[TaskId] = ()

    async def record(
        self, answered: Sequence[tuple[Claim, Answer | None]]
    ) -> datetime | None:
        if any(claim.job.task_id in self.odd for claim, _ in answered):
            msg = "who would have thought"
            raise ZeroDivisionError(msg)
        return await super().record(answered)


@pytest.fixture
def recorder(store: JobStore, clock: FakeClock) -> FailingRecorder:
    policy = PollPolicy(min_interval_s=2.0, give_up_after_s=3600.0)
    return FailingRecorder(
        store,
        clock,
        policy,
        schedule=make_schedule(),
        durations=RecentDurations(()),
        ended=ignored,
    )


@pytest.fixture
def poller(  # noqa: PLR0913, PLR0917 - one for each part it joins
    store: JobStore,
    evolink: ScriptedEvolink,
    account: AccountGate,
    clock: FakeClock,
    seen: list[datetime | None],
    limits: Limits,
    recorder: TaskRecorder,
    callback_tasks: CallbackTasks,
) -> Poller:
    return Poller(
        store,
        evolink,
        recorder,
        clock,
        reads=limits.reads,
        seen=lambda reads: seen.append(reads.failing_since),
        account=account,
        callback_tasks=callback_tasks,
    )


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


async def test_a_batch_that_finds_no_answer_holds_up_no_task_but_the_one_at_fault(
    poller: Poller,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody knows which it is: after a moment each is asked about alone."""
    jobs = [await stages.generating(f"task-{n}") for n in range(6)]
    for n in range(6):
        evolink.reports[running(f"task-{n}").task_id] = completed(f"task-{n}")
    hung = jobs[2].task_id
    single = evolink.task

    async def hang(_: Sequence[TaskId]) -> dict[TaskId, TaskSnapshot]:
        await asyncio.Event().wait()
        raise AssertionError

    async def task(task_id: TaskId) -> TaskSnapshot:
        if task_id == hung:
            await asyncio.Event().wait()
        return await single(task_id)

    monkeypatch.setattr(evolink, "tasks", hang)
    monkeypatch.setattr(evolink, "task", task)
    for _ in range(4):
        await poller.run_once()
        clock.advance(SILENT_S)
    await poller.abandon()

    states = [(await stages.now(job)).state for job in jobs]
    assert states.count(JobState.DELIVERING) == 5
    assert states[2] is JobState.GENERATING


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


async def follow_running(
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    task_id: str,
    in_s: float,
) -> Job:
    """Bring a job to where it was asked about a while ago, and is due in so long."""
    job = await stages.generating(
        task_id,
        polled_at=clock.now() - timedelta(seconds=10),
        poll_due_at=clock.now() + timedelta(seconds=in_s),
    )
    evolink.reports[running(task_id).task_id] = running(task_id)
    return job


async def asked_about(stages: Stages, jobs: Sequence[Job]) -> list[int]:
    """Return the numbers of the jobs that were asked about."""
    return [n for n, job in enumerate(jobs) if (await stages.now(job)).polls]


async def test_a_batch_takes_along_what_is_due_soon(
    poller: Poller, stages: Stages, evolink: ScriptedEvolink, clock: FakeClock
) -> None:
    """It costs no request, and nobody waited for it."""
    due_in_s = (0, 0.1, FILL_S - 0.1, FILL_S + 0.1)
    jobs = [
        await follow_running(stages, evolink, clock, f"task-{n}", in_s)
        for n, in_s in enumerate(due_in_s)
    ]

    await poller.run_once()

    assert await asked_about(stages, jobs) == [0, 1, 2]
    assert evolink.reads == 1


async def test_nothing_is_asked_while_nothing_is_due(
    poller: Poller, stages: Stages, evolink: ScriptedEvolink, clock: FakeClock
) -> None:
    """Whoever is woken too early does not ask early."""
    await follow_running(stages, evolink, clock, "task-1", AHEAD_S + 0.1)

    assert await poller.run_once() == pytest.approx(AHEAD_S + 0.1)

    assert evolink.reads == 0


async def test_no_task_is_taken_along_before_the_configured_interval(
    poller: Poller, stages: Stages, evolink: ScriptedEvolink, clock: FakeClock
) -> None:
    jobs = [
        await follow_running(stages, evolink, clock, f"task-{n}", in_s)
        for n, in_s in enumerate((0, 0.4))
    ]
    await stages.store.note(
        {jobs[1].id: JobChanges(polled_at=clock.now() - timedelta(seconds=1.6))}
    )

    wait_s = await poller.run_once()

    assert await asked_about(stages, jobs) == [0]
    assert wait_s == pytest.approx(0.4)


async def test_where_more_is_due_than_a_batch_holds_only_that_is_asked_about(
    poller: Poller, stages: Stages, evolink: ScriptedEvolink, clock: FakeClock
) -> None:
    jobs = [
        await follow_running(stages, evolink, clock, f"task-{n}", in_s)
        for n, in_s in enumerate([0.0] * (BATCH + 3) + [AHEAD_S + 0.1] * 3)
    ]

    wait_s = await poller.run_once()

    assert await asked_about(stages, jobs) == list(range(BATCH + 3))
    assert evolink.reads == 2
    assert wait_s == pytest.approx(AHEAD_S + 0.1)


async def test_who_comes_behind_a_full_batch_is_not_kept_waiting(
    poller: Poller, stages: Stages, evolink: ScriptedEvolink, clock: FakeClock
) -> None:
    """It was not read, and nothing but the next look will find it."""
    for n in range(BATCH):
        await follow_running(stages, evolink, clock, f"task-{n}", 1.0 if n else 0.0)
    await follow_running(stages, evolink, clock, "behind", 1.5)

    assert await poller.run_once() <= 1.5


async def test_single_reads_take_nothing_along(
    poller: Poller, stages: Stages, evolink: ScriptedEvolink, clock: FakeClock
) -> None:
    """Each costs a request of its own, however many go together."""
    evolink.has_batch = False
    first = [
        await follow_running(stages, evolink, clock, f"first-{n}", 0) for n in range(2)
    ]
    await poller.run_once()  # learns that there is no batch call
    jobs = [
        await follow_running(stages, evolink, clock, f"task-{n}", in_s)
        for n, in_s in enumerate((0, 0.4))
    ]

    await poller.run_once()

    assert await asked_about(stages, first) == [0, 1]
    assert await asked_about(stages, jobs) == [0]


async def test_what_has_ended_does_not_wait_for_the_rest_of_a_look(
    poller: Poller,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its clip is fetched while the others are still being asked about."""
    first = await follow_running(stages, evolink, clock, "task-0", -1)
    evolink.reports[running("task-0").task_id] = completed("task-0")
    for n in range(1, BATCH + 1):
        await follow_running(stages, evolink, clock, f"task-{n}", -0.5)
    seen: list[JobState] = []
    answer = evolink.task

    async def watched(task_id: TaskId) -> TaskSnapshot:
        seen.append((await stages.now(first)).state)
        return await answer(task_id)

    monkeypatch.setattr(evolink, "task", watched)
    await poller.run_once()

    assert seen == [JobState.DELIVERING]


async def test_a_surprise_in_a_batch_holds_up_only_the_task_at_fault(
    poller: Poller,
    recorder: FailingRecorder,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
) -> None:
    """Nobody knows which it is: from then on each goes alone."""
    jobs = [await stages.generating(f"task-{n}") for n in range(5)]
    for n in range(5):
        evolink.reports[running(f"task-{n}").task_id] = running(f"task-{n}", 40)
    recorder.odd = [running("task-0").task_id]

    for _ in range(2):
        with pytest.raises(ExceptionGroup):
            await poller.run_once()
        clock.advance(1)

    assert [(await stages.now(job)).progress for job in jobs] == [0] + [40] * 4


@pytest.mark.parametrize(
    ("error", "logged"),
    [(ZeroDivisionError("odd"), ["task not recorded"]), (StorageBusy("locked"), [])],
    ids=["surprise", "storage"],
)
@pytest.mark.parametrize("during_a_look", [True, False])
async def test_a_surprise_in_a_reading_left_behind_is_seen_once(  # noqa: PLR0913
    poller: Poller,
    stages: Stages,
    evolink: ScriptedEvolink,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    logged: list[str],
    *,
    during_a_look: bool,
) -> None:
    """Also while a later look is under way, which does not wait for it."""
    await stages.generating("known")
    evolink.reports[running("known").task_id] = running("known")
    await poller.run_once()  # else only one request goes at a time
    monkeypatch.setattr(poller_module, "SILENT_S", 0.05)
    evolink.has_batch = False
    gates = {running(f"task-{n}").task_id: asyncio.Event() for n in range(2)}
    woken: list[bool] = []
    lost: list[object] = []

    async def task(task_id: TaskId) -> TaskSnapshot:
        await gates[task_id].wait()
        if task_id == "task-0":
            raise error
        return running(task_id)

    monkeypatch.setattr(evolink, "task", task)
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: lost.append(context)
    )
    await stages.generating("task-0")
    await poller.run_once()  # leaves it behind
    with capture_logs() as logs:
        monkeypatch.setattr(poller, "wake", lambda: woken.append(True))
        if during_a_look:
            monkeypatch.setattr(poller_module, "SILENT_S", 5.0)
            await stages.generating("task-1")
            look = asyncio.create_task(poller.run_once())
            await until(lambda: len(poller._asking) == 2)
            gates[running("task-0").task_id].set()
            await until(lambda: len(poller._asking) == 1)
            gates[running("task-1").task_id].set()
            await look
        else:
            gates[running("task-0").task_id].set()
            await poller.drain()
            await asyncio.sleep(0)
        gc.collect()

    assert [one["event"] for one in logs if one["log_level"] == "error"] == logged
    assert woken == [True]
    assert lost == []
