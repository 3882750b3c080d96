import asyncio
import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete

from bot.errors import (
    EvolinkUnsure,
    MessageGone,
    MessengerDown,
    MessengerError,
    PlaceForbidden,
    PlaceGone,
)
from bot.ids import ChannelId, MessageId, TaskId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.showing import PASSING_S
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.tasks import Accepted
from bot.pipeline.status_board import (
    LONGEST_QUEUE_PAUSE_S,
    MOST_EDITS_PER_S,
    MOST_FAILURES,
    NOTICE_PAUSE_S,
    PROGRESS_PAUSE_S,
    STALE_AFTER_S,
    StatusBoard,
)
from bot.workers.job_worker import IDLE_S
from bot.workers.limits import Limits, new_limits
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S
from bot.workers.service_limit import LONGEST_RETRY_S
from storage.database.engine import Database
from storage.tables.jobs import jobs
from tests.callbacks import alone
from tests.clock import FakeClock
from tests.factories import NOON
from tests.pipeline.conftest import MakeDispatcher
from tests.pipeline.limits import warm
from tests.pipeline.loops import at_work, until
from tests.pipeline.outside import ScriptedEvolink, ScriptedMessenger, accepted
from tests.pipeline.stages import Stages

DOWN = MessengerDown("503")


async def moving() -> bool:
    return True


async def standing() -> bool:
    return False


@pytest.fixture
def board(
    store: JobStore, messenger: ScriptedMessenger, clock: FakeClock, limits: Limits
) -> StatusBoard:
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


async def turn(board: StatusBoard) -> float:
    """Look until all is begun that may be: after each answer a little more may."""
    for _ in range(MOST_EDITS_PER_S):
        await one_look(board)
    return await one_look(board)


async def one_look(board: StatusBoard) -> float:
    wait_s = await board.run_once()
    await board.drain()
    return wait_s


async def due_in_s(stages: Stages, job: Job, clock: FakeClock) -> float | None:
    due: datetime | None = (await stages.now(job)).status_due_at
    return None if due is None else (due - clock.now()).total_seconds()


async def made_known(stages: Stages, job: Job, clock: FakeClock) -> None:
    """Let something happen to a job that its status message should show."""
    await stages.store.note({job.id: JobChanges(status_due_at=clock.now())})


async def test_a_change_is_shown_at_once_as_it_is_then(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger
) -> None:
    job = await stages.generating()

    await turn(board)

    (edit,) = messenger.edits
    assert (edit.job, edit.position) == (job, None)


async def test_a_job_that_moves_on_within_seconds_is_shown_where_it_stays(
    board: StatusBoard,
    stages: Stages,
    messenger: ScriptedMessenger,
    make_dispatcher: MakeDispatcher,
    evolink: ScriptedEvolink,
) -> None:
    """Nor has `generating` to wait for the pause after edits that nobody could read."""
    await stages.queued()
    dispatcher = make_dispatcher()

    async def at_once() -> Accepted:
        await turn(board)
        return accepted(TaskId("task-1"))

    evolink.submit_answers.append(at_once)
    await dispatcher.run_once()
    await dispatcher.drain()
    await turn(board)

    assert [edit.job.state for edit in messenger.edits] == [JobState.GENERATING]


async def test_a_job_whose_request_takes_long_is_shown_meanwhile(
    board: StatusBoard,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    make_dispatcher: MakeDispatcher,
    evolink: ScriptedEvolink,
) -> None:
    await stages.queued()
    dispatcher = make_dispatcher()
    evolink.submit_answers.append(EvolinkUnsure("no answer"))

    await dispatcher.run_once()
    await dispatcher.drain()
    clock.advance(PASSING_S)
    await turn(board)

    assert [edit.job.state for edit in messenger.edits] == [JobState.SUBMITTING]


async def test_a_waiting_job_is_shown_with_its_place(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    first = await stages.queued()
    clock.advance(1)
    second = await stages.queued()

    await turn(board)

    places = {edit.job.id: edit.position for edit in messenger.edits}
    assert places == {first.id: 1, second.id: 2}
    assert await due_in_s(stages, second, clock) == 19


async def test_a_waiting_job_is_shown_with_the_time_at_which_to_expect_it(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    """As far as anybody knows: once a slot's end is known, and each slot is taken."""
    job = await stages.queued()
    await turn(board)
    for number in range(2):
        await stages.generating(
            f"task-{number}",
            accepted_at=clock.now(),
            expected_end_at=clock.now() + timedelta(seconds=100 + number),
            status_due_at=None,
        )
    clock.advance(60)
    await turn(board)

    expected = [edit.job.expected_end_at for edit in messenger.edits]
    assert expected == [None, NOON + timedelta(seconds=100 + 100.5)]
    assert (await stages.now(job)).expected_end_at is None


async def test_while_nothing_leaves_the_queue_no_time_is_promised(
    store: JobStore,
    stages: Stages,
    messenger: ScriptedMessenger,
    clock: FakeClock,
    limits: Limits,
) -> None:
    board = StatusBoard(
        store,
        messenger,
        clock,
        edits=limits.edits,
        slots=1,
        living=alone,
        queue_moves=standing,
    )
    await stages.queued()
    await stages.generating(
        accepted_at=clock.now(),
        expected_end_at=clock.now() + timedelta(seconds=100),
        status_due_at=None,
    )

    await turn(board)

    (edit,) = messenger.edits
    assert (edit.position, edit.job.expected_end_at) == (1, None)


async def test_news_waits_for_no_pause_between_edits(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    """Least of all the last word."""
    job = await stages.generating()
    await turn(board)
    clock.advance(0.3)
    delivering = await stages.move(
        job, JobState.DELIVERING, status_due_at=clock.now(), done_at=clock.now()
    )
    await turn(board)
    clock.advance(0.3)
    await stages.move(delivering, JobState.DELIVERED, status_due_at=clock.now())
    await turn(board)

    assert [edit.job.state for edit in messenger.edits] == [
        JobState.GENERATING,
        JobState.DELIVERING,
        JobState.DELIVERED,
    ]


async def test_progress_alone_is_shown_seconds_apart(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    """Discord limits edits, and people do not read that fast."""
    await stages.generating()

    for _ in range(40):
        await turn(board)
        clock.advance(0.5)

    times = [edit.at for edit in messenger.edits]
    pauses = [after - before for before, after in itertools.pairwise(times)]
    assert len(times) == 4
    assert min(pauses) >= timedelta(seconds=PROGRESS_PAUSE_S)


async def test_last_words_go_before_news_and_news_before_progress(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    """However long the others have been waiting, and however many there are."""
    shown = [await stages.generating(f"task-{n}") for n in range(MOST_EDITS_PER_S)]
    await turn(board)
    clock.advance(PROGRESS_PAUSE_S + 1)
    for number in range(4):
        await stages.generating(f"task-new-{number}", status_due_at=clock.now())
    for job in shown[:3]:
        await stages.move(job, JobState.CANCELLED, status_due_at=clock.now())
    del messenger.edits[:]

    await turn(board)

    older = {job.id for job in shown}
    assert [(edit.job.state, edit.job.id in older) for edit in messenger.edits] == [
        *[(JobState.CANCELLED, True)] * 3,
        *[(JobState.GENERATING, False)] * 4,
        *[(JobState.GENERATING, True)] * 3,
    ]


async def test_what_has_been_shown_for_the_longest_is_next(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    """Sixty jobs have a turn every six seconds."""
    for number in range(60):
        await stages.generating(f"task-{number}")
    for _ in range(20):
        await turn(board)
        clock.advance(1)

    seen: dict[str, list[datetime]] = {}
    for edit in messenger.edits:
        seen.setdefault(edit.job.id, []).append(edit.at)
    pauses = {
        after - before
        for times in seen.values()
        for before, after in itertools.pairwise(times)
    }
    assert len(seen) == 60
    assert pauses == {timedelta(seconds=6)}


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
    messenger.unchanged = True
    await turn(board)
    messenger.unchanged = False

    await turn(board)

    assert len(messenger.edits) == MOST_EDITS_PER_S


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


async def test_a_job_being_made_is_looked_at_every_few_seconds(
    board: StatusBoard, stages: Stages, clock: FakeClock
) -> None:
    """Between polls its progress is estimated."""
    job = await stages.generating()

    await turn(board)

    assert await due_in_s(stages, job, clock) == PROGRESS_PAUSE_S


async def test_news_during_an_edit_is_not_overwritten(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    """A job far back in the queue would else show its place for ten minutes on."""
    job = await stages.queued()

    async def dispatched() -> None:
        clock.advance(1)
        await stages.move(job, JobState.SUBMITTING, status_due_at=clock.now())
        await stages.store.note({job.id: JobChanges(submit_due_at=clock.now())})

    messenger.during["edit_status"] = dispatched
    await one_look(board)
    assert await due_in_s(stages, job, clock) == 0
    await turn(board)

    assert [edit.job.state for edit in messenger.edits] == [
        JobState.QUEUED,
        JobState.SUBMITTING,
    ]


async def test_a_place_far_back_is_looked_at_seldom(
    board: StatusBoard,
    stages: Stages,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = await stages.queued()

    async def far_back(_job: Job) -> int:
        return 5000

    monkeypatch.setattr(stages.store, "queue_position", far_back)
    await turn(board)

    assert await due_in_s(stages, job, clock) == LONGEST_QUEUE_PAUSE_S


async def test_a_job_under_review_waits_for_news(
    board: StatusBoard, stages: Stages, clock: FakeClock
) -> None:
    job = await stages.move(
        await stages.received(),
        JobState.AWAITING_REVIEW,
        status_message_id=MessageId(1),
        status_due_at=clock.now(),
    )

    await turn(board)

    assert await due_in_s(stages, job, clock) == LONGEST_QUEUE_PAUSE_S


async def test_the_end_is_shown_once(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger
) -> None:
    job = await stages.move(await stages.queued(), JobState.CANCELLED)

    await turn(board)
    assert await turn(board) == IDLE_S

    assert len(messenger.edits) == 1
    assert (await stages.now(job)).status_due_at is None


async def test_the_last_line_waits_for_the_notice_it_links_to(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    job = await stages.failed(failure=Failure.GAVE_UP)

    await turn(board)
    assert messenger.edits == []
    assert await due_in_s(stages, job, clock) == NOTICE_PAUSE_S
    await stages.store.note(
        {
            job.id: JobChanges(
                notice_due_at=None,
                notice_message_id=MessageId(5),
                status_due_at=clock.now(),
            )
        }
    )
    await turn(board)

    (edit,) = messenger.edits
    assert edit.job.notice_message_id == 5


async def test_a_link_that_comes_during_the_last_edit_is_shown_too(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    job = await stages.failed(failure=Failure.GAVE_UP, notice_due_at=None)

    async def linked() -> None:
        clock.advance(1)
        await made_known(stages, job, clock)

    messenger.during["edit_status"] = linked
    await turn(board)
    await turn(board)

    assert len(messenger.edits) == 2
    assert (await stages.now(job)).status_due_at is None


@pytest.mark.parametrize(
    "error", [MessageGone("10008"), PlaceGone("10003"), PlaceForbidden("50013")]
)
async def test_a_lost_message_is_not_looked_for_again(
    board: StatusBoard,
    stages: Stages,
    messenger: ScriptedMessenger,
    error: Exception,
) -> None:
    """Somebody deleted it: the job goes on all the same."""
    job = await stages.generating()
    messenger.fail("edit_status", error)  # type: ignore[arg-type]

    await turn(board)

    now = await stages.now(job)
    assert (now.status_due_at, now.state) == (None, JobState.GENERATING)


async def test_a_job_without_a_message_is_not_looked_at(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger
) -> None:
    job = await stages.generating(status_message_id=None)

    await turn(board)

    assert messenger.edits == []
    assert (await stages.now(job)).status_due_at is None


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


async def test_a_job_that_vanished_during_the_edit_is_no_error(
    board: StatusBoard,
    stages: Stages,
    messenger: ScriptedMessenger,
    database: Database,
) -> None:
    """Its server's data may be erased at any moment."""
    job = await stages.received(status_message_id=MessageId(1), status_due_at=NOON)

    async def erased() -> None:
        def erase(connection: Connection) -> None:
            connection.execute(delete(jobs).where(jobs.c.id == job.id))

        await database.write(erase)

    messenger.during["edit_status"] = erased
    assert await turn(board) == IDLE_S

    assert len(messenger.edits) == 1
    assert await stages.store.get(job.id) is None


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
    edits = new_limits(clock, living=alone).edits
    board = StatusBoard(
        store, messenger, clock, edits=edits, living=alone, slots=2, queue_moves=moving
    )
    await stages.move(await stages.queued(), JobState.CANCELLED)
    messenger.fail("edit_status", MessengerError("400"))
    assert not edits.is_sure

    await one_look(board)

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
    await one_look(board)

    assert board.room == room


async def test_a_status_message_that_brings_the_notice_is_left_alone(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger
) -> None:
    job = await stages.failed(notice_due_at=None)
    await stages.store.note({job.id: {"notice_message_id": job.status_message_id}})

    await turn(board)

    assert messenger.edits == []
    assert (await stages.now(job)).status_due_at is None


async def test_a_late_clip_is_told_where_the_notice_stood(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    job = await stages.move(
        await stages.failed(notice_due_at=None),
        JobState.DELIVERING,
        late=True,
        notice_message_id=None,
    )
    await stages.store.note({job.id: {"notice_message_id": job.status_message_id}})
    job = await stages.move(
        await stages.now(job),
        JobState.DELIVERED,
        clip_message_id=MessageId(99),
        status_due_at=clock.now(),
    )

    await turn(board)

    assert [edit.job.clip_message_id for edit in messenger.edits] == [99]


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
