"""What status messages show, and when they are edited."""

import itertools
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, delete

from bot.errors import (
    EvolinkUnsure,
    MessageGone,
    PlaceForbidden,
    PlaceGone,
)
from bot.ids import MessageId, TaskId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.showing import PASSING_S
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.tasks import Accepted
from bot.pipeline.status_board import (
    LONGEST_QUEUE_PAUSE_S,
    MOST_EDITS_PER_S,
    NOTICE_PAUSE_S,
    PROGRESS_PAUSE_S,
    StatusBoard,
)
from bot.workers.job_worker import IDLE_S
from bot.workers.limits import Limits
from storage.database.engine import Database
from storage.tables.jobs import jobs
from tests.callbacks import alone
from tests.clock import FakeClock
from tests.factories import NOON
from tests.pipeline.boards import due_in_s, made_known, one_pass, turn
from tests.pipeline.conftest import MakeDispatcher
from tests.pipeline.outside import ScriptedEvolink, ScriptedMessenger, accepted
from tests.pipeline.stages import Stages


async def standing() -> bool:
    return False


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
    await one_pass(board)
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
