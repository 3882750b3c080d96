"""What is said of a server is the same whichever process has its shard."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

import pytest

from bot.errors import MessengerDown
from bot.ids import ChannelId, GuildId
from bot.servers.places import Permission
from cogs.bot import ClapperBot
from cogs.wire.channels import DiscordChannels
from cogs.wire.system_channels import DiscordSystemChannels
from sandbox.discord.faults import Fault, Trouble
from sandbox.discord.permissions import Permission as Bits
from sandbox.discord.records import NsfwLevel
from tests.cogs.stage import Stage, eventually

MIB = 1024 * 1024
OF_SERVERS = r"/guilds/\d+"


@pytest.fixture
async def elsewhere(stage: Stage) -> AsyncGenerator[ClapperBot]:
    """A bot that has logged in, and none of whose shards is its own."""
    bot = await stage.new_bot()
    await bot.login(stage.discord.config.token)
    yield bot
    await bot.http.close()


@pytest.fixture
def guild_id(stage: Stage) -> GuildId:
    return GuildId(stage.world.guild.id)


def asked(stage: Stage) -> int:
    return len(stage.discord.requests_to("GET", OF_SERVERS))


async def test_channels_are_as_restricted_as_they_are(
    stage: Stage, elsewhere: ClapperBot, guild_id: GuildId
) -> None:
    world = stage.world
    channels = DiscordChannels(elsewhere.wire, elsewhere.servers)

    restricted = await channels.restricted_channels(guild_id)
    assert restricted == {world.restricted.id, world.review.id}
    for place, is_so in (
        (world.general, False),
        (world.restricted, True),
        (world.general_thread, False),
        (world.restricted_thread, True),
    ):
        channel_id = ChannelId(place.id)
        assert await channels.seems_restricted(guild_id, channel_id) == is_so
    assert not await channels.seems_restricted(guild_id, ChannelId(1))


async def test_in_a_restricted_server_every_channel_is(
    stage: Stage, elsewhere: ClapperBot, guild_id: GuildId
) -> None:
    stage.discord.world.set_nsfw_level(stage.world.guild, NsfwLevel.AGE_RESTRICTED)
    channels = DiscordChannels(elsewhere.wire, elsewhere.servers)

    general = ChannelId(stage.world.general.id)
    assert await channels.seems_restricted(guild_id, general)


async def test_what_we_lack_in_a_channel_is_known(
    stage: Stage, elsewhere: ClapperBot, guild_id: GuildId
) -> None:
    world, general = stage.discord.world, stage.world.general
    world.set_overwrite(general, world.bot, deny=Bits.SEND_MESSAGES)
    channels = DiscordChannels(elsewhere.wire, elsewhere.servers)

    lacking = await channels.lacks(guild_id, ChannelId(general.id))
    assert lacking == [Permission.SEND_MESSAGES]
    assert await channels.lacks(guild_id, ChannelId(stage.world.log.id)) == []


async def test_it_is_greeted_in_its_system_channel_and_language(
    stage: Stage, elsewhere: ClapperBot, guild_id: GuildId
) -> None:
    world, general = stage.discord.world, stage.world.general
    world.set_locale(stage.world.guild, "de")
    world.set_system_channel(stage.world.guild, general)
    channels = DiscordSystemChannels(elsewhere.wire, elsewhere.servers, stage.texts)

    assert await channels.find(guild_id) == general.id
    await channels.greet(guild_id, ChannelId(general.id))

    (message,) = stage.public()
    assert "ich bin Clapper" in message.text
    language = await elsewhere.servers.locale_of_channel(ChannelId(general.id))
    assert language == "de"


async def test_boosts_raise_the_limit_for_files(
    stage: Stage, elsewhere: ClapperBot, guild_id: GuildId
) -> None:
    stage.discord.world.set_boost_tier(stage.world.guild, 3)

    messenger = stage.messenger(elsewhere)
    assert await messenger.upload_limit_bytes(guild_id) == 100 * MIB


async def test_it_is_asked_about_once_a_minute_at_most(
    stage: Stage,
    elsewhere: ClapperBot,
    guild_id: GuildId,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = await elsewhere.servers.find(guild_id)
    before = asked(stage)

    assert await elsewhere.servers.find(guild_id) is first
    assert asked(stage) == before

    monkeypatch.setattr("cogs.wire.servers.REMEMBERED_S", 0.0)
    assert await elsewhere.servers.find(guild_id) is not first
    assert asked(stage) > before


async def test_a_server_that_we_are_not_in_is_none(
    stage: Stage, elsewhere: ClapperBot, guild_id: GuildId
) -> None:
    stage.discord.world.remove_bot(stage.world.guild)

    assert await elsewhere.servers.find(guild_id) is None
    assert await elsewhere.servers.find(GuildId(7)) is None


async def test_a_discord_that_is_down_does_not_say_that_we_are_gone(
    stage: Stage, elsewhere: ClapperBot, guild_id: GuildId
) -> None:
    fault = stage.discord.faults.add(Fault(path=OF_SERVERS, status=503))
    messenger = stage.messenger(elsewhere)

    with pytest.raises(MessengerDown):
        await elsewhere.servers.find(guild_id)
    assert await messenger.upload_limit_bytes(guild_id) == 20 * MIB

    stage.discord.faults.clear(fault)
    assert await elsewhere.servers.find(guild_id) is not None


async def test_who_waits_for_the_read_of_another_waits_no_longer_than_it_may(
    stage: Stage, elsewhere: ClapperBot, guild_id: GuildId
) -> None:
    """A command has seconds; what asks for itself has half a minute."""
    before = asked(stage)
    fault = stage.discord.faults.add(Fault(path=OF_SERVERS, trouble=Trouble.HANG))
    slow = asyncio.create_task(elsewhere.servers.find(guild_id))
    await eventually(lambda: asked(stage) > before)

    with pytest.raises(MessengerDown):
        await elsewhere.servers.find(guild_id, within_s=0.05)
    assert not slow.done()

    stage.discord.faults.clear(fault)
    with suppress(MessengerDown):
        await slow
    assert await elsewhere.servers.find(guild_id) is not None


async def test_where_the_gateway_tells_us_nothing_is_asked(
    stage: Stage, bot: ClapperBot, guild_id: GuildId
) -> None:
    before = asked(stage)
    assert await bot.servers.find(guild_id) is bot.get_guild(guild_id)
    if bot.is_ready():
        assert await bot.servers.find(GuildId(7)) is None
    assert asked(stage) == before
