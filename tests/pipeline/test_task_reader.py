"""Reading many tasks at once."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.errors import (
    EvolinkConfused,
    EvolinkError,
    EvolinkUnavailable,
    RequestRefused,
    TaskUnknown,
)
from bot.ids import TaskId
from bot.jobs.tasks import TaskSnapshot
from bot.pipeline.task_reader import (
    BAD_BATCHES,
    BATCH,
    PROBE_AGAIN_AFTER_S,
    TRY_AGAIN_AFTER_S,
    Answer,
    TaskReader,
)
from bot.workers.limits import Limits
from tests.clock import FakeClock
from tests.pipeline.limits import warm
from tests.pipeline.outside import ScriptedEvolink, running


class Asker:
    """Reads tasks portion by portion, until each has an answer."""

    def __init__(self, reader: TaskReader, limits: Limits) -> None:
        self._reader = reader
        self._reads = limits.reads
        warm(self._reads)

    async def read(self, task_ids: list[TaskId]) -> dict[TaskId, Answer]:
        answers: dict[TaskId, Answer] = {}
        while left := [one for one in task_ids if one not in answers]:
            for portion in self._reader.portions(left, is_sure=self._reads.is_sure):
                call = self._reads.begin(tuple(portion))
                answers |= await self._reader.read(portion, call)
                call.end()
        return answers


@pytest.fixture
def reader(evolink: ScriptedEvolink, clock: FakeClock) -> TaskReader:
    return TaskReader(evolink, clock)


@pytest.fixture
def asker(reader: TaskReader, limits: Limits) -> Asker:
    return Asker(reader, limits)


def give(evolink: ScriptedEvolink, count: int) -> list[TaskId]:
    """Let EvoLink know that many running tasks."""
    task_ids = [TaskId(f"task-{n:02}") for n in range(count)]
    evolink.reports |= {task_id: running(task_id) for task_id in task_ids}
    return task_ids


async def test_many_tasks_are_one_request(
    asker: Asker, evolink: ScriptedEvolink
) -> None:
    task_ids = give(evolink, BATCH)

    answers = await asker.read(task_ids)

    assert answers == evolink.reports
    assert (len(evolink.batches), len(evolink.singles)) == (1, 0)


async def test_one_task_is_read_singly(asker: Asker, evolink: ScriptedEvolink) -> None:
    """The documented call will do, and shows nobody else's tasks."""
    task_ids = give(evolink, 1)

    await asker.read(task_ids)

    assert (len(evolink.batches), len(evolink.singles)) == (0, 1)


async def test_what_is_missing_from_a_batch_is_asked_for_singly(
    asker: Asker, evolink: ScriptedEvolink
) -> None:
    """Missing means no more than that: it must not fail a job."""
    task_ids = give(evolink, 10)
    evolink.missing_from_batch = set(task_ids[:3])

    answers = await asker.read(task_ids)

    assert answers == evolink.reports
    assert sorted(evolink.singles) == task_ids[:3]


async def test_what_nobody_knows_is_said_to_be_unknown(
    asker: Asker, evolink: ScriptedEvolink
) -> None:
    task_ids = [*give(evolink, 2), *(TaskId(f"gone-{n}") for n in range(20))]

    answers = await asker.read(task_ids)

    assert set(answers) == set(task_ids)
    assert all(isinstance(answers[one], TaskUnknown) for one in task_ids[2:])


async def test_without_a_batch_call_tasks_are_read_singly_for_an_hour(
    asker: Asker, evolink: ScriptedEvolink, clock: FakeClock
) -> None:
    task_ids = give(evolink, 5)
    evolink.has_batch = False

    assert await asker.read(task_ids) == evolink.reports
    await asker.read(task_ids)
    assert (len(evolink.batches), len(evolink.singles)) == (1, 10)
    evolink.has_batch = True
    clock.advance(PROBE_AGAIN_AFTER_S)
    await asker.read(task_ids)

    assert (len(evolink.batches), len(evolink.singles)) == (2, 10)


@pytest.mark.parametrize(
    "fault",
    [EvolinkUnavailable("500", status=500), EvolinkConfused("no JSON", status=200)],
    ids=["500", "unreadable"],
)
async def test_one_task_that_spoils_each_batch_stays_alone(
    asker: Asker,
    evolink: ScriptedEvolink,
    fault: EvolinkError,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All others are read in a few requests, and together from then on."""
    task_ids = give(evolink, BATCH)
    broken = task_ids[17]
    evolink.reports[broken] = fault
    tasks = evolink.tasks

    async def spoilt(ids: list[TaskId]) -> object:
        answers = await tasks(ids)
        if broken in ids:
            raise fault
        return answers

    monkeypatch.setattr(evolink, "tasks", spoilt)
    answers = await asker.read(task_ids)
    assert answers == evolink.reports
    first = evolink.reads
    await asker.read(task_ids)

    assert first <= 20
    assert evolink.reads - first == 2


@pytest.mark.parametrize(
    "fault", [EvolinkConfused("html", status=200), RequestRefused("413", status=413)]
)
async def test_a_batch_call_that_answers_oddly_is_done_without_for_a_while(
    asker: Asker, evolink: ScriptedEvolink, clock: FakeClock, fault: EvolinkError
) -> None:
    """It is not documented: it may change while the single call keeps its word."""
    task_ids = give(evolink, BATCH)
    evolink.batch_fault = fault

    assert await asker.read(task_ids) == evolink.reports
    assert len(evolink.batches) <= 2 * BAD_BATCHES
    evolink.batch_fault = None
    batches = len(evolink.batches)
    await asker.read(task_ids)
    assert len(evolink.batches) == batches
    clock.advance(TRY_AGAIN_AFTER_S)
    await asker.read(task_ids)

    assert len(evolink.batches) == batches + 1


async def test_batches_that_fail_together_say_no_more_than_one(
    reader: TaskReader,
    evolink: ScriptedEvolink,
    limits: Limits,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That is how an outage begins for who has many tasks: the call itself is fine."""
    portions = list(reader.portions(give(evolink, BAD_BATCHES * BATCH), is_sure=True))
    warm(limits.reads)
    outage = asyncio.Event()

    async def fail(_: Sequence[TaskId]) -> dict[TaskId, TaskSnapshot]:
        await outage.wait()
        raise EvolinkUnavailable("503", status=503)

    monkeypatch.setattr(evolink, "tasks", fail)
    async with asyncio.TaskGroup() as asked:
        for portion in portions:
            call = limits.reads.begin(tuple(portion), is_batch=True)
            asked.create_task(reader.read(portion, call))
        await asyncio.sleep(0)
        clock.advance(0.1)
        outage.set()

    assert len(portions) == BAD_BATCHES
    assert reader.has_batch


def test_portions_hold_every_task_once(
    reader: TaskReader, evolink: ScriptedEvolink
) -> None:
    task_ids = give(evolink, 120)

    portions = list(reader.portions(task_ids, is_sure=False))

    assert [len(one) for one in portions] == [50, 50, 20]
    assert [task_id for one in portions for task_id in one] == task_ids
    assert list(reader.portions([], is_sure=True)) == []
