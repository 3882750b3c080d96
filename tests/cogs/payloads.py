"""What Discord sends of an interaction, as small as discord.py takes it."""

from collections.abc import Mapping
from typing import Any

import discord

GUILD_ID = 1_300_000_000_000_000_001
CHANNEL_ID = 1_300_000_000_000_000_002
PARENT_ID = 1_300_000_000_000_000_005
USER_ID = 1_300_000_000_000_000_003
TEXT_CHANNEL = 0
PUBLIC_THREAD = 11


def make_interaction(**overrides: Any) -> discord.Interaction:
    """Return a real interaction with a command in a channel, sent to a real client."""
    client = discord.Client(intents=discord.Intents(guilds=True))
    me: Any = {"id": "9", "username": "Clapper", "discriminator": "0", "avatar": None}
    state: Any = client._connection
    state.user = discord.ClientUser(state=state, data=me)
    if overrides.pop("is_in_server", True):
        level = overrides.get("nsfw_level", 0)
        known: Any = {
            "id": str(GUILD_ID),
            "nsfw_level": level,
            "members": [
                {
                    "user": me,
                    "roles": [],
                    "joined_at": "2026-01-01T00:00:00+00:00",
                    "deaf": False,
                    "mute": False,
                    "flags": 0,
                    "communication_disabled_until": overrides.pop(
                        "timed_out_until", None
                    ),
                }
            ],
        }
        state._add_guild_from_data(known)
    return discord.Interaction(
        data=interaction_payload(**overrides),  # type: ignore[arg-type]
        state=client._connection,
    )


def interaction_payload(**overrides: Any) -> dict[str, Any]:
    permissions: discord.Permissions = overrides.pop(
        "member_permissions", discord.Permissions.none()
    )
    app_permissions: discord.Permissions = overrides.pop(
        "app_permissions", discord.Permissions.none()
    )
    nsfw_level: int = overrides.pop("nsfw_level", 0)
    payload: dict[str, Any] = {
        "id": "1400000000000000001",
        "application_id": "1300000000000000004",
        "type": 2,
        "token": "token-of-an-interaction",
        "version": 1,
        "guild_id": str(GUILD_ID),
        "guild": {"id": str(GUILD_ID), "nsfw_level": nsfw_level, "features": []},
        "channel_id": str(CHANNEL_ID),
        "channel": channel_payload(),
        "locale": "de",
        "guild_locale": "fr",
        "attachment_size_limit": 20 * 1024 * 1024,
        "app_permissions": str(app_permissions.value),
        "member": {
            "user": {
                "id": str(USER_ID),
                "username": "mara",
                "discriminator": "0",
                "avatar": None,
            },
            "roles": [],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
            "permissions": str(permissions.value),
        },
        "data": {"id": "1", "name": "video", "type": 1},
        "entitlements": [],
        "context": 0,
    }
    return payload | overrides


def channel_payload(**overrides: Any) -> dict[str, Any]:
    return {
        "id": str(CHANNEL_ID),
        "type": TEXT_CHANNEL,
        "name": "general",
        "position": 0,
        "permission_overwrites": [],
        "nsfw": False,
    } | overrides


def thread_payload(metadata: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {
        "id": str(CHANNEL_ID),
        "type": PUBLIC_THREAD,
        "name": "ideas",
        "guild_id": str(GUILD_ID),
        "parent_id": str(PARENT_ID),
        "owner_id": str(USER_ID),
        "message_count": 0,
        "member_count": 1,
        "thread_metadata": {
            "archived": False,
            "locked": False,
            "auto_archive_duration": 60,
            "archive_timestamp": "2026-01-01T00:00:00+00:00",
            **(metadata or {}),
        },
    }
