"""What the bot's own token may do where. Not for interaction tokens.

Source: Discord docs, the permissions named with each endpoint, and "Threads" for
what an archived one still allows.
"""

from sandbox.discord.clock import Clock
from sandbox.discord.permissions import Permission, sending
from sandbox.discord.records import (
    MIB,
    SPOKEN_IN,
    WITHOUT_MESSAGES,
    Channel,
    Guild,
)
from sandbox.discord.refusals import Refusal
from sandbox.discord.world import World

_BOOSTED_BYTES = {2: 50 * MIB, 3: 100 * MIB}


class Access:
    """Answers whether, and refuses in Discord's words if not."""

    def __init__(
        self, world: World, clock: Clock, default_upload_limit_bytes: int
    ) -> None:
        self._world = world
        self._clock = clock
        self._default_bytes = default_upload_limit_bytes

    def guild(self, guild_id: int) -> Guild:
        """Return a server the bot is in.

        Raises:
            ApiError: 10004 if there is none.
        """
        guild = self._world.guilds.get(guild_id)
        if guild is None or self._world.bot_member(guild) is None:
            raise Refusal.UNKNOWN_GUILD.error()
        return guild

    def channel(self, channel_id: int) -> Channel:
        """Return a channel that the bot can see.

        Raises:
            ApiError: 10003 if there is none, 50001 if the bot cannot see it, or may not
                connect to it where people speak.
        """
        channel = self._world.channel(channel_id)
        if channel is None:
            raise Refusal.UNKNOWN_CHANNEL.error()
        needed = Permission.VIEW_CHANNEL
        if channel.kind in SPOKEN_IN:
            needed |= Permission.CONNECT
        if self.bits(channel) & needed != needed:
            raise Refusal.MISSING_ACCESS.error()
        return channel

    def bits(self, channel: Channel) -> int:
        """Return the bot's permissions in a channel."""
        return self._world.permissions(self._world.bot, channel, self._clock.now_s())

    def require(self, channel: Channel, needed: Permission) -> None:
        """Do nothing if the bot has all of these permissions there.

        Raises:
            ApiError: 50013 if it has not.
        """
        if self.bits(channel) & needed != needed:
            raise Refusal.MISSING_PERMISSIONS.error()

    def post(self, channel: Channel, *, files: bool, embeds: bool, reply: bool) -> None:
        """Do nothing if the bot may post such a message there.

        Raises:
            ApiError: 50008, 50007, 50083, 50013 or 160002, whichever comes first.
        """
        if channel.kind in WITHOUT_MESSAGES:
            raise Refusal.NO_TEXT_CHANNEL.error()
        if channel.recipient is not None and not channel.recipient.accepts_dms:
            raise Refusal.NO_DMS.error()
        needed = sending(channel)
        if files:
            needed |= Permission.ATTACH_FILES
        if embeds:
            needed |= Permission.EMBED_LINKS
        self.require(channel, needed)
        bits = self.bits(channel)
        locked = channel.archived and channel.locked
        if locked and not bits & Permission.MANAGE_THREADS:
            raise Refusal.ARCHIVED_THREAD.error()
        if reply and not bits & Permission.READ_MESSAGE_HISTORY:
            raise Refusal.REPLY_WITHOUT_HISTORY.error()

    def posted(self, channel: Channel) -> None:
        """Reopen an archived thread, because something was posted in it."""
        if channel.archived:
            self._world.set_archived(channel, archived=False, locked=channel.locked)

    def change_in(self, channel: Channel) -> None:
        """Do nothing if messages there may be changed.

        Raises:
            ApiError: 50083 if it is an archived thread.
        """
        if channel.archived:
            raise Refusal.ARCHIVED_THREAD.error()

    def upload_limit_bytes(self, channel: Channel) -> int:
        """Return how large a file the bot may post there."""
        guild = self._world.guild_of(channel)
        tier = guild.premium_tier if guild else 0
        return max(self._default_bytes, _BOOSTED_BYTES.get(tier, 0))
