"""Tasks that are due soon go with those that are due, and hold up no other."""

import asyncio
import gc
from collections.abc import Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.errors import (
    StorageBusy,
)
from bot.ids import TaskId
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.tasks import TaskSnapshot
from bot.pipeline import task_requests as requests_module
from bot.pipeline.poller import AHEAD_S, Poller
from bot.pipeline.task_reader import BATCH
from bot.pipeline.task_requests import FILL_S
from bot.workers.limits import Limits
from bot.workers.service_evidence import SILENT_S
from bot.workers.service_limit import PROVEN_BY
from tests.clock import FakeClock
from tests.pipeline.loops import until
from tests.pipeline.outside import ScriptedEvolink, completed, running
from tests.pipeline.polling import FailingRecorder
from tests.pipeline.stages import Stages


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
    monkeypatch.setattr(requests_module, "NEXT_WITHIN_S", SILENT_S)
    states: list[JobState] = []
    for _ in range(20):  # a busy machine may need more than four
        await poller.run_once()
        clock.advance(SILENT_S)
        states = [(await stages.now(job)).state for job in jobs]
        if states.count(JobState.DELIVERING) == 5:
            break
    await poller.abandon()

    assert states.count(JobState.DELIVERING) == 5
    assert states[2] is JobState.GENERATING


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


async def test_single_reads_leave_side_by_side_soon_after_an_answer(
    poller: Poller,
    stages: Stages,
    evolink: ScriptedEvolink,
    limits: Limits,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Were one to go first, finished clips would wait for its answer.

    No read is answered before all have left.
    """
    evolink.has_batch = False
    jobs = [await follow_running(stages, evolink, clock, f"task-{n}", 0) for n in "abc"]
    await poller.run_once()  # learns that there is no batch call
    call = limits.reads.begin("another")
    call.answered()
    call.end()
    answer, all_left = evolink.task, asyncio.Barrier(len(jobs))

    async def together(task_id: TaskId) -> TaskSnapshot:
        await all_left.wait()
        return await answer(task_id)

    monkeypatch.setattr(evolink, "task", together)
    async with asyncio.timeout(5):
        await poller.run_once()

    assert await asked_about(stages, jobs) == [0, 1, 2]


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
    monkeypatch.setattr(requests_module, "NEXT_WITHIN_S", 0.05)
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
        monkeypatch.setattr(poller._requests, "_wake", lambda: woken.append(True))
        if during_a_look:
            monkeypatch.setattr(requests_module, "NEXT_WITHIN_S", 5.0)
            await stages.generating("task-1")
            look = asyncio.create_task(poller.run_once())
            await until(lambda: len(poller._requests._asking) == 2)
            gates[running("task-0").task_id].set()
            await until(lambda: len(poller._requests._asking) == 1)
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


async def test_in_doubt_a_task_that_was_answered_often_is_asked_about_first(
    poller: Poller,
    stages: Stages,
    evolink: ScriptedEvolink,
    limits: Limits,
    clock: FakeClock,
) -> None:
    """Its answer is the likeliest evidence; tasks not seen before wait for longer."""
    job = await stages.generating("known")
    evolink.reports[running("known").task_id] = running("known")
    for _ in range(PROVEN_BY):
        call = limits.reads.begin(job.task_id)
        call.answered()
        call.end()
    clock.advance(0.1)
    for n in range(2):
        call = limits.reads.begin(f"broken {n}")
        call.failed("500")
        call.end()
    clock.advance(SILENT_S)
    assert limits.reads.room == 0

    await poller.run_once()

    assert evolink.reads == 1
