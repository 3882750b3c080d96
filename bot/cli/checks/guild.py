"""Whether the bot may do its work in one server, channel by channel."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.cli.checks import permissions
from bot.cli.checks.discord_rest import DiscordReader, Unanswered
from bot.cli.checks.finding import Finding, bad, ended, good, note
from bot.cli.checks.permissions import EVERYTHING, Permission
from bot.plain_numbers import plural

_WITH_MESSAGES = {0, 2, 5, 13}
"""Discord docs, "Channel Types": text, voice, announcement and stage channels."""
_UNKNOWN = {403, 404}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    guild: Mapping[str, Any]
    roles: list[Mapping[str, Any]]
    me: Mapping[str, Any]
    channels: list[Mapping[str, Any]]


async def guild_findings(
    discord: DiscordReader, guild_id: int
) -> AsyncIterator[Finding]:
    """Yield one finding for each channel with messages, and one for the server.

    Bad is only a server without any channel to work in: some are closed to the bot on
    purpose.
    """
    try:
        server = await _server(discord, guild_id)
    except Unanswered as error:
        if error.status in _UNKNOWN:
            yield bad(f"Clapper is not a member of server {guild_id}; invite it first.")
        else:
            yield bad(f"Asked about server {guild_id}, Discord {ended(error)}")
        return
    usable, others = 0, []
    for channel in server.channels:
        if channel["type"] in _WITH_MESSAGES:
            finding = _channel_finding(server, channel)
            yield finding
            if finding.ok:
                usable += 1
            else:
                others.append(f"#{channel['name']}")
    name = server.guild["name"]
    if not usable:
        yield bad(f"Clapper can work in no channel of {name}.")
        return
    yield good(f"Clapper can work in {plural(usable, 'channel')} of {name}.")
    if others:
        yield note(f"It cannot work in {', '.join(others)}.")


async def _server(discord: DiscordReader, guild_id: int) -> _Server:
    me = await discord.read("/users/@me")
    at = f"/guilds/{guild_id}"
    guild, roles, member, channels = await asyncio.gather(
        discord.read(at),
        discord.read(f"{at}/roles"),
        discord.read(f"{at}/members/{me['id']}"),
        discord.read(f"{at}/channels"),
    )
    return _Server(
        guild=guild, roles=roles, me={**member, "id": me["id"]}, channels=channels
    )


def _channel_finding(server: _Server, channel: Mapping[str, Any]) -> Finding:
    guild_id, held = server.guild["id"], server.me["roles"]
    mine = permissions.of_guild(server.roles, held, guild_id)
    if server.guild.get("owner_id") == server.me["id"]:
        mine = EVERYTHING
    overwrites = channel.get("permission_overwrites", ())
    ours = permissions.of_channel(
        mine, overwrites, held, guild_id=guild_id, member_id=server.me["id"]
    )
    lacking = permissions.missing(ours)
    name = f"#{channel['name']}"
    if not lacking:
        return good(f"{name}: Clapper has every permission it needs.")
    everyone = permissions.of_channel(
        permissions.of_guild(server.roles, (), guild_id),
        overwrites,
        (),
        guild_id=guild_id,
        member_id=None,
    )
    if Permission.VIEW_CHANNEL in lacking and not everyone:
        return note(f"{name} is private, and Clapper is not let in.")
    titles = ", ".join(permission.title for permission in lacking)
    return note(f"{name}: Clapper lacks {titles}.")
