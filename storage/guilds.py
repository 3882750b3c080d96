"""The row of each server: its settings, and the lock for decisions on its requests."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.ids import GuildId
from bot.servers.windows import DEFAULT_ZONE
from storage.guild_tables import guilds
from storage.work import WorkConnection

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
# SQLite has no row locks, and needs none: its only writer is alone anyway. SQLAlchemy
# leaves these words out for it.
_HELD_ZONE = _ZONE.with_for_update()


async def zone(connection: WorkConnection, guild_id: GuildId) -> str:
    """Return a server's time zone, by its IANA name."""
    stored: str | None = await connection.scalar(_ZONE, {"of_guild": guild_id})
    return stored or DEFAULT_ZONE


async def hold(connection: WorkConnection, guild_id: GuildId) -> str:
    """Keep everybody else from deciding on this server until the transaction ends.

    Makes the row if there is none, and returns the time zone in it.
    """
    stored: str | None = await connection.scalar(_HELD_ZONE, {"of_guild": guild_id})
    if stored is None:
        await connection.execute(
            _ADD[connection.dialect.name], {"guild_id": guild_id, "zone": DEFAULT_ZONE}
        )
        stored = await connection.scalar(_HELD_ZONE, {"of_guild": guild_id})
    assert stored is not None
    return stored
