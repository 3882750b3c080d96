"""Servers, also those of which this process is not told: they are read from Discord.

discord.py remembers the servers of the shards whose sessions this client began. Of
others it knows nothing: another process has their shard, or had it and left a session.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import discord

from bot.errors import MessengerDown, MessengerError, PlaceForbidden, PlaceGone
from bot.ids import ChannelId, GuildId
from bot.texts.texts import DEFAULT_LOCALE
from cogs import private_api
from cogs.wire.discord_wire import DiscordWire

REMEMBERED_S = 60.0
MOST_REMEMBERED = 500
READ_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What Discord said of a server, and when."""

    guild: discord.Guild | None
    at_s: float


class Servers:
    """Looks servers up: in discord.py's memory, else over REST."""

    def __init__(
        self,
        client: discord.Client,
        wire: DiscordWire,
        *,
        knows: Callable[[GuildId], bool],
    ) -> None:
        """Remember nothing yet.

        Args:
            client: Whose servers they are.
            wire: Asks Discord.
            knows: Whether discord.py knows of a server, if the bot is in it.
        """
        self._client = client
        self._wire = wire
        self._knows = knows
        self._read: OrderedDict[GuildId, _Read] = OrderedDict()
        self._reading: dict[GuildId, asyncio.Lock] = {}

    def remembered(self, guild_id: GuildId) -> discord.Guild | None:
        """Return a server that the gateway told this process of."""
        return self._client.get_guild(guild_id)

    async def find(
        self, guild_id: GuildId, *, within_s: float = READ_WITHIN_S
    ) -> discord.Guild | None:
        """Return a server with its channels, or None if the bot is not in it.

        What has to be asked for is a minute old at most, and comes without threads.

        Raises:
            MessengerError: If Discord has to be asked, and does not say; that is also
                after `within_s` seconds in which another caller was asking.
        """
        guild = self.remembered(guild_id)
        if guild is not None or self._knows(guild_id):
            return guild
        loop = asyncio.get_running_loop()
        until_s = loop.time() + within_s
        reading = self._reading.setdefault(guild_id, asyncio.Lock())
        await _acquire(reading, until_s)
        try:
            return await self._find_once(guild_id, until_s - loop.time())
        finally:
            reading.release()
            self._reading.pop(guild_id, None)

    async def is_in(self, guild_id: GuildId) -> bool:
        """Return whether the bot is in a server.

        Raises:
            MessengerError: If Discord has to be asked, and does not say.
        """
        return await self.find(guild_id) is not None

    async def locale(self, guild_id: GuildId) -> str:
        """Return a server's language, or ours if nobody says.

        Raises:
            MessengerError: If Discord has to be asked, and does not say.
        """
        guild = await self.find(guild_id)
        return DEFAULT_LOCALE if guild is None else str(guild.preferred_locale)

    async def locale_of_channel(self, channel_id: ChannelId) -> str:
        """Return the language of a channel's server, or ours if nobody says."""
        channel = self._client.get_channel(channel_id)
        guild = getattr(channel, "guild", None)
        if guild is not None:
            return str(guild.preferred_locale)
        try:
            async with self._wire.asking("read channel", within_s=READ_WITHIN_S):
                told = await self._wire.channel(channel_id)
            return await self.locale(GuildId(int(told["guild_id"])))
        except (MessengerError, KeyError, TypeError, ValueError):
            return DEFAULT_LOCALE

    async def shows(self, channel_id: ChannelId, *, within_s: float) -> bool:
        """Return whether Discord lets us see a thread.

        Raises:
            MessengerError: If it does not say.
        """
        try:
            async with self._wire.asking("see thread", within_s=within_s):
                await self._wire.channel(channel_id)
        except (PlaceForbidden, PlaceGone):
            return False
        return True

    async def _find_once(
        self, guild_id: GuildId, within_s: float
    ) -> discord.Guild | None:
        now_s = time.monotonic()
        known = self._read.get(guild_id)
        if known is not None and now_s - known.at_s < REMEMBERED_S:
            return known.guild
        guild = await self._ask(guild_id, within_s)
        self._read[guild_id] = _Read(guild=guild, at_s=now_s)
        self._read.move_to_end(guild_id)
        if len(self._read) > MOST_REMEMBERED:
            self._read.popitem(last=False)
        return guild

    async def _ask(self, guild_id: GuildId, within_s: float) -> discord.Guild | None:
        try:
            async with self._wire.asking("read server", within_s=within_s):
                told, channels, me = await asyncio.gather(
                    self._wire.guild(guild_id),
                    self._wire.channels(guild_id),
                    self._wire.own_membership(guild_id),
                )
                return private_api.guild_of(self._client, told, channels, me)
        except (PlaceForbidden, PlaceGone):
            return None


async def _acquire(reading: asyncio.Lock, until_s: float) -> None:
    try:
        async with asyncio.timeout_at(until_s):
            await reading.acquire()
    except TimeoutError as error:
        msg = "read server: another caller is still reading it"
        raise MessengerDown(msg) from error
