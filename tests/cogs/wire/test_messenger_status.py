"""Status messages are edited, and hold what cannot be posted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import errors
from bot.ids import MessageId
from bot.jobs.failures import Failure
from bot.jobs.states import JobState
from bot.pipeline.ports import EditEnd
from cogs.bot import ClapperBot
from cogs.wire.messenger import DiscordMessenger
from sandbox.discord.faults import Fault
from sandbox.discord.permissions import EVERYONE, Permission
from tests.cogs.asked import asked_for
from tests.cogs.stage import Stage
from tests.cogs.wire.paths import MESSAGES


async def test_a_status_is_edited_only_when_it_changes(
    stage: Stage, bot: ClapperBot, messenger: DiscordMessenger
) -> None:
    assert bot.user is not None
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    message = await handle.answer()
    job = stage.job(
        state=JobState.QUEUED, status_message_id=MessageId(message.id), prompt="a fox"
    )

    third = await messenger.edit_status(job, 3)
    assert third.end is EditEnd.ANSWERED
    assert "Number 3 in the queue." in message.text
    shown = replace(job, status_shown=third.shows)
    assert await messenger.edit_status(shown, 3) == replace(
        third, end=EditEnd.NOT_ASKED
    )
    assert (await messenger.edit_status(shown, 2)).end is EditEnd.ANSWERED
    assert len(stage.discord.requests_to("PATCH", f"{MESSAGES}/.*")) == 2
    assert message.pinged == frozenset()


async def test_in_the_end_the_status_is_one_line(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    message = await handle.answer()
    job = stage.job(
        state=JobState.DELIVERED,
        status_message_id=MessageId(message.id),
        clip_message_id=MessageId(77),
    )
    await messenger.edit_status(job, None)

    assert message.buttons == []
    assert message.text.count("\n") == 0
    assert message.text.endswith("/77")


async def test_a_failed_edit_is_not_taken_for_done(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    message = await handle.answer()
    job = stage.job(state=JobState.QUEUED, status_message_id=MessageId(message.id))
    stage.discord.faults.add(Fault(method="PATCH", path=MESSAGES, status=503, times=1))
    with pytest.raises(errors.MessengerDown):
        await messenger.edit_status(job, 1)

    assert (await messenger.edit_status(job, 1)).end is EditEnd.ANSWERED


async def test_a_status_that_was_deleted_is_known_to_be_gone(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    message = await handle.answer()
    job = stage.job(status_message_id=MessageId(message.id))
    stage.discord.delete_message(message)

    with pytest.raises(errors.MessageGone):
        await messenger.edit_status(job, None)


async def test_a_status_message_can_become_the_clip(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    """However often that is done there is one file in it, and no edit undoes it."""
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    message = await handle.answer()
    job = stage.job(state=JobState.QUEUED, status_message_id=MessageId(message.id))

    await messenger.clip_into_status(job, clip)
    await messenger.clip_into_status(job, clip)

    assert [one.filename for one in message.attachments] == [f"clapper-{job.id}.mp4"]
    assert len(stage.public()) == 1
    assert (await messenger.edit_status(job, None)).end is EditEnd.NOT_ASKED
    assert len(message.attachments) == 1


WITHDRAWN = {
    "nothing": EVERYONE,
    "sending": EVERYONE & ~Permission.SEND_MESSAGES,
    "seeing": EVERYONE & ~Permission.VIEW_CHANNEL,
}


@pytest.mark.parametrize("withdrawn", WITHDRAWN)
async def test_an_end_is_told_whatever_was_withdrawn(
    stage: Stage, messenger: DiscordMessenger, withdrawn: str
) -> None:
    """By the interaction's token, where the bot's own is refused."""
    message, job = await asked_for(stage, state=JobState.UNDELIVERABLE)
    allowed = WITHDRAWN[withdrawn]
    stage.discord.world.set_bot_permissions(stage.world.guild, allowed)

    edit = await messenger.edit_status(job, None)
    assert edit.end is EditEnd.ANSWERED
    assert message.text == f"❌ <@{job.user_id}>'s video could not be posted here."
    shown = replace(job, status_shown=edit.shows)
    assert (await messenger.edit_status(shown, None)).end is EditEnd.NOT_ASKED


@pytest.mark.parametrize("withdrawn", WITHDRAWN)
async def test_a_notice_can_stand_in_the_status_message(
    stage: Stage, messenger: DiscordMessenger, withdrawn: str
) -> None:
    message, job = await asked_for(
        stage, state=JobState.UNDELIVERABLE, failure=Failure.PLACE_FORBIDDEN
    )
    allowed = WITHDRAWN[withdrawn]
    stage.discord.world.set_bot_permissions(stage.world.guild, allowed)

    for _ in range(2):
        assert await messenger.notice_into_status(job) == message.id
        assert "I no longer have permission to post here." in message.text
    assert len(stage.public()) == 1


@pytest.mark.parametrize("age_s", [0, 15 * 60 - 5, 15 * 60])
async def test_a_token_is_used_only_while_it_lives(
    stage: Stage, messenger: DiscordMessenger, age_s: float
) -> None:
    """Discord counts requests with dead ones against us."""
    _, job = await asked_for(stage, state=JobState.UNDELIVERABLE)
    before = datetime.now(UTC) - timedelta(seconds=age_s)
    old = replace(job, requested_at=before)
    stage.discord.world.set_bot_permissions(
        stage.world.guild, EVERYONE & ~Permission.VIEW_CHANNEL
    )
    if age_s == 0:
        assert (await messenger.edit_status(old, None)).end is EditEnd.ANSWERED
    else:
        with pytest.raises(errors.PlaceForbidden):
            await messenger.edit_status(old, None)

    assert len(stage.discord.requests_to("PATCH", "/webhooks/.*")) == (age_s == 0)


async def test_without_a_status_message_a_notice_cannot_stand_in_it(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    with pytest.raises(errors.MessageGone):
        await messenger.notice_into_status(stage.job(failure=Failure.GAVE_UP))


async def test_the_answer_to_a_dropped_request_says_so(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    message, job = await asked_for(stage, state=JobState.REFUSED)

    await messenger.end_answer(job)

    assert message.text == f"❌ <@{job.user_id}>'s video could not be started."
    with pytest.raises(errors.TokenExpired):
        await messenger.end_answer(replace(job, interaction_token=None))


async def test_what_discord_says_to_an_edit_need_not_be_readable(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    message, job = await asked_for(stage, state=JobState.UNDELIVERABLE)
    stage.discord.faults.add(
        Fault(method="PATCH", path=MESSAGES, garble=lambda _: "surprise")
    )

    assert (await messenger.edit_status(job, None)).end is EditEnd.ANSWERED
    assert "could not be posted" in message.text
