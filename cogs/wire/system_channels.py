"""A server's system channel: where the bot says how to begin."""

import discord

from bot.errors import MessengerDown
from bot.ids import ChannelId, GuildId
from bot.servers.greetings import greeting_nonce
from bot.texts.texts import Texts
from cogs.drawing.layout import MessageView, framed, small
from cogs.wire.discord_wire import NOBODY, DiscordWire, locale_of


class DiscordSystemChannels:
    """Implements `bot.servers.greetings.SystemChannels`, which says what it does."""

    def __init__(self, client: discord.Client, wire: DiscordWire, texts: Texts) -> None:
        self._client = client
        self._wire = wire
        self._texts = texts

    def find(self, guild_id: GuildId) -> ChannelId | None:
        client = self._client
        guild = client.get_guild(guild_id)
        if not client.is_ready() or (guild is not None and guild.unavailable):
            msg = "find system channel: the server is not there"
            raise MessengerDown(msg)
        channel = None if guild is None else guild.system_channel
        if guild is None or channel is None:
            return None
        may = channel.permissions_for(guild.me)
        return ChannelId(channel.id) if may.view_channel and may.send_messages else None

    async def greet(self, guild_id: GuildId, channel_id: ChannelId) -> None:
        guild = self._client.get_guild(guild_id)
        view = greeting_view(self._texts, locale_of(guild))
        nonce = greeting_nonce(guild_id)
        async with self._wire.asking("greet"):
            await self._wire.post(channel_id, view, nonce, NOBODY, None)


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
