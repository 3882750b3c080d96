"""Status messages where several processes keep them true: one edit for one change."""

import asyncio

import pytest

from bot.errors import MessengerDown, PlaceGone
from bot.ids import MessageId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.pipeline.notifier import Notifier
from bot.pipeline.status_board import PROGRESS_PAUSE_S, StatusBoard
from bot.pipeline.status_turns import status_held
from bot.workers.leases import LEASE_S
from bot.workers.limits import Limits, new_limits
from tests.callbacks import alone
from tests.clock import FakeClock
from tests.pipeline.limits import warm
from tests.pipeline.outside import ScriptedMessenger
from tests.pipeline.stages import Stages


async def moving() -> bool:
    return True


@pytest.fixture
def messenger(clock: FakeClock) -> ScriptedMessenger:
    return ScriptedMessenger(clock, compares=True)


@pytest.fixture
def boards(
    store: JobStore, messenger: ScriptedMessenger, clock: FakeClock
) -> list[StatusBoard]:
    """Return the boards of three processes."""

    def make() -> StatusBoard:
        limits = new_limits(clock, wall=clock, living=alone)
        warm(limits.edits)
        return StatusBoard(
            store,
            messenger,
            clock,
            edits=limits.edits,
            living=alone,
            slots=2,
            queue_moves=moving,
        )

    return [make() for _ in range(3)]


async def look(*boards: StatusBoard) -> None:
    await asyncio.gather(*(one.run_once() for one in boards))
    await asyncio.gather(*(one.drain() for one in boards))


async def hanging(
    board: StatusBoard, messenger: ScriptedMessenger
) -> tuple[asyncio.Event, "asyncio.Task[None]"]:
    """Let a board's next edit hang, from now until the event is set."""
    begun, over = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        begun.set()
        await over.wait()

    messenger.during["edit_status"] = hang
    edit = asyncio.create_task(look(board))
    await begun.wait()
    return over, edit


async def delivered(stages: Stages, job: Job, clock: FakeClock) -> Job:
    clock.advance(1)
    return await stages.move(
        job,
        JobState.DELIVERED,
        clip_message_id=MessageId(77),
        delivery_due_at=None,
        status_due_at=clock.now(),
    )


async def test_one_change_is_edited_once_whoever_looks_next(
    boards: list[StatusBoard],
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    for number in range(5):
        await stages.generating(f"task-{number}")

    for _ in range(4):
        await look(*boards)
        clock.advance(PROGRESS_PAUSE_S)
    for board in reversed(boards):
        await look(board)
        clock.advance(PROGRESS_PAUSE_S)

    assert len({edit.job.id for edit in messenger.edits}) == len(messenger.edits) == 5


async def test_what_a_dead_process_was_editing_is_edited_again(
    boards: list[StatusBoard],
    store: JobStore,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    """Nobody knows whether its edit took effect."""
    job = await stages.generating()
    await look(boards[0])
    await store.note({job.id: JobChanges(status_due_at=clock.now(), progress=50)})
    _, edit = await hanging(boards[0], messenger)
    edit.cancel()
    await store.note({job.id: JobChanges(progress=job.progress)})

    clock.advance(LEASE_S + 1)
    await look(boards[1])

    assert [one.job.progress for one in messenger.edits] == [job.progress] * 2


async def test_the_last_word_waits_for_an_edit_of_another_process(
    boards: list[StatusBoard],
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    job = await stages.delivering()
    over, edit = await hanging(boards[0], messenger)
    await delivered(stages, job, clock)

    await look(boards[1], boards[2])
    assert messenger.edits == []
    over.set()
    await edit
    await look(boards[1], boards[2])

    states = [one.job.state for one in messenger.edits]
    assert states == [JobState.DELIVERING, JobState.DELIVERED]


async def test_an_edit_of_a_process_that_slept_does_not_stay_over_the_last_word(
    boards: list[StatusBoard],
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    job = await stages.delivering()
    over, edit = await hanging(boards[0], messenger)
    await delivered(stages, job, clock)
    clock.advance(LEASE_S + 1)
    await look(boards[1])

    over.set()
    await edit
    await look(boards[2])
    await look(boards[1])

    assert [one.job.state for one in messenger.edits] == [
        JobState.DELIVERED,
        JobState.DELIVERING,
        JobState.DELIVERED,
    ]


async def test_two_slow_edits_of_one_message_do_not_follow_each_other_for_ever(
    boards: list[StatusBoard],
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
) -> None:
    await stages.delivering()
    first_over, first = await hanging(boards[0], messenger)
    clock.advance(LEASE_S + 1)
    second_over, second = await hanging(boards[1], messenger)

    first_over.set()
    await first
    await look(boards[0], boards[2])
    assert len(messenger.edits) == 1
    second_over.set()
    await second
    await look(*boards)
    assert len(messenger.edits) == 2

    clock.advance(LEASE_S)
    for _ in range(3):
        await look(*boards)
    assert len(messenger.edits) == 3


async def test_a_notice_in_the_status_message_comes_after_an_edit_elsewhere(
    boards: list[StatusBoard],
    store: JobStore,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    limits: Limits,
) -> None:
    job = await stages.generating()
    over, edit = await hanging(boards[0], messenger)
    await stages.move(
        job, JobState.FAILED, failure=Failure.GAVE_UP, notice_due_at=clock.now()
    )
    messenger.fail("post_notice", PlaceGone("404"))
    notifier = Notifier(store, messenger, clock, messages=limits.messages)

    await notifier.run_once()
    for _ in range(20):
        await asyncio.sleep(0)
    assert messenger.replaced == {}
    over.set()
    await edit
    await notifier.drain()

    assert len(messenger.edits) == 1
    assert len(messenger.replaced) == 1


async def test_nobody_edits_a_status_message_that_is_being_replaced(
    boards: list[StatusBoard],
    store: JobStore,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.pipeline.status_turns.WAITS_S", 0.0)
    job = await stages.generating()

    async with status_held(store, job, clock):
        await look(*boards)
        with pytest.raises(MessengerDown):
            async with status_held(store, job, clock):
                """Somebody else is about it."""
        assert messenger.edits == []
    await look(*boards)

    assert len(messenger.edits) == 1
