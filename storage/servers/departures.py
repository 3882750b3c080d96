"""Servers that have removed the bot, as far as it knows."""

from sqlalchemy import Connection, bindparam, delete

from bot.ids import GuildId
from storage.tables.servers import departures

_COME_BACK = delete(departures).where(departures.c.guild_id == bindparam("of_guild"))


def come_back(connection: Connection, guild_id: GuildId) -> None:
    """Note that the bot is in a server, which therefore keeps its data."""
    connection.execute(_COME_BACK, {"of_guild": guild_id})
