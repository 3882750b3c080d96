"""Reads from an interaction who acts and where; which places are for adults."""

from datetime import datetime
from typing import Any

import discord

from bot.errors import NotAllowed
from bot.ids import ChannelId, GuildId, InteractionId, UserId
from bot.jobs.video import VideoRequest
from bot.pictures.source import PictureSource
from bot.requests.incoming import IncomingRequest
from bot.servers.people import Actor
from bot.servers.places import Permission, Place
from cogs.private_api import role_ids
from cogs.wire.servers import Servers

_ADULT_LEVELS = frozenset(
    {discord.NSFWLevel.explicit.value, discord.NSFWLevel.age_restricted.value}
)
THREADS = frozenset(
    {
        discord.ChannelType.news_thread,
        discord.ChannelType.public_thread,
        discord.ChannelType.private_thread,
    }
)
_SPOKEN_IN = frozenset({discord.ChannelType.voice, discord.ChannelType.stage_voice})
_WRITTEN_IN = frozenset(
    {discord.ChannelType.text, discord.ChannelType.news, *_SPOKEN_IN, *THREADS}
)
"""Not forums and media channels, whose posts are threads, nor what is new to us."""
SEE_WITHIN_S = 1.5
"""Of the three seconds in which an interaction must be answered."""


def actor_of(interaction: discord.Interaction) -> Actor:
    """Return who acts, with what Discord itself says they may.

    Raises:
        NotAllowed: If this is no server: everything we do belongs to one.
    """
    if interaction.guild_id is None:
        raise NotAllowed("not-allowed-outside-server")
    may = interaction.permissions
    is_manager = may.manage_guild or may.administrator
    return Actor(
        user_id=UserId(interaction.user.id),
        guild_id=GuildId(interaction.guild_id),
        is_moderator=is_manager or may.moderate_members,
        is_manager=is_manager,
        role_ids=role_ids_of(interaction.user),
    )


def role_ids_of(person: discord.User | discord.Member) -> frozenset[int]:
    """Return a member's roles; somebody who has left the server has none."""
    return role_ids(person) if isinstance(person, discord.Member) else frozenset()


async def place_of(interaction: discord.Interaction, servers: Servers) -> Place:
    """Return where an interaction happened, as far as a job's end depends on it.

    Raises:
        MessengerDown: If Discord has to be asked, and does not answer.
    """
    channel = interaction.channel
    kind = None if channel is None else channel.type
    may = interaction.app_permissions
    # Discord says of our permissions what anybody may do, where we are no member.
    guild_id = GuildId(interaction.guild_id or 0)
    guild = await servers.find(guild_id, within_s=SEE_WITHIN_S)
    return Place(
        is_in_server=guild is not None,
        takes_messages=kind in _WRITTEN_IN,
        is_thread=isinstance(channel, discord.Thread),
        is_voice=kind in _SPOKEN_IN,
        is_hidden=guild is not None and await _is_hidden(interaction, servers),
        timed_out_until=_timed_out_until(guild),
        is_closed=isinstance(channel, discord.Thread)
        and (channel.locked or channel.archived),
        is_age_restricted=_is_for_adults_here(interaction, guild),
        allowed=frozenset(
            one for one in Permission if may.administrator or getattr(may, one.value)
        ),
    )


async def incoming_request(
    interaction: discord.Interaction,
    request: VideoRequest,
    servers: Servers,
    picture: PictureSource | None,
) -> IncomingRequest:
    """Return a request as it arrives with this interaction, with its picture, if any.

    Raises:
        NotAllowed: If this is no server.
        MessengerDown: If Discord has to be asked about the place, and does not answer.
    """
    actor = actor_of(interaction)
    return IncomingRequest(
        actor=actor,
        # Without one it is of a kind that we do not know, and refused for that.
        channel_id=ChannelId(interaction.channel_id or 0),
        locale=str(interaction.guild_locale or interaction.locale),
        interaction_id=InteractionId(interaction.id),
        interaction_token=interaction.token,
        application_id=interaction.application_id,
        place=await place_of(interaction, servers),
        request=request,
        picture=picture,
    )


def is_adult_level(level: int | None) -> bool:
    """Return whether a server of this level, by Discord's number, is age-restricted."""
    return level in _ADULT_LEVELS


def is_for_adults(guild: discord.Guild | None, channel: Any) -> bool:  # noqa: ANN401 - any kind of channel, or none
    """Return whether a place is age-restricted, by what discord.py knows of it."""
    if guild is not None and is_adult_level(guild.nsfw_level.value):
        return True
    # A thread answers for its parent. One whose parent we cannot see is not restricted.
    is_nsfw = getattr(channel, "is_nsfw", None)
    return bool(is_nsfw and is_nsfw())


async def _is_hidden(interaction: discord.Interaction, servers: Servers) -> bool:
    """Return whether this is a private thread that we cannot see.

    Discord is asked: our permissions in such a thread are those in its parent, whether
    or not we were added to it, and discord.py forgets that we were removed from one.
    """
    channel = interaction.channel
    if channel is None or channel.type is not discord.ChannelType.private_thread:
        return False
    return not await servers.shows(ChannelId(channel.id), within_s=SEE_WITHIN_S)


def _is_for_adults_here(
    interaction: discord.Interaction, guild: discord.Guild | None
) -> bool:
    channel = interaction.channel
    if guild is not None and isinstance(channel, discord.Thread):
        # Discord names the parent alone, which discord.py may not know.
        return is_for_adults(guild, guild.get_channel(channel.parent_id) or channel)
    return is_for_adults(guild or interaction.guild, channel)


def _timed_out_until(guild: discord.Guild | None) -> datetime | None:
    if guild is None or guild.me is None:
        return None
    return guild.me.timed_out_until
