"""Whether the bot may do its work in one server, channel by channel."""

from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus

import discord
from discord.abc import GuildChannel

from bot.cli.checks.discord_client import Unanswered, answer
from bot.cli.checks.finding import Finding, bad, ended, good, note
from bot.plain_numbers import plural
from bot.servers.places import Permission

NEEDED = discord.Permissions(
    **{one.value: True for one in Permission if one is not Permission.CONNECT}
)
"""What Clapper needs where it works: posting clips, in threads too, and finding its own
messages again after a crash."""
_BY_BIT = sorted(
    (one.value for one in Permission if one is not Permission.CONNECT),
    key=lambda name: discord.Permissions(**{name: True}).value,
)
_UNKNOWN = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}


async def guild_findings(
    client: discord.Client, guild_id: int
) -> AsyncIterator[Finding]:
    """Yield one finding for each channel with messages, and one for the server.

    Bad is only a server without any channel to work in: some are closed to the bot on
    purpose.
    """
    try:
        name, me, channels = await answer(lambda: _server(client, guild_id))
    except Unanswered as error:
        if error.status in _UNKNOWN:
            yield bad(f"Clapper is not a member of server {guild_id}; invite it first.")
        else:
            yield bad(f"Asked about server {guild_id}, Discord {ended(error)}")
        return
    usable, others = 0, []
    for channel in channels:
        if isinstance(channel, discord.abc.Messageable):
            finding = _channel_finding(channel, me)
            yield finding
            if finding.ok:
                usable += 1
            else:
                others.append(f"#{channel.name}")
    if not usable:
        yield bad(f"Clapper can work in no channel of {name}.")
        return
    yield good(f"Clapper can work in {plural(usable, 'channel')} of {name}.")
    if others:
        yield note(f"It cannot work in {', '.join(others)}.")


async def _server(
    client: discord.Client, guild_id: int
) -> tuple[str, discord.Member, Sequence[GuildChannel]]:
    assert client.user is not None
    guild = await client.fetch_guild(guild_id, with_counts=False)
    me = await guild.fetch_member(client.user.id)
    return guild.name, me, await guild.fetch_channels()


def _channel_finding(channel: GuildChannel, me: discord.Member) -> Finding:
    may = channel.permissions_for(me)
    # What cannot be seen cannot be used, whatever else is allowed there.
    lacking = [one for one in _BY_BIT if not (may.view_channel and getattr(may, one))]
    name = f"#{channel.name}"
    if not lacking:
        return good(f"{name}: Clapper has every permission it needs.")
    everyone = channel.permissions_for(channel.guild.default_role)
    if not (may.view_channel or everyone.view_channel):
        return note(f"{name} is private, and Clapper is not let in.")
    titles = ", ".join(map(_title, lacking))
    return note(f"{name}: Clapper lacks {titles}.")


def _title(name: str) -> str:
    """Return the name of a permission that Discord's settings show."""
    return name.replace("_", " ").title().replace(" In ", " in ")
