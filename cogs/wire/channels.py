"""Whether a channel is age-restricted, and what keeps us from using it."""

from collections.abc import Sequence

from bot.errors import PlaceForbidden, PlaceGone
from bot.ids import ChannelId, GuildId
from bot.servers.places import Permission
from cogs.wire.discord_wire import DiscordWire
from cogs.wire.places import THREADS, is_adult_level, is_for_adults
from cogs.wire.servers import Servers

READ_WITHIN_S = 30.0

_THREAD_TYPES = frozenset(kind.value for kind in THREADS)
_NEEDED = (
    Permission.VIEW_CHANNEL,
    Permission.SEND_MESSAGES,
    Permission.READ_MESSAGE_HISTORY,
)


class DiscordChannels:
    """Implements `bot.moderation.ports.ChannelView`, which says what it does."""

    def __init__(self, wire: DiscordWire, servers: Servers) -> None:
        self._wire = wire
        self._servers = servers

    async def seems_restricted(self, guild_id: GuildId, channel_id: ChannelId) -> bool:
        guild = await self._servers.find(guild_id)
        if guild is None:
            return False
        channel = guild.get_channel_or_thread(channel_id)
        if channel is None and self._servers.remembered(guild_id) is None:
            return await self._is_restricted_thread(guild_id, channel_id)
        return channel is not None and is_for_adults(guild, channel)

    async def restricted_channels(self, guild_id: GuildId) -> frozenset[ChannelId]:
        guild = await self._servers.find(guild_id)
        if guild is None:
            return frozenset()
        return frozenset(
            ChannelId(channel.id)
            for channel in guild.channels
            if is_for_adults(guild, channel)
        )

    async def is_restricted(self, guild_id: GuildId, channel_id: ChannelId) -> bool:
        wire = self._wire
        async with wire.asking("read channel", within_s=READ_WITHIN_S):
            # Not from discord.py's memory: that may be old after a reconnect.
            channel = await wire.channel(channel_id)
            if channel["type"] in _THREAD_TYPES:
                channel = await wire.channel(ChannelId(int(channel["parent_id"])))
            if channel.get("nsfw"):
                return True
            guild = await wire.guild(guild_id)
        return is_adult_level(guild.get("nsfw_level"))

    async def lacks(
        self, guild_id: GuildId, channel_id: ChannelId
    ) -> Sequence[Permission] | None:
        """Return what we must still be allowed in a channel; None if we see none.

        Raises:
            MessengerError: If Discord has to be asked, and does not say.
        """
        guild = await self._servers.find(guild_id)
        channel = None if guild is None else guild.get_channel(channel_id)
        if guild is None or channel is None:
            return None
        may = channel.permissions_for(guild.me)
        return [one for one in _NEEDED if not getattr(may, one.value)]

    async def _is_restricted_thread(
        self, guild_id: GuildId, channel_id: ChannelId
    ) -> bool:
        """Ask of what a list of channels does not hold."""
        try:
            return await self.is_restricted(guild_id, channel_id)
        except (PlaceForbidden, PlaceGone):
            return False
