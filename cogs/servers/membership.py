"""Which servers the bot is in: told at each start, and whenever one comes or goes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import discord
import structlog
from discord.ext import commands

from bot.errors import StorageError
from bot.ids import GuildId

log = structlog.get_logger(__name__)

TELL_AGAIN_S = 2.0
"""Between two attempts to tell of servers while the database takes nothing."""


class Membership(commands.Cog):
    """Tells what Discord will not tell again, as soon as the database takes it."""

    def __init__(
        self,
        client: discord.Client,
        *,
        left: Callable[[GuildId], Awaitable[None]],
        present: Callable[[Sequence[GuildId]], Awaitable[None]],
    ) -> None:
        """Keep who is told.

        Args:
            client: The bot.
            left: Hears of each server that has removed us.
            present: Hears of all servers that we are in, those included that are
                unavailable just now.
        """
        super().__init__()
        self._client = client
        self._left = left
        self._present = present
        self._told: set[GuildId] = set()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Tell in which servers we are."""
        await self._tell_present()

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Tell that a server has added us, perhaps again."""
        log.info("server joined", guild_id=guild.id)
        await self._tell_present()

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Tell of a server that added us while Discord called that something else."""
        if self._client.is_ready() and guild.id not in self._told:
            await self._tell_present()

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Tell that a server has removed us; an outage of a server is not one."""
        log.info("server left", guild_id=guild.id)
        guild_id = GuildId(guild.id)
        self._told.discard(guild_id)

        async def tell() -> None:
            # Else it has added us again meanwhile.
            if self._client.get_guild(guild_id) is None:
                await self._left(guild_id)

        await self._until_stored(tell)

    async def _tell_present(self) -> None:
        async def tell() -> None:
            self._told = {GuildId(guild.id) for guild in self._client.guilds}
            await self._present(sorted(self._told))

        await self._until_stored(tell)

    async def _until_stored(self, tell: Callable[[], Awaitable[None]]) -> None:
        # Events come with the end, too: nobody listens any more then.
        while not self._client.is_closed():
            try:
                await tell()
            except StorageError as error:
                log.debug("event delayed by database", reason=str(error))
                await asyncio.sleep(TELL_AGAIN_S)
                await self._until_known()
            else:
                return

    async def _until_known(self) -> None:
        """Wait until we know in which servers we are; between sessions we do not."""
        while not (self._client.is_ready() or self._client.is_closed()):  # noqa: ASYNC110 - two events
            await asyncio.sleep(TELL_AGAIN_S)
