"""How servers, channels, roles and people look in Discord's JSON."""

from collections.abc import Iterable

from sandbox.discord.records import (
    SPOKEN_IN,
    Channel,
    ChannelKind,
    Guild,
    Member,
    Role,
    User,
)
from sandbox.discord.wire import Json, timestamp

_ARCHIVE_AFTER_MINUTES = 1440


def user_payload(user: User) -> Json:
    """Return a user as others see them."""
    return {
        "id": str(user.id),
        "username": user.name,
        "global_name": None if user.bot else user.display_name,
        "discriminator": "0",
        "avatar": None,
        "bot": user.bot,
        "system": False,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def own_user_payload(user: User) -> Json:
    """Return the bot's account as it sees itself."""
    return user_payload(user) | {
        "mfa_enabled": False,
        "locale": user.locale,
        "verified": True,
        "email": None,
    }


def role_payload(role: Role) -> Json:
    """Return a role."""
    return {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(role.permissions),
        "position": role.position,
        "mentionable": role.mentionable,
        "managed": role.managed,
        "hoist": False,
        "color": 0,
        "colors": {
            "primary_color": 0,
            "secondary_color": None,
            "tertiary_color": None,
        },
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def partial_member_payload(member: Member) -> Json:
    """Return what a server adds to a user, without the user."""
    timed_out = member.timed_out_until_s
    return {
        "roles": [str(role_id) for role_id in sorted(member.role_ids)],
        "joined_at": timestamp(member.joined_s),
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "premium_since": None,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": timestamp(timed_out) if timed_out else None,
    }


def member_payload(member: Member) -> Json:
    """Return a member with their user."""
    return partial_member_payload(member) | {
        "user": user_payload(member.user),
        "deaf": False,
        "mute": False,
    }


def channel_payload(channel: Channel) -> Json:
    """Return a channel, a thread or a direct conversation."""
    if channel.kind is ChannelKind.DM:
        return _dm_payload(channel)
    payload: Json = {
        "id": str(channel.id),
        "type": int(channel.kind),
        "guild_id": str(channel.guild_id),
        "name": channel.name,
        "parent_id": _optional(channel.parent_id),
        "last_message_id": _optional(channel.last_message_id),
        "rate_limit_per_user": 0,
        "flags": 0,
    }
    if channel.is_thread:
        return payload | _thread_part(channel)
    if channel.kind in SPOKEN_IN:
        payload |= {"bitrate": 64_000, "user_limit": 0, "rtc_region": None}
    return payload | {
        "position": channel.position,
        "nsfw": channel.nsfw,
        "topic": None,
        "permission_overwrites": [
            {
                "id": str(overwrite.target_id),
                "type": int(overwrite.for_member),
                "allow": str(overwrite.allow),
                "deny": str(overwrite.deny),
            }
            for overwrite in channel.overwrites.values()
        ],
    }


def _dm_payload(channel: Channel) -> Json:
    people = [channel.recipient] if channel.recipient else []
    return {
        "id": str(channel.id),
        "type": int(channel.kind),
        "last_message_id": _optional(channel.last_message_id),
        "recipients": [user_payload(person) for person in people],
        "flags": 0,
    }


def _thread_part(channel: Channel) -> Json:
    return {
        "owner_id": _optional(channel.owner_id),
        "member_count": len(channel.thread_members),
        "message_count": 0,
        "total_message_sent": 0,
        "thread_metadata": {
            "archived": channel.archived,
            "locked": channel.locked,
            "auto_archive_duration": _ARCHIVE_AFTER_MINUTES,
            "archive_timestamp": timestamp(0),
            "create_timestamp": timestamp(0),
            "invitable": True,
        },
    }


def guild_payload(guild: Guild) -> Json:
    """Return a server as GET /guilds shows it: without channels and people."""
    roles = sorted(guild.roles.values(), key=lambda role: role.position)
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "preferred_locale": guild.locale,
        "premium_tier": guild.premium_tier,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "nsfw": guild.nsfw_level.value in {1, 3},
        "nsfw_level": int(guild.nsfw_level),
        "roles": [role_payload(role) for role in roles],
        "features": [],
        "emojis": [],
        "stickers": [],
        "icon": None,
        "banner": None,
        "splash": None,
        "discovery_splash": None,
        "description": None,
        "vanity_url_code": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": _optional(guild.system_channel_id),
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "application_id": None,
        "widget_enabled": False,
        "widget_channel_id": None,
        "region": "deprecated",
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
    }


def guild_create_payload(
    guild: Guild, *, me: Member, channels: Iterable[Channel]
) -> Json:
    """Return a server as GUILD_CREATE tells of it.

    Args:
        guild: The server.
        me: The bot's membership; without the members intent it is the only one told.
        channels: Those to tell of, threads among them.
    """
    told = list(channels)
    return guild_payload(guild) | {
        "joined_at": timestamp(me.joined_s),
        "large": False,
        "member_count": len(guild.members),
        "members": [member_payload(me)],
        "channels": [channel_payload(one) for one in told if not one.is_thread],
        "threads": [
            channel_payload(one) for one in told if one.is_thread and not one.archived
        ],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def _optional(snowflake: int | None) -> str | None:
    return None if snowflake is None else str(snowflake)
