"""A report's card shows the picture that the reported clip begins with."""

from dataclasses import replace

import pytest

from bot.ids import ChannelId, GuildId, MessageId, UserId
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.moderation.records import Card, CardKind, Report, ReportState
from cogs.bot import ClapperBot
from cogs.drawing.clip import clip_view
from cogs.drawing.layout import PICTURE_FILENAME
from cogs.wire.discord_wire import NOBODY
from cogs.wire.message_files import files_of
from cogs.wire.moderator_board import DiscordCardBoard
from sandbox.discord.faults import Fault
from sandbox.discord.messages import Message
from sandbox.discord.permissions import EVERYONE, Permission
from tests.cogs.stage import Stage
from tests.factories import NOON

PICTURE = b"\xff\xd8\xff\xe0 a small picture"


@pytest.fixture
def board(stage: Stage, bot: ClapperBot) -> DiscordCardBoard:
    return stage.card_board(bot)


@pytest.fixture
async def job(stage: Stage, bot: ClapperBot) -> Job:
    """One whose clip stands in the channel, with its picture."""
    use = PictureUse(kind=PictureKind.POSTED, owner_id=UserId(5))
    job = stage.job(picture=use, state=JobState.DELIVERED, post_intended_at=NOON)
    clip = files_of(job.id, None, PICTURE)
    view = clip_view(stage.texts, job, with_picture=True)
    view.remove_item(view.children[1])  # the clip itself
    message_id = await bot.wire.post(job.channel_id, view, "n", NOBODY, clip())
    return replace(job, clip_message_id=message_id)


def report_of(job: Job) -> Report:
    return Report(
        id="f00df00df00df00d",
        guild_id=job.guild_id,
        job_id=job.id,
        reporter_id=UserId(6),
        reason="This is me.",
        at=NOON,
    )


def card_of(stage: Stage, report: Report) -> Card:
    return Card(
        id="c" * 16,
        kind=CardKind.REPORT,
        guild_id=GuildId(stage.world.guild.id),
        job_id=report.job_id,
        report_id=report.id,
        channel_id=ChannelId(stage.world.review.id),
        message_id=None,
        due_at=NOON,
        intended_at=None,
        attempts=0,
        fence=0,
    )


def shown(message: Message) -> dict[str, bytes]:
    return {one.filename: one.data for one in message.attachments}


async def post(stage: Stage, board: DiscordCardBoard, job: Job) -> tuple[Card, Message]:
    report = report_of(job)
    card = card_of(stage, report)
    message_id = await board.post_card(card, job, report, show_prompt=True)
    message = stage.message(message_id, stage.world.review)
    return replace(card, message_id=MessageId(message.id)), message


async def test_a_report_shows_the_picture_until_it_is_decided(
    stage: Stage, board: DiscordCardBoard, job: Job
) -> None:
    card, message = await post(stage, board, job)
    assert shown(message) == {PICTURE_FILENAME: PICTURE}

    await board.edit_card(card, job, report_of(job), show_prompt=True)
    assert shown(message) == {PICTURE_FILENAME: PICTURE}, "drawn again"

    decided = replace(report_of(job), state=ReportState.REMOVED, decided_by=UserId(7))
    await board.edit_card(card, job, decided, show_prompt=True)
    assert shown(message) == {}


@pytest.mark.parametrize("is_gone", [False, True], ids=["not given out", "gone"])
async def test_a_report_comes_without_a_picture_that_cannot_be_read(
    stage: Stage,
    board: DiscordCardBoard,
    job: Job,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_gone: bool,
) -> None:
    monkeypatch.setattr("cogs.wire.pictures.PAUSE_S", 0.0)
    if is_gone:
        assert job.clip_message_id is not None
        stage.discord.delete_message(stage.message(job.clip_message_id))
    else:
        stage.discord.cdn.faults.add(Fault(status=503))

    _, message = await post(stage, board, job)

    assert shown(message) == {}
    assert "This is me" in message.text


async def test_a_report_comes_without_the_picture_where_none_may_be_attached(
    stage: Stage, board: DiscordCardBoard, job: Job
) -> None:
    without = EVERYONE & ~Permission.ATTACH_FILES
    stage.discord.world.set_bot_permissions(stage.world.guild, without)

    _, message = await post(stage, board, job)

    assert shown(message) == {}
    assert "This is me" in message.text


async def test_a_report_does_not_wait_for_a_picture_that_is_slow_to_come(
    stage: Stage, board: DiscordCardBoard, job: Job
) -> None:
    """While a card is under way, its silence counts against all that is posted."""
    stage.discord.cdn.faults.add(Fault(delay_s=8.0))

    _, message = await post(stage, board, job)

    assert shown(message) == {}
    assert "This is me" in message.text
