"""Reads from an interaction who acts and where, in the domain's words."""

import discord

from bot.domain.ids import ChannelId, GuildId, InteractionId, UserId
from bot.domain.people import Actor
from bot.domain.places import Permission, Place
from bot.domain.video import VideoRequest
from bot.errors import NotAllowed
from bot.usecases.asked import Asked

_ADULT_LEVELS = frozenset(
    {discord.NSFWLevel.explicit, discord.NSFWLevel.age_restricted}
)


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
    return frozenset(role.id for role in getattr(person, "roles", ()))


def place_of(interaction: discord.Interaction) -> Place:
    """Return where an interaction happened, as far as a job's end depends on it."""
    channel = interaction.channel
    may = interaction.app_permissions
    return Place(
        is_thread=isinstance(channel, discord.Thread),
        is_closed=isinstance(channel, discord.Thread)
        and (channel.locked or channel.archived),
        is_age_restricted=_is_age_restricted(interaction),
        allowed=frozenset(
            one for one in Permission if may.administrator or getattr(may, one.value)
        ),
    )


def asked_with(interaction: discord.Interaction, request: VideoRequest) -> Asked:
    """Return a request as it arrives with this interaction.

    Raises:
        NotAllowed: If this is no server.
    """
    actor = actor_of(interaction)
    return Asked(
        actor=actor,
        # Within a server every interaction comes from a channel.
        channel_id=ChannelId(interaction.channel_id or 0),
        locale=str(interaction.guild_locale or interaction.locale),
        interaction_id=InteractionId(interaction.id),
        interaction_token=interaction.token,
        application_id=interaction.application_id,
        place=place_of(interaction),
        request=request,
    )


def _is_age_restricted(interaction: discord.Interaction) -> bool:
    guild = interaction.guild
    if guild is not None and guild.nsfw_level in _ADULT_LEVELS:
        return True
    # A thread answers for its parent. One whose parent we cannot see is not restricted.
    is_nsfw = getattr(interaction.channel, "is_nsfw", None)
    return bool(is_nsfw and is_nsfw())
