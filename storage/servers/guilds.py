"""The row of each server: its settings, and the lock for decisions on its requests."""

from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.ids import GuildId
from bot.quotas.prices_shown import PricesShown
from bot.servers.windows import DEFAULT_ZONE
from storage.tables.servers import guilds

EVERYBODY = GuildId(0)
"""No server's id: the row to hold for a decision that depends on all servers."""

# The two databases word this the same; SQLAlchemy has it in their dialects only.
_KNOWN = [guilds.c.guild_id]
_ADD: dict[str, Any] = {
    "sqlite": sqlite_insert(guilds).on_conflict_do_nothing(index_elements=_KNOWN),
    "postgresql": postgresql_insert(guilds).on_conflict_do_nothing(
        index_elements=_KNOWN
    ),
}
_ZONE = select(guilds.c.zone).where(guilds.c.guild_id == bindparam("of_guild"))
_PRICES = select(guilds.c.prices).where(guilds.c.guild_id == bindparam("of_guild"))
# SQLite has no row locks, and needs none: its only writer is alone anyway. SQLAlchemy
# leaves these words out for it.
_HELD_ZONE = _ZONE.with_for_update()


def zone(connection: Connection, guild_id: GuildId) -> str:
    """Return a server's time zone, by its IANA name."""
    stored: str | None = connection.scalar(_ZONE, {"of_guild": guild_id})
    return stored or DEFAULT_ZONE


def prices(connection: Connection, guild_id: GuildId) -> PricesShown:
    """Return who sees what videos cost in a server."""
    stored: PricesShown | None = connection.scalar(_PRICES, {"of_guild": guild_id})
    return stored or PricesShown.NOBODY


def hold(connection: Connection, guild_id: GuildId) -> str:
    """Lock this server's row until the transaction ends.

    Makes the row if there is none, and returns the time zone in it.
    """
    while True:
        stored: str | None = connection.scalar(_HELD_ZONE, {"of_guild": guild_id})
        if stored is not None:
            return stored
        # Another process may make it, or erase the server, in between.
        connection.execute(
            _ADD[connection.dialect.name], {"guild_id": guild_id, "zone": DEFAULT_ZONE}
        )
