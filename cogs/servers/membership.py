"""Which servers the bot is in: told at each start, and whenever one comes or goes.

A process knows only the servers of its own shards, and of these only where it began the
session itself: Discord does not tell of them who goes on with another one's session.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import discord
import structlog
from discord.ext import commands

from bot.errors import StorageError
from bot.ids import GuildId
from bot.processes.shards import KnownShards
from cogs.gateway.steady import SteadyBot

log = structlog.get_logger(__name__)

TELL_AGAIN_S = 2.0
"""Between two attempts to tell of servers while the database takes nothing."""


class Membership(commands.Cog):
    """Tells what Discord will not tell again, as soon as the database takes it."""

    def __init__(
        self,
        client: SteadyBot,
        *,
        left: Callable[[GuildId], Awaitable[None]],
        present: Callable[[Sequence[GuildId], KnownShards], Awaitable[None]],
    ) -> None:
        """Keep who is told.

        Args:
            client: The bot.
            left: Hears of each server that has removed us.
            present: Hears of servers that we are in, those included that are
                unavailable just now: of some shards all of them, of others maybe some.
        """
        super().__init__()
        self._client = client
        self._left = left
        self._present = present
        self._told: set[GuildId] = set()
        self._gone: set[GuildId] = set()

    @commands.Cog.listener()
    async def on_shard_known(self, shard_id: int) -> None:  # noqa: ARG002 - all are told
        """Tell in which servers we are."""
        await self._tell_present()

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Tell that a server has added us, perhaps again."""
        log.info("server joined", guild_id=guild.id)
        self._gone.discard(GuildId(guild.id))
        await self._tell_present()

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Tell of a server that added us while Discord called that something else."""
        guild_id = GuildId(guild.id)
        if guild_id in self._told:
            return
        if guild_id in self._gone or self._client.known_shards.cover(guild_id):
            self._gone.discard(guild_id)
            await self._tell_present()

    @commands.Cog.listener()
    async def on_guild_left(self, guild_id: int) -> None:
        """Tell that a server has removed us; an outage of a server is not one."""
        log.info("server left", guild_id=guild_id)
        gone = GuildId(guild_id)
        self._told.discard(gone)
        self._gone.add(gone)

        async def tell() -> None:
            # Else it has added us again meanwhile.
            if gone in self._gone and self._client.get_guild(gone) is None:
                await self._left(gone)

        await self._until_stored(tell)

    async def _tell_present(self) -> None:
        async def tell() -> None:
            shards = await self._client.certain_shards()
            self._told = {GuildId(guild.id) for guild in self._client.guilds}
            await self._present(sorted(self._told), shards)

        await self._until_stored(tell)

    async def _until_stored(self, tell: Callable[[], Awaitable[None]]) -> None:
        # Events come with the end, too: nobody listens any more then.
        while not self._client.is_closed():
            try:
                await tell()
            except StorageError as error:
                log.debug("event delayed by database", reason=str(error))
                await asyncio.sleep(TELL_AGAIN_S)
            else:
                return
