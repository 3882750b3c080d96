"""Finds servers that have used most of their month's credits, and warns each once.

There are two measures: the operator's ceiling of what EvoLink charges, and the limit of
a server's own admins of what counts. A warning is an audit row without an actor, so it
reaches the server's log channel like all others.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, union_all, update

from bot.ids import GuildId
from bot.quotas.limits import Scope
from bot.quotas.rules import DECIMALS
from bot.servers.audit import AuditEntry
from bot.servers.windows import DEFAULT_ZONE, windows_at
from storage.database.engine import Database
from storage.quotas import usage
from storage.quotas.spending import spent
from storage.servers import guilds
from storage.servers.audit import record_audit
from storage.tables.column_types import Instant, Number
from storage.tables.quotas import limits
from storage.tables.servers import audit, guilds as guild_rows
from storage.tables.sums import job_changes, month_prices

SPEND_WARNING = "quota.spend_warning"
LIMIT_WARNING = "quota.limit_warning"
SERVER = "server"

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
# Admins set limits of their own. What counts against one was charged as well.
_LIMITED = (
    select(limits.c.guild_id, limits.c.credits_per_month)
    .join(_SINCE_THEN, _SINCE_THEN.c.guild_id == limits.c.guild_id)
    .where(
        limits.c.scope == Scope.SERVER,
        limits.c.subject_id == 0,
        limits.c.credits_per_month > 0,
    )
    .group_by(limits.c.guild_id, limits.c.credits_per_month)
    .having(
        func.sum(_SINCE_THEN.c.charged * _SINCE_THEN.c.jobs)
        >= bindparam("share", type_=Number) * limits.c.credits_per_month
    )
)
_LIMIT_NOW = select(limits.c.credits_per_month).where(
    limits.c.guild_id == bindparam("of_guild"),
    limits.c.scope == Scope.SERVER,
    limits.c.subject_id == 0,
)
_USED: Any = usage.credits_used("videos", by_member=False)
_LIMIT_WARNINGS = select(audit.c.after).where(
    audit.c.guild_id == bindparam("of_guild"),
    audit.c.subject == SERVER,
    audit.c.at >= bindparam("since", type_=Instant),
    audit.c.action == LIMIT_WARNING,
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
        parameters = {"since": _since(now), "least": share * ceiling}

        def candidates(connection: Connection) -> list[GuildId]:
            return list(connection.execute(_CANDIDATES, parameters).scalars())

        warned: dict[GuildId, float] = {}
        for guild_id in await self._database.read(candidates):
            used = await self._warn_server(guild_id, ceiling, share, now)
            if used is not None:
                warned[guild_id] = used
        return warned

    async def warn_limited(self, share: float, now: datetime) -> dict[GuildId, float]:
        parameters = {"since": _since(now), "share": share}

        def candidates(connection: Connection) -> list[GuildId]:
            return list(connection.execute(_LIMITED, parameters).scalars())

        warned: dict[GuildId, float] = {}
        for guild_id in await self._database.read(candidates):
            used = await self._warn_limited(guild_id, share, now)
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
            _record(connection, guild_id, now, SPEND_WARNING, _percent(used))
            return used

        return await self._database.write(write)

    async def _warn_limited(
        self, guild_id: GuildId, share: float, now: datetime
    ) -> float | None:
        def write(connection: Connection) -> float | None:
            windows = windows_at(now, guilds.hold(connection, guild_id))
            this = {"of_guild": guild_id}
            limit = connection.scalar(_LIMIT_NOW, this)
            if limit is None or limit <= 0:
                return None
            used_now = connection.execute(_USED, this | usage.bounds(windows)).one()
            used: float = used_now.month / limit
            warnings = connection.execute(
                _LIMIT_WARNINGS, this | {"since": windows.month_starts_at}
            ).scalars()
            # A limit that was changed since is one to be warned of again.
            told = any(one["limit"] == limit for one in warnings)
            if told or round(used, DECIMALS) < share:
                return None
            what = _percent(used) | {"limit": limit}
            _record(connection, guild_id, now, LIMIT_WARNING, what)
            return used

        return await self._database.write(write)


def _since(now: datetime) -> datetime:
    this_month = windows_at(now, DEFAULT_ZONE).month_starts_at
    # A month of another zone may have begun in the one before.
    before = windows_at(this_month - timedelta(days=1), DEFAULT_ZONE)
    return before.month_starts_at


def _percent(share: float) -> dict[str, Any]:
    # 0.29 * 100 is a little less than 29.
    return {"percent": int(round(100 * share, DECIMALS))}


def _record(
    connection: Connection,
    guild_id: GuildId,
    now: datetime,
    action: str,
    what: dict[str, Any],
) -> None:
    entry = AuditEntry(
        guild_id=guild_id,
        actor_id=None,
        at=now,
        action=action,
        subject=SERVER,
        after=what,
    )
    record_audit(connection, entry)


def _first(connection: Connection, guild_id: GuildId, month: datetime) -> bool:
    """Note a warning for a month; return whether it is the month's first."""
    result = connection.execute(_WARN, {"of_guild": guild_id, "month": month})
    return result.rowcount == 1
