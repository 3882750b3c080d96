"""A server's system channel: where the bot says how to begin."""

from bot.errors import MessengerDown
from bot.ids import ChannelId, GuildId
from bot.servers.greetings import greeting_nonce
from bot.texts.texts import Texts
from cogs.drawing.layout import MessageView, framed, small
from cogs.wire.discord_wire import NOBODY, DiscordWire
from cogs.wire.servers import Servers


class DiscordSystemChannels:
    """Implements `bot.servers.greetings.SystemChannels`, which says what it does."""

    def __init__(self, wire: DiscordWire, servers: Servers, texts: Texts) -> None:
        self._wire = wire
        self._servers = servers
        self._texts = texts

    async def find(self, guild_id: GuildId) -> ChannelId | None:
        guild = await self._servers.find(guild_id)
        if guild is not None and guild.unavailable:
            msg = "find system channel: the server is not there"
            raise MessengerDown(msg)
        channel = None if guild is None else guild.system_channel
        if guild is None or channel is None:
            return None
        may = channel.permissions_for(guild.me)
        return ChannelId(channel.id) if may.view_channel and may.send_messages else None

    async def greet(self, guild_id: GuildId, channel_id: ChannelId) -> None:
        locale = await self._servers.locale(guild_id)
        view = greeting_view(self._texts, locale)
        nonce = greeting_nonce(guild_id)
        async with self._wire.asking("greet"):
            await self._wire.post(channel_id, view, nonce, NOBODY, ())


def greeting_view(texts: Texts, locale: str) -> MessageView:
    """Draw the first message in a server, in the server's language."""
    lines = [
        f"### {texts.say(locale, 'greeting-title')}",
        texts.say(locale, "greeting-begin"),
        texts.say(locale, "greeting-members"),
        texts.say(locale, "greeting-admins"),
        small(texts.say(locale, "greeting-more")),
    ]
    return MessageView(framed(lines))
