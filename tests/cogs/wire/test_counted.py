"""Every request to Discord is counted."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import MessengerError, SearchInconclusive
from bot.ids import ChannelId, GuildId, MessageId
from bot.jobs.states import JobState
from bot.pipeline.ports import Posting
from cogs.bot import ClapperBot
from cogs.wire.channels import DiscordChannels
from cogs.wire.messenger import DiscordMessenger
from cogs.wire.system_channels import DiscordSystemChannels
from sandbox.discord.faults import Fault
from tests.cogs.asked import asked_for
from tests.cogs.stage import Stage, eventually
from tests.factories import NOON


@pytest.mark.usefixtures("bot")
async def test_an_acknowledgement_counts(stage: Stage) -> None:
    handle = await stage.discord.slash(
        stage.world.member, stage.world.general, "video", {"prompt": "a boat"}
    )
    await handle.answer()

    await eventually(lambda: stage.counted["acknowledge", "ok"] == 1)


@pytest.mark.usefixtures("bot")
async def test_the_commands_that_are_published_count(stage: Stage) -> None:
    await eventually(lambda: stage.counted["register_commands", "ok"] == 1)


async def test_a_greeting_and_a_look_at_a_channel_count(
    stage: Stage, bot: ClapperBot
) -> None:
    guild_id = GuildId(stage.world.guild.id)
    channel_id = ChannelId(stage.world.general.id)
    await DiscordSystemChannels(bot.wire, bot.servers, stage.texts).greet(
        guild_id, channel_id
    )
    await DiscordChannels(bot.wire, bot.servers).is_restricted(guild_id, channel_id)

    assert stage.counted["greet", "ok"] == 1
    assert stage.counted["read_channel", "ok"] == 1


async def test_what_a_job_asks_has_the_names_that_operators_know(
    stage: Stage, messenger: DiscordMessenger, tmp_path: Path
) -> None:
    clip = tmp_path / "clip.mp4"
    await asyncio.to_thread(clip.write_bytes, b"\0\0\0\x18ftypmp42" + b"x" * 1000)
    _, job = await asked_for(stage, state=JobState.GENERATING)
    done = replace(job, state=JobState.DELIVERED, post_intended_at=NOON)
    await messenger.edit_status(job, None)
    await messenger.post_clip(done, clip)
    await messenger.post_link(replace(done, result_url="https://f.example/"), NOON)
    await messenger.post_notice(replace(job, state=JobState.FAILED))
    await messenger.find_status(job)
    await messenger.original_response(job)
    await messenger.notice_into_status(replace(job, state=JobState.FAILED))
    await messenger.link_into_status(
        replace(done, result_url="https://f.example/"), NOON
    )
    await messenger.clip_into_status(done, clip)
    await messenger.end_answer(replace(job, state=JobState.FAILED))

    counted = {endpoint for endpoint, outcome in stage.counted if outcome == "ok"}
    assert counted >= {
        "post_clip",
        "post_link",
        "post_notice",
        "search",
        "original_response",
        "edit_status",
        "notice_into_status",
        "link_into_status",
        "clip_into_status",
        "end_answer",
    }


async def test_each_token_that_is_tried_counts(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    _, job = await asked_for(stage, state=JobState.GENERATING)
    await messenger.edit_status(replace(job, interaction_token="dead"), None)

    assert stage.counted["edit_status", "TokenExpired"] == 1
    assert stage.counted["edit_status", "ok"] == 1


async def test_a_search_that_proves_nothing_counts_as_such(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    _, job = await asked_for(stage, state=JobState.GENERATING)
    for _ in range(300):
        stage.discord.say(stage.world.moderator, stage.world.general, "chatter")
    with pytest.raises(SearchInconclusive):
        await messenger.find_posted(
            replace(job, post_intended_at=job.requested_at), Posting.CLIP
        )

    assert stage.counted["search", "SearchInconclusive"] == 1


async def test_what_is_refused_counts_by_the_name_of_our_error(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    job = stage.job(status_message_id=MessageId(1))
    stage.discord.faults.add(
        Fault(method="POST", path=r"/channels/\d+/messages", status=403, code=50013)
    )
    with pytest.raises(MessengerError):
        await messenger.post_notice(replace(job, state=JobState.FAILED))

    assert stage.counted["post_notice", "PlaceForbidden"] == 1
