"""The board reads few of the messages that are due, and these hide no others."""

from collections.abc import Sequence

from bot.ids import ChannelId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.pipeline.status_board import MOST_EDITS_PER_S, StatusBoard
from bot.workers.job_worker import IDLE_S
from bot.workers.limits import Limits
from tests.clock import FakeClock
from tests.pipeline.boards import one_pass
from tests.pipeline.limits import warm
from tests.pipeline.outside import ScriptedMessenger
from tests.pipeline.stages import Stages

MANY = 3 * MOST_EDITS_PER_S
X, Y, Z = ChannelId(1001), ChannelId(1002), ChannelId(1003)


async def due_in(stages: Stages, channel_id: ChannelId, *, jobs: int) -> Sequence[Job]:
    """Let messages of a channel be due that can be edited by bot token alone."""
    return [
        await stages.queued(interaction_token=None, channel_id=channel_id)
        for _ in range(jobs)
    ]


async def test_last_words_that_wait_for_their_notices_hide_no_news(
    board: StatusBoard, stages: Stages, messenger: ScriptedMessenger, limits: Limits
) -> None:
    """Last words go first; these need no edit yet."""
    for number in range(MANY):
        await stages.failed(f"task-{number}", failure=Failure.GAVE_UP)
    news = await stages.generating("news")
    warm(limits.edits)

    await one_pass(board)

    assert [edit.job.id for edit in messenger.edits] == [news.id]


async def test_messages_of_channels_that_must_wait_hide_none_of_another(
    board: StatusBoard,
    stages: Stages,
    messenger: ScriptedMessenger,
    limits: Limits,
    clock: FakeClock,
) -> None:
    await due_in(stages, X, jobs=MANY)
    clock.advance(1)
    await due_in(stages, Y, jobs=MANY)
    clock.advance(1)
    (free,) = await due_in(stages, Z, jobs=1)
    clock.advance(3)
    warm(limits.edits)
    limits.edits.hold_item(X, IDLE_S)
    limits.edits.hold_item(Y, IDLE_S)

    await one_pass(board)

    assert [edit.job.id for edit in messenger.edits] == [free.id]


async def test_after_a_full_read_those_behind_it_are_read_soon(
    board: StatusBoard,
    stages: Stages,
    messenger: ScriptedMessenger,
    limits: Limits,
    clock: FakeClock,
) -> None:
    """However long some of those that were read must wait."""
    await due_in(stages, X, jobs=MOST_EDITS_PER_S - 1)
    clock.advance(1)
    await due_in(stages, Z, jobs=2)
    clock.advance(3)
    warm(limits.edits)
    limits.edits.hold_item(X, 10 * IDLE_S)

    wait_s = await one_pass(board)

    assert [edit.job.channel_id for edit in messenger.edits] == [Z]
    assert wait_s <= 1
