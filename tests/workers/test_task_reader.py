import pytest

from bot.domain.ids import TaskId
from bot.errors import (
    AccountRefused,
    EvolinkConfused,
    EvolinkError,
    EvolinkUnavailable,
    RequestRefused,
    TaskUnknown,
)
from bot.workers.task_reader import (
    BATCH,
    PROBE_AGAIN_AFTER_S,
    SINGLE_PORTION,
    TRY_AGAIN_AFTER_S,
    TaskReader,
)
from tests.clock import FakeClock
from tests.workers.outside import ScriptedEvolink, running


@pytest.fixture
def reader(evolink: ScriptedEvolink, clock: FakeClock) -> TaskReader:
    return TaskReader(evolink, clock)


def give(evolink: ScriptedEvolink, count: int) -> list[TaskId]:
    """Let EvoLink know that many running tasks."""
    task_ids = [TaskId(f"task-{n}") for n in range(count)]
    evolink.reports |= {task_id: running(task_id) for task_id in task_ids}
    return task_ids


async def test_many_tasks_are_one_request(
    reader: TaskReader, evolink: ScriptedEvolink
) -> None:
    task_ids = give(evolink, BATCH)

    answers = await reader.read(task_ids)

    assert answers == evolink.reports
    assert (len(evolink.batches), len(evolink.singles)) == (1, 0)


async def test_one_task_is_read_singly(
    reader: TaskReader, evolink: ScriptedEvolink
) -> None:
    """The documented call will do, and shows nobody else's tasks."""
    task_ids = give(evolink, 1)

    await reader.read(task_ids)

    assert (len(evolink.batches), len(evolink.singles)) == (0, 1)


async def test_what_is_missing_from_a_batch_is_asked_for_singly(
    reader: TaskReader, evolink: ScriptedEvolink
) -> None:
    """Missing means no more than that: it must not fail a job."""
    task_ids = give(evolink, 10)
    evolink.missing_from_batch = set(task_ids[:3])

    answers = await reader.read(task_ids)

    assert answers == evolink.reports
    assert sorted(evolink.singles) == task_ids[:3]


async def test_what_nobody_knows_is_said_to_be_unknown(
    reader: TaskReader, evolink: ScriptedEvolink
) -> None:
    task_ids = [*give(evolink, 2), *(TaskId(f"gone-{n}") for n in range(20))]

    answers = await reader.read(task_ids)

    assert set(answers) == set(task_ids)
    assert all(isinstance(answers[one], TaskUnknown) for one in task_ids[2:])


async def test_where_there_is_no_batch_call_tasks_are_read_singly(
    reader: TaskReader, evolink: ScriptedEvolink, clock: FakeClock
) -> None:
    """And it is tried again now and then: it may appear."""
    task_ids = give(evolink, 20)
    evolink.has_batch = False

    for _ in range(2):
        assert await reader.read(task_ids) == evolink.reports
    assert (len(evolink.batches), len(evolink.singles)) == (1, 40)
    evolink.has_batch = True
    clock.advance(PROBE_AGAIN_AFTER_S)
    await reader.read(task_ids)

    assert (len(evolink.batches), len(evolink.singles)) == (2, 40)


@pytest.mark.parametrize(
    "fault", [EvolinkConfused("no list"), RequestRefused("400")], ids=["odd", "400"]
)
async def test_a_batch_call_that_answers_oddly_is_done_without_for_a_while(
    reader: TaskReader,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    fault: EvolinkError,
) -> None:
    """It is not documented: it may change while the single call keeps its word."""
    task_ids = give(evolink, 5)
    evolink.batch_fault = fault

    assert await reader.read(task_ids) == evolink.reports
    evolink.batch_fault = None
    clock.advance(TRY_AGAIN_AFTER_S)
    await reader.read(task_ids)

    assert (len(evolink.batches), len(evolink.singles)) == (2, 5)


@pytest.mark.parametrize(
    "fault", [EvolinkUnavailable("503"), AccountRefused("401")], ids=["503", "401"]
)
async def test_a_batch_that_fails_is_every_tasks_answer(
    reader: TaskReader, evolink: ScriptedEvolink, fault: EvolinkError
) -> None:
    """Asking fifty times singly would only add to an outage."""
    task_ids = give(evolink, 50)
    evolink.down = fault

    answers = await reader.read(task_ids)

    assert answers == dict.fromkeys(task_ids, fault)
    assert evolink.reads == 1


async def test_one_single_read_that_fails_speaks_for_all(
    reader: TaskReader, evolink: ScriptedEvolink
) -> None:
    task_ids = give(evolink, 30)
    evolink.missing_from_batch = set(task_ids)
    for task_id in task_ids:
        evolink.reports[task_id] = EvolinkUnavailable("503")

    answers = await reader.read(task_ids)

    assert len(evolink.singles) == len(answers) == 1


async def test_after_some_that_failed_one_asks_for_the_rest(
    reader: TaskReader, evolink: ScriptedEvolink
) -> None:
    """An outage that begins among single reads is left in peace from there on."""
    task_ids = give(evolink, 40)
    evolink.has_batch = False
    for task_id in task_ids[6:]:
        evolink.reports[task_id] = EvolinkUnavailable("503")

    answers = await reader.read(task_ids)

    asked = 1 + SINGLE_PORTION + 1
    assert len(evolink.singles) == asked
    assert list(answers) == task_ids[:asked]


def test_portions_hold_every_task_once(
    reader: TaskReader, evolink: ScriptedEvolink
) -> None:
    task_ids = give(evolink, 120)

    portions = list(reader.portions(task_ids))

    assert [len(one) for one in portions] == [50, 50, 20]
    assert [task_id for one in portions for task_id in one] == task_ids
    assert list(reader.portions([])) == []
