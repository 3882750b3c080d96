"""Finds servers that have used most of their month's credits, and warns each once.

The warning is an audit row without an actor, so it reaches the server's log channel
like all others.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, union_all, update

from bot.ids import GuildId
from bot.servers.audit import AuditEntry
from bot.servers.windows import DEFAULT_ZONE, windows_at
from storage.database.engine import Database
from storage.quotas.spending import spent
from storage.servers import guilds
from storage.servers.audit import record_audit
from storage.tables.column_types import Instant, Number
from storage.tables.servers import guilds as guild_rows
from storage.tables.sums import job_changes, month_prices

# By any zone's month there can be no more than this; most servers are far from it.
_SINCE_THEN = union_all(
    *(
        select(table.c.guild_id, table.c.charged, table.c.jobs).where(
            table.c.month >= bindparam("since", type_=Instant), of_servers
        )
        for table, of_servers in (
            (month_prices, month_prices.c.guild_id != guilds.EVERYBODY),
            (job_changes, job_changes.c.price.is_not(None)),
        )
    )
).subquery("since_then")
_CANDIDATES = (
    select(_SINCE_THEN.c.guild_id)
    .group_by(_SINCE_THEN.c.guild_id)
    .having(
        func.sum(_SINCE_THEN.c.charged * _SINCE_THEN.c.jobs)
        >= bindparam("least", type_=Number)
    )
)
_WARN = (
    update(guild_rows)
    .where(
        guild_rows.c.guild_id == bindparam("of_guild"),
        guild_rows.c.spend_warned_for.is_distinct_from(
            bindparam("month", type_=Instant)
        ),
    )
    .values(spend_warned_for=bindparam("month", type_=Instant))
)


class SqlSpendStore:
    """Implements `bot.quotas.ports.SpendStore` on a database that is lent to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def warn_servers(
        self, ceiling: float, share: float, now: datetime
    ) -> dict[GuildId, float]:
        this_month = windows_at(now, DEFAULT_ZONE).month_starts_at
        # A month of another zone may have begun in the one before.
        before = windows_at(this_month - timedelta(days=1), DEFAULT_ZONE)
        parameters = {"since": before.month_starts_at, "least": share * ceiling}

        def candidates(connection: Connection) -> list[GuildId]:
            return list(connection.execute(_CANDIDATES, parameters).scalars())

        warned: dict[GuildId, float] = {}
        for guild_id in await self._database.read(candidates):
            used = await self._warn_server(guild_id, ceiling, share, now)
            if used is not None:
                warned[guild_id] = used
        return warned

    async def warn_operator(
        self, ceiling: float, share: float, now: datetime
    ) -> float | None:
        def write(connection: Connection) -> float | None:
            guilds.hold(connection, guilds.EVERYBODY)
            windows = windows_at(now, DEFAULT_ZONE)
            month = (windows.month_starts_at, windows.month_ends_at)
            used = spent(connection, None, *month) / ceiling
            if used < share or not _first(connection, guilds.EVERYBODY, month[0]):
                return None
            return used

        return await self._database.write(write)

    async def _warn_server(
        self, guild_id: GuildId, ceiling: float, share: float, now: datetime
    ) -> float | None:
        def write(connection: Connection) -> float | None:
            windows = windows_at(now, guilds.hold(connection, guild_id))
            month = (windows.month_starts_at, windows.month_ends_at)
            used = spent(connection, guild_id, *month) / ceiling
            if used < share or not _first(connection, guild_id, month[0]):
                return None
            warning: dict[str, Any] = {"percent": int(100 * used)}
            entry = AuditEntry(
                guild_id=guild_id,
                actor_id=None,
                at=now,
                action="quota.spend_warning",
                subject="server",
                after=warning,
            )
            record_audit(connection, entry)
            return used

        return await self._database.write(write)


def _first(connection: Connection, guild_id: GuildId, month: datetime) -> bool:
    """Note a warning for a month; return whether it is the month's first."""
    result = connection.execute(_WARN, {"of_guild": guild_id, "month": month})
    return result.rowcount == 1
