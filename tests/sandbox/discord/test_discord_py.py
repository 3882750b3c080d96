"""The stand-in as discord.py meets it: nothing of the client is replaced.

Only the two addresses that it would dial are changed, and put back afterwards.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import discord
import pytest
import yarl

from sandbox.discord.faults import Fault
from sandbox.discord.handle import ApplicationDidNotRespond
from sandbox.discord.invocation import Options
from sandbox.discord.messages import Message
from sandbox.discord.rate_limits import Quota, RateLimits
from sandbox.discord.records import MIB
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.standard_world import StandardWorld
from tests.sandbox.discord.conftest import CONFIG
from tests.sandbox.discord.real_bot import CLIP, RealBot, clip_file


@pytest.fixture
async def service() -> AsyncIterator[DiscordSandbox]:
    """With Discord's own document, where there is a copy of it."""
    openapi = os.environ.get("DISCORD_OPENAPI")
    config = replace(CONFIG, openapi=Path(openapi) if openapi else None)
    async with DiscordSandbox(config) as discord:
        yield discord


@pytest.fixture
async def real_bot(
    service: DiscordSandbox, place: StandardWorld, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RealBot]:
    gateway = yarl.URL(service.gateway_url)
    monkeypatch.setattr(discord.http.Route, "BASE", service.rest_url)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
    bot = RealBot()
    running = asyncio.create_task(bot.start(service.config.token), name="real bot")
    await service.wait_ready(["video", "slow"])
    await service.wait_until(lambda: bot.get_guild(place.guild.id) is not None)
    yield bot
    await bot.close()
    await running
    assert service.violations == []


async def _clip(service: DiscordSandbox, place: StandardWorld) -> Message:
    """Ask for a video and return the message with the clip."""
    options: Options = {"prompt": "a cat", "who": place.admin}
    handle = await service.slash(place.member, place.general, "video", options)
    status = await handle.answer()
    await service.wait_until(lambda: status.text == "done")
    assert [one.content for one in status.history] == ["queued a cat for ada"]
    return await service.wait_for_message(place.general, lambda one: bool(one.videos))


async def test_a_command_is_answered_with_a_clip_posted_once(
    service: DiscordSandbox, place: StandardWorld, real_bot: RealBot
) -> None:
    message = await _clip(service, place)

    [video] = message.videos
    assert (video.filename, video.data, video.spoiler) == ("clip.mp4", CLIP, True)
    assert message.pinged == {place.member.id}
    assert message.text.startswith(f"<@{place.member.id}> done")
    assert len(service.messages(place.general)) == 2
    posts = service.requests_to("POST", r"/channels/\d+/messages")
    assert [one.status for one in posts] == [200, 200]
    assert real_bot.errors == []


async def test_a_button_opens_a_form_that_is_sent_in(
    service: DiscordSandbox, place: StandardWorld, real_bot: RealBot
) -> None:
    message = await _clip(service, place)

    pressed = await service.press(place.other_member, message, "Again")
    modal = (await pressed.response()).modal
    sent = await service.submit_modal(place.other_member, modal, {"Prompt": "a dog"})

    answer = await sent.answer()
    assert answer.text == "7: a dog"
    assert answer.ephemeral_for is place.other_member
    assert real_bot.errors == []


async def test_the_file_of_a_message_can_be_read_back(
    place: StandardWorld, real_bot: RealBot
) -> None:
    channel = real_bot.get_channel(place.general.id)
    assert isinstance(channel, discord.TextChannel)
    file = clip_file()

    sent = await channel.send("look", file=file)

    [attachment] = (await channel.fetch_message(sent.id)).attachments
    assert await attachment.read() == CLIP
    history = [one.id async for one in channel.history(limit=5)]
    assert history == [sent.id]


async def test_an_answer_that_comes_too_late_is_not_found(
    service: DiscordSandbox, place: StandardWorld, real_bot: RealBot
) -> None:
    handle = await service.slash(place.member, place.general, "slow")
    service.clock.advance(service.config.ack_window_s)
    with pytest.raises(ApplicationDidNotRespond):
        await handle.response()

    real_bot.go_on.set()

    await service.wait_until(lambda: bool(real_bot.errors))
    [error] = real_bot.errors
    assert isinstance(error, discord.NotFound)
    assert error.code == 10062


async def test_an_edit_after_the_tokens_end_is_refused(
    service: DiscordSandbox, place: StandardWorld, real_bot: RealBot
) -> None:
    service.faults.add(
        Fault(method="PATCH", path="@original", status=401, code=50027, times=1)
    )
    real_bot.go_on.set()

    handle = await service.slash(place.member, place.general, "slow")

    await service.wait_until(lambda: bool(real_bot.errors))
    [error] = real_bot.errors
    assert isinstance(error, discord.HTTPException)
    assert (error.status, error.code) == (401, 50027)
    assert (await handle.answer()).text == "at last"


async def test_asked_to_reconnect_it_resumes_and_is_told_what_it_missed(
    service: DiscordSandbox, place: StandardWorld, real_bot: RealBot
) -> None:
    real_bot.go_on.set()
    service.gateway.ask_to_reconnect()
    await service.wait_until(lambda: not service.gateway.is_ready)

    handle = await service.slash(place.member, place.general, "slow")

    assert (await handle.answer()).author is service.world.bot
    assert service.gateway.resumes == 1
    assert service.gateway.identifies == 1
    await service.wait_until(lambda: real_bot.resumed == 1)


async def test_a_broken_connection_is_resumed(
    service: DiscordSandbox, place: StandardWorld, real_bot: RealBot
) -> None:
    real_bot.go_on.set()
    service.gateway.drop(4000)
    await service.wait_until(lambda: service.gateway.resumes == 1)

    handle = await service.slash(place.member, place.general, "slow")

    assert (await handle.answer()).author is service.world.bot


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalid_session_is_resumed_or_begun_anew(
    service: DiscordSandbox,
    place: StandardWorld,
    real_bot: RealBot,
    *,
    resumable: bool,
) -> None:
    real_bot.go_on.set()
    service.gateway.invalidate(resumable=resumable)
    again = service.gateway
    await service.wait_until(lambda: again.resumes + again.identifies == 2)
    await service.wait_ready()

    handle = await service.slash(place.member, place.general, "slow")

    assert (await handle.answer()).author is service.world.bot
    assert again.identifies == (1 if resumable else 2)


async def test_it_waits_when_told_that_it_is_too_fast(
    service: DiscordSandbox, place: StandardWorld, real_bot: RealBot
) -> None:
    quotas = {"message-create": Quota(requests=2, per_s=0.2)}
    service.limiter.limits = RateLimits(quotas=quotas, global_per_s=1000)
    service.faults.add(Fault(method="POST", status=429, retry_after_s=0.01, times=1))
    channel = real_bot.get_channel(place.general.id)
    assert isinstance(channel, discord.TextChannel)

    for number in range(5):
        await channel.send(str(number))

    texts = [one.text for one in service.messages(place.general)]
    assert texts == ["0", "1", "2", "3", "4"]
    statuses = [one.status for one in service.requests_to("POST", ".*/messages")]
    assert statuses[0] == 429


async def test_a_file_too_large_is_refused_in_words_it_knows(
    service: DiscordSandbox, place: StandardWorld, real_bot: RealBot, tmp_path: Path
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(bytes(20 * MIB + 1))
    channel = real_bot.get_channel(place.general.id)
    assert isinstance(channel, discord.TextChannel)

    with pytest.raises(discord.HTTPException) as refused:
        await channel.send(file=discord.File(path))

    assert (refused.value.status, refused.value.code) == (413, 40005)
    assert service.messages(place.general) == []


async def test_it_follows_the_world(
    service: DiscordSandbox, place: StandardWorld, real_bot: RealBot
) -> None:
    guild = real_bot.get_guild(place.guild.id)
    channel = real_bot.get_channel(place.restricted.id)
    thread = real_bot.get_channel(place.restricted_thread.id)
    assert guild is not None
    assert isinstance(channel, discord.TextChannel)
    assert isinstance(thread, discord.Thread)
    assert channel.is_nsfw()
    assert thread.is_nsfw()
    me = channel.permissions_for(guild.me)
    assert me.send_messages
    assert me.attach_files

    service.world.set_nsfw(place.restricted, nsfw=False)
    service.world.set_boost_tier(place.guild, 3)
    await service.wait_until(lambda: not channel.is_nsfw())
    await service.wait_until(lambda: guild.filesize_limit == 100 * MIB)
    service.world.remove_bot(place.guild)

    await service.wait_until(lambda: real_bot.left == ["Film Club"])
