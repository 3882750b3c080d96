"""What Discord says of channels: age restrictions, and what keeps us from them."""

import pytest

from bot.errors import PlaceForbidden, PlaceGone
from bot.ids import ChannelId, GuildId
from bot.servers.places import Permission
from cogs.bot import ClapperBot
from cogs.wire.channels import DiscordChannels
from sandbox.discord.permissions import Permission as Bits
from sandbox.discord.records import NsfwLevel
from tests.cogs.stage import Stage, until

GONE = ChannelId(1)


@pytest.fixture
def channels(bot: ClapperBot) -> DiscordChannels:
    return DiscordChannels(bot.wire, bot.servers)


@pytest.fixture
def guild_id(stage: Stage) -> GuildId:
    return GuildId(stage.world.guild.id)


async def test_a_channel_is_restricted_by_its_own_flag(
    stage: Stage, channels: DiscordChannels, guild_id: GuildId
) -> None:
    world = stage.world

    assert await channels.restricted_channels(guild_id) == {
        world.restricted.id,
        world.review.id,
    }
    assert await channels.restricted_channels(GuildId(1)) == frozenset()
    for place, restricted in (
        (world.general, False),
        (world.restricted, True),
        (world.general_thread, False),
        (world.restricted_thread, True),
    ):
        channel_id = ChannelId(place.id)
        assert await channels.is_restricted(guild_id, channel_id) == restricted
        assert await channels.seems_restricted(guild_id, channel_id) == restricted


@pytest.mark.parametrize("level", [NsfwLevel.EXPLICIT, NsfwLevel.AGE_RESTRICTED])
async def test_in_a_restricted_server_every_channel_is(
    stage: Stage, channels: DiscordChannels, guild_id: GuildId, level: NsfwLevel
) -> None:
    stage.discord.world.set_nsfw_level(stage.world.guild, level)
    general = ChannelId(stage.world.general.id)
    await until(lambda: channels.seems_restricted(guild_id, general))

    assert await channels.is_restricted(guild_id, general)
    assert {general, stage.world.log.id} < await channels.restricted_channels(guild_id)


async def test_a_channel_that_we_do_not_see_is_not_taken_for_restricted(
    channels: DiscordChannels, guild_id: GuildId
) -> None:
    assert not await channels.seems_restricted(guild_id, GONE)
    assert await channels.lacks(guild_id, GONE) is None
    with pytest.raises((PlaceGone, PlaceForbidden)):
        await channels.is_restricted(guild_id, GONE)


async def test_what_we_lack_in_a_channel_is_named(
    stage: Stage, channels: DiscordChannels, guild_id: GuildId
) -> None:
    world, general = stage.discord.world, stage.world.general
    assert await channels.lacks(guild_id, ChannelId(general.id)) == []

    world.set_overwrite(general, world.bot, deny=Bits.SEND_MESSAGES)
    await until(lambda: channels.lacks(guild_id, ChannelId(general.id)))

    assert await channels.lacks(guild_id, ChannelId(general.id)) == [
        Permission.SEND_MESSAGES
    ]
