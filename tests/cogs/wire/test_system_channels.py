"""Where a new server is told how to begin, on a real gateway."""

from typing import Any

import pytest

from bot.errors import MessengerDown, PlaceForbidden
from bot.ids import ChannelId, GuildId
from cogs.bot import ClapperBot
from cogs.wire.system_channels import DiscordSystemChannels
from sandbox.discord.faults import Fault
from sandbox.discord.permissions import Permission
from tests.cogs.stage import Stage, until

POST = r"^/channels/\d+/messages$"


async def until_found(
    channels: DiscordSystemChannels, guild_id: GuildId, wanted: ChannelId | None
) -> None:
    async def is_found() -> bool:
        try:
            return await channels.find(guild_id) == wanted
        except MessengerDown:
            return False

    await until(is_found)


@pytest.fixture
async def channels(stage: Stage, bot: ClapperBot) -> DiscordSystemChannels:
    await bot.wait_until_ready()
    return DiscordSystemChannels(bot.wire, bot.servers, stage.texts)


async def test_a_greeting_that_is_repeated_is_one_message(
    stage: Stage, bot: ClapperBot, channels: DiscordSystemChannels
) -> None:
    """In the server's language, and it pings nobody."""
    guild, general = stage.world.guild, stage.world.general
    stage.discord.world.set_locale(guild, "de")
    stage.discord.world.set_system_channel(guild, general)
    guild_id = GuildId(guild.id)
    await until_found(channels, guild_id, ChannelId(general.id))

    for _ in range(2):
        await channels.greet(guild_id, ChannelId(general.id))

    (message,) = stage.public()
    assert "ich bin Clapper" in message.text
    assert message.pinged == set()
    assert bot.persistent_views == []


async def test_an_answer_that_nobody_expects_is_no_error(
    stage: Stage, channels: DiscordSystemChannels
) -> None:
    """The message stands there; nothing else is made of what Discord says to it."""
    guild, general = stage.world.guild, stage.world.general

    def strange(message: Any) -> object:
        return {"id": message["id"]}

    stage.discord.faults.add(Fault(method="POST", path=POST, garble=strange))
    await channels.greet(GuildId(guild.id), ChannelId(general.id))

    assert len(stage.public()) == 1


@pytest.mark.parametrize("denied", [Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES])
async def test_a_channel_that_is_not_ours_to_write_in_is_none(
    stage: Stage, channels: DiscordSystemChannels, denied: Permission
) -> None:
    world, general = stage.discord.world, stage.world.general
    guild_id = GuildId(stage.world.guild.id)
    assert await channels.find(guild_id) is None
    assert await channels.find(GuildId(7)) is None
    world.set_system_channel(stage.world.guild, general)
    await until_found(channels, guild_id, ChannelId(general.id))

    world.set_overwrite(general, world.bot, deny=denied)
    await until_found(channels, guild_id, None)

    with pytest.raises(PlaceForbidden):
        await channels.greet(guild_id, ChannelId(general.id))


async def test_a_server_in_an_outage_is_not_one_without_a_channel(
    stage: Stage, channels: DiscordSystemChannels
) -> None:
    guild = stage.world.guild
    guild_id = GuildId(guild.id)
    stage.discord.world.set_unavailable(guild)

    async def is_away() -> bool:
        try:
            await channels.find(guild_id)
        except MessengerDown:
            return True
        return False

    await until(is_away)
    stage.discord.world.announce_guild(guild)
    await until_found(channels, guild_id, None)
    assert not await is_away()


async def test_before_the_bot_is_ready_nothing_is_known(stage: Stage) -> None:
    bot = await stage.new_bot()
    channels = DiscordSystemChannels(bot.wire, bot.servers, stage.texts)

    with pytest.raises(MessengerDown):
        await channels.find(GuildId(stage.world.guild.id))
