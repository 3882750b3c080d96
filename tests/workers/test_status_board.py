import asyncio
import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from bot.domain.failures import Failure
from bot.domain.ids import MessageId, TaskId
from bot.domain.jobs import Job, JobChanges
from bot.domain.showing import PASSING_S
from bot.domain.states import JobState
from bot.domain.tasks import Accepted
from bot.errors import (
    EvolinkUnsure,
    MessageGone,
    MessengerDown,
    MessengerError,
    PlaceForbidden,
    PlaceGone,
)
from bot.ports import JobStore
from bot.workers.job_worker import IDLE_S
from bot.workers.limits import MOST_EDITS, Limits
from bot.workers.posted import MOST_REFUSALS, REFUSED_WAIT_S
from bot.workers.service_limit import LONGEST_RETRY_S
from bot.workers.status_board import (
    LEAST_PAUSE_S,
    LONGEST_QUEUE_PAUSE_S,
    MOST_EDITS_PER_S,
    MOST_FAILURES,
    STALE_AFTER_S,
    StatusBoard,
)
from storage.engine import Database
from storage.tables import jobs
from storage.work import WorkConnection
from tests.clock import FakeClock
from tests.factories import NOON
from tests.workers.conftest import MakeDispatcher
from tests.workers.limits import warm
from tests.workers.loops import at_work, turn, until
from tests.workers.outside import ScriptedEvolink, ScriptedMessenger, accepted
from tests.workers.stages import Stages

DOWN = MessengerDown("503")


@pytest.fixture
def board(
    store: JobStore, messenger: ScriptedMessenger, clock: FakeClock, limits: Limits
) -> StatusBoard:
    warm(limits.edits)
    return StatusBoard(store, messenger, clock, edits=limits.edits)


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
    await dispatcher.look()
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

    await dispatcher.look()
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


async def test_edits_of_one_message_are_seconds_apart(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    """However much happens: Discord limits edits, and people do not read that fast."""
    job = await stages.generating()

    for _ in range(40):
        await made_known(stages, job, clock)
        await turn(board)
        clock.advance(0.5)

    times = [edit.at for edit in messenger.edits]
    pauses = [after - before for before, after in itertools.pairwise(times)]
    assert len(times) == 4
    assert min(pauses) >= timedelta(seconds=LEAST_PAUSE_S)


async def test_a_message_that_shows_it_already_costs_no_pause(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, clock: FakeClock
) -> None:
    """The next real change may be shown at once."""
    job = await stages.generating()
    messenger.unchanged = True
    await turn(board)
    messenger.unchanged = False

    clock.advance(1)
    await made_known(stages, job, clock)
    await turn(board)

    assert len(messenger.edits) == 1


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

    assert await due_in_s(stages, job, clock) == LEAST_PAUSE_S


async def test_the_more_jobs_there_are_the_less_often_progress_alone_is_shown(
    board: StatusBoard, stages: Stages, clock: FakeClock
) -> None:
    """Each edit costs a call; thirty jobs share one a second."""
    jobs = [await stages.generating(f"task-{number}") for number in range(30)]
    for _ in range(3):
        await turn(board)
        clock.advance(1)

    due = [await due_in_s(stages, job, clock) for job in jobs]

    assert max(wait_s for wait_s in due if wait_s is not None) == pytest.approx(29)


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
    await board.look()
    await board.drain()
    assert await due_in_s(stages, job, clock) == 0
    clock.advance(LEAST_PAUSE_S)
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
    assert await due_in_s(stages, job, clock) == LEAST_PAUSE_S
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
    clock.advance(LEAST_PAUSE_S)
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
    board = StatusBoard(stages.store, messenger, clock, edits=limits.edits)
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
        async def erase(open_: WorkConnection) -> None:
            await open_.execute(delete(jobs).where(jobs.c.id == job.id))

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
    for number in range(MOST_EDITS + 2):
        await stages.generating(f"task-{number}")
    recorded = asyncio.Event()
    redate = store.redate

    async def in_time(*change: Any) -> bool:
        await recorded.wait()
        return await redate(*change)

    monkeypatch.setattr(store, "redate", in_time)
    warm(limits.edits)

    async with at_work(board):
        await until(lambda: len(messenger.edits) == MOST_EDITS + 2)
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
