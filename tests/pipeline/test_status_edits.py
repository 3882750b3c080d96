"""Edits keep to Discord's limits, and one that fails holds up no other."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import (
    MessengerDown,
    MessengerError,
)
from bot.ids import ChannelId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.pipeline.ports import EditEnd
from bot.pipeline.status_board import (
    MOST_EDITS_PER_S,
    MOST_FAILURES,
    STALE_AFTER_S,
    StatusBoard,
)
from bot.workers.limits import Limits, new_limits
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S
from bot.workers.scan import MIN_SCAN
from bot.workers.service_limit import LEAST_UNPROVEN, LONGEST_RETRY_S
from tests.callbacks import alone
from tests.clock import FakeClock
from tests.pipeline.boards import DOWN, due_in_s, moving, one_pass, turn
from tests.pipeline.limits import warm
from tests.pipeline.loops import at_work, until
from tests.pipeline.outside import ScriptedMessenger
from tests.pipeline.stages import Stages


async def test_a_channels_limit_holds_up_no_other_channel(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    """When the tokens are dead, a channel has one limit for all its messages."""
    for number in range(3 * MOST_EDITS_PER_S):
        await stages.queued(
            interaction_token=None, requested_at=clock.now() + timedelta(seconds=number)
        )
    begun, over = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        begun.set()
        await over.wait()

    messenger.during["edit_status"] = hang
    async with at_work(board):
        await begun.wait()
        other = await stages.queued(
            interaction_token=None,
            channel_id=ChannelId(77),
            requested_at=clock.now() + timedelta(hours=1),
        )
        clock.advance(2)
        board.wake()
        await until(lambda: len(messenger.edits) > 0)
        only = list(messenger.edits)
        over.set()
        await until(lambda: len(messenger.edits) > 1)

    assert [edit.job.id for edit in only] == [other.id]


async def test_a_message_that_shows_it_already_takes_nothing_from_the_others(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger
) -> None:
    """Who was not asked about it, has nothing to be spared."""
    for number in range(4 * MOST_EDITS_PER_S):
        await stages.generating(f"task-{number}")
    messenger.edit_end = EditEnd.NOT_ASKED
    await turn(board)
    messenger.edit_end = EditEnd.ANSWERED

    await turn(board)

    assert len(messenger.edits) == MOST_EDITS_PER_S


async def test_edits_that_were_given_up_count_as_asked(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, limits: Limits
) -> None:
    """Where Discord is silent they are probes, or too many would be sent."""
    for number in range(4 * MOST_EDITS_PER_S):
        await stages.generating(f"task-{number}")
    warm(limits.edits)
    messenger.edit_end = EditEnd.GIVEN_UP
    room = board.room

    for _ in range(5):
        await turn(board)

    assert len(messenger.edits) == LEAST_UNPROVEN
    assert board.room == room - LEAST_UNPROVEN


async def test_no_more_than_ten_edits_a_second(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    """Over all jobs, and although each finished edit wakes the board again."""
    for n in range(35):
        await stages.generating(f"task-{n}")

    for _ in range(5):
        assert await turn(board) <= 1
    assert len(messenger.edits) == MOST_EDITS_PER_S
    for _ in range(6):
        clock.advance(0.5)
        await turn(board)

    assert len(messenger.edits) == 35
    assert messenger.edits[-1].at - messenger.edits[0].at == timedelta(seconds=3)


async def test_its_loop_keeps_to_ten_a_second_too(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger
) -> None:
    """With a clock that stands still, a second never passes."""
    for n in range(15):
        await stages.generating(f"task-{n}")

    async with at_work(board):
        await until(lambda: len(messenger.edits) == MOST_EDITS_PER_S)
        for _ in range(20):
            board.wake()
            await asyncio.sleep(0.02)

    assert len(messenger.edits) == MOST_EDITS_PER_S


async def test_a_clock_set_back_does_not_silence_the_board(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    for n in range(MOST_EDITS_PER_S):
        await stages.generating(f"task-{n}")
    await turn(board)

    clock.advance(-3600)
    await stages.generating("task-late")
    await turn(board)

    assert len(messenger.edits) == MOST_EDITS_PER_S + 1


async def test_however_many_last_words_are_broken_another_is_the_next_in_doubt(
    board: StatusBoard,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    limits: Limits,
) -> None:
    """All broken ones were due before, more than are read as a rule."""
    clock.advance(5)
    for number in range(3 * MIN_SCAN):
        broken = await stages.queued(
            interaction_token=None, channel_id=ChannelId(1000 + number)
        )
        await stages.move(broken, JobState.CANCELLED, status_due_at=clock.now())
        call = limits.edits.begin(broken.channel_id)
        call.failed("500")
        call.end()
    clock.advance(5)
    healthy = await stages.queued(interaction_token=None, channel_id=ChannelId(77))
    await stages.move(healthy, JobState.CANCELLED, status_due_at=clock.now())
    assert limits.edits.in_doubt

    await one_pass(board)

    assert [edit.job.id for edit in messenger.edits] == [healthy.id]


async def test_while_some_are_broken_last_words_go_before_progress_all_the_same(
    board: StatusBoard,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    limits: Limits,
) -> None:
    """Although those whose progress is shown are answered, more than a second takes."""
    broken = limits.edits.begin("broken")
    broken.failed("500")
    broken.end()
    for number in range(2 * MOST_EDITS_PER_S):
        job = await stages.generating(f"task-{number}")
        call = limits.edits.begin(job.id)
        call.answered()
        call.end()
        broken = limits.edits.begin("broken")
        broken.failed("500")
        broken.end()
    ended = await stages.queued()
    await stages.move(ended, JobState.CANCELLED, status_due_at=clock.now())
    assert limits.edits.is_mixed

    await one_pass(board)

    assert ended.id in [edit.job.id for edit in messenger.edits]


async def test_while_discord_is_down_it_is_tried_every_few_seconds(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    """Alone nobody can tell its trouble from Discord's, whose end is to be seen."""
    job = await stages.generating()
    messenger.always["edit_status"] = DOWN

    for _ in range(20):
        await turn(board)
        wait_s = await due_in_s(stages, job, clock)
        assert wait_s is not None
        assert 0 < wait_s <= LONGEST_RETRY_S
        clock.advance(5)


async def test_one_message_that_cannot_be_edited_is_tried_less_each_time(
    board: StatusBoard,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    limits: Limits,
) -> None:
    """The job is open, so that its message is worth trying for as long as it takes."""
    job = await stages.generating()
    messenger.always["edit_status"] = DOWN
    waits_s = []

    for _ in range(MOST_FAILURES + 4):
        await turn(board)
        warm(limits.edits)  # others are edited
        wait_s = await due_in_s(stages, job, clock)
        assert wait_s is not None
        waits_s.append(wait_s)
        clock.advance(wait_s)

    assert 240 <= waits_s[-1] <= 300


async def test_the_last_word_is_not_tried_for_ever(
    board: StatusBoard,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    limits: Limits,
) -> None:
    job = await stages.move(await stages.queued(), JobState.CANCELLED)
    messenger.always["edit_status"] = DOWN

    for _ in range(2 * MOST_FAILURES):
        await turn(board)
        clock.advance(301)
    assert (await stages.now(job)).status_due_at is not None
    clock.advance(STALE_AFTER_S)
    board = StatusBoard(
        stages.store,
        messenger,
        clock,
        edits=limits.edits,
        living=alone,
        slots=2,
        queue_moves=moving,
    )
    for _ in range(MOST_FAILURES):
        assert (await stages.now(job)).status_due_at is not None
        await turn(board)
        warm(limits.edits)  # others are edited
        clock.advance(301)

    assert (await stages.now(job)).status_due_at is None


async def test_discords_wait_is_kept(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    job = await stages.generating()
    messenger.fail("edit_status", MessengerDown("429", retry_after_s=77))

    await turn(board)

    assert await due_in_s(stages, job, clock) == 77


async def test_recording_an_edit_keeps_no_other_from_being_made(
    board: StatusBoard,
    stages: Stages,
    store: JobStore,
    messenger: ScriptedMessenger,
    monkeypatch: pytest.MonkeyPatch,
    limits: Limits,
) -> None:
    """It may wait to share a commit; only Discord's answers are waited for in turn."""
    for number in range(3):
        await stages.generating(f"task-{number}")
    recorded = asyncio.Event()
    redate = store.redate

    async def in_time(*change: Any) -> bool:
        await recorded.wait()
        return await redate(*change)

    monkeypatch.setattr(store, "redate", in_time)
    warm(limits.edits)

    async with at_work(board):
        await until(lambda: len(messenger.edits) == 3)
        recorded.set()


async def test_an_end_that_discord_refuses_is_shown_after_all(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    """One strange answer must not leave "Your request is in" standing for ever."""
    job = await stages.move(await stages.queued(), JobState.CANCELLED)
    messenger.fail("edit_status", *[MessengerError("400")] * (MOST_REFUSALS - 1))

    for _ in range(MOST_REFUSALS):
        await turn(board)
        clock.advance(REFUSED_WAIT_S)

    assert [edit.job.state for edit in messenger.edits] == [JobState.CANCELLED]
    assert (await stages.now(job)).status_due_at is None


async def test_an_edit_that_is_always_refused_is_left(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    job = await stages.move(await stages.queued(), JobState.CANCELLED)
    messenger.always["edit_status"] = MessengerError("400")

    for _ in range(MOST_REFUSALS):
        assert (await stages.now(job)).status_due_at is not None
        await turn(board)
        clock.advance(REFUSED_WAIT_S)

    assert (await stages.now(job)).status_due_at is None


async def test_a_refusal_is_an_answer_too(
    store: JobStore, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    """Discord lives, whatever it thinks of one edit."""
    edits = new_limits(clock, wall=clock, living=alone).edits
    board = StatusBoard(
        store, messenger, clock, edits=edits, living=alone, slots=2, queue_moves=moving
    )
    await stages.move(await stages.queued(), JobState.CANCELLED)
    messenger.fail("edit_status", MessengerError("400"))
    assert not edits.is_sure

    await one_pass(board)

    assert edits.is_sure


async def test_an_edit_that_was_never_made_takes_nothing_from_the_others(
    board: StatusBoard,
    stages: Stages,
    store: JobStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await stages.queued()
    room = board.room

    async def odd(job: Job) -> int:
        del job
        msg = "odd"
        raise ValueError(msg)

    monkeypatch.setattr(store, "queue_position", odd)
    await one_pass(board)

    assert board.room == room


async def test_a_claim_that_outlasts_the_second_keeps_no_edit_waiting(
    board: StatusBoard,
    stages: Stages,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database may take a moment, in which the next ten may be edited."""
    for n in range(MOST_EDITS_PER_S + 5):
        await stages.generating(f"task-{n}")
    claim = stages.store.claim

    async def slowly(*args: Any, **options: Any) -> Any:
        claims = await claim(*args, **options)
        clock.advance(1.5)
        return claims

    monkeypatch.setattr(stages.store, "claim", slowly)
    wait_s = await board.run_once()

    assert wait_s == 0
    await board.drain()
