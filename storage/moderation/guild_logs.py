"""How far each server's log channel has the audit.

Implements `bot.moderation.log_ports.GuildLogStore`; each method is one transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Update,
    bindparam,
    exists,
    func,
    insert,
    null,
    select,
    update,
)

from bot.errors import ClaimLost
from bot.ids import ChannelId, GuildId
from bot.moderation.log_ports import LogClaim
from bot.moderation.ports import AuditRow
from storage.database import leased_rows
from storage.database.engine import Database
from storage.moderation.audit_trail import audit_row
from storage.tables.column_types import Instant
from storage.tables.leases import Leases
from storage.tables.moderation import guild_logs, moderation
from storage.tables.servers import audit

LOG_LEASES = Leases(guild_logs, guild_logs.c.guild_id)
_IS_DUE = guild_logs.c.due_at <= bindparam("now", type_=Instant)
_DUE = (
    select(guild_logs.c.guild_id, moderation.c.log_channel_id)
    .join_from(guild_logs, moderation, moderation.c.guild_id == guild_logs.c.guild_id)
    .where(_IS_DUE, LOG_LEASES.free, moderation.c.log_channel_id.is_not(None))
    .order_by(guild_logs.c.due_at)
    .limit(bindparam("at_most"))
)
_NEXT_DUE = LOG_LEASES.next_due(
    exists().where(
        moderation.c.guild_id == guild_logs.c.guild_id,
        moderation.c.log_channel_id.is_not(None),
    )
)
_CLAIM = LOG_LEASES.claim.where(_IS_DUE)
_CHANNEL = select(moderation.c.log_channel_id).where(
    moderation.c.guild_id == bindparam("of_guild")
)
_NEXT = (
    select(audit)
    .where(
        audit.c.guild_id == bindparam("of_guild"), audit.c.id > bindparam("posted_id")
    )
    .order_by(audit.c.id)
    .limit(bindparam("at_most"))
)
_POSTED = LOG_LEASES.held.values(intended_at=None, attempts=0, refusals=0)
_NOTHING_MORE = (
    update(guild_logs)
    .where(
        guild_logs.c.guild_id == bindparam("of_guild"),
        ~exists().where(
            audit.c.guild_id == guild_logs.c.guild_id,
            audit.c.id > guild_logs.c.audit_id,
        ),
    )
    .values(due_at=null())
)
_FROM_NOW_ON = {
    "audit_id": select(func.coalesce(func.max(audit.c.id), 0)).scalar_subquery(),
    "due_at": null(),
    "intended_at": null(),
    "attempts": 0,
    "refusals": 0,
}
_BEGIN = insert(guild_logs).values(_FROM_NOW_ON)
_BEGIN_AGAIN = (
    update(guild_logs)
    .where(guild_logs.c.guild_id == bindparam("of_guild"))
    .values(_FROM_NOW_ON)
    .values({LOG_LEASES.lease: null(), LOG_LEASES.fence: LOG_LEASES.fence + 1})
)


class SqlGuildLogs:
    """The positions of log channels, in a database that is lent to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(
        self, now: datetime, limit: int
    ) -> Sequence[tuple[GuildId, ChannelId]]:
        def work(connection: Connection) -> Sequence[tuple[GuildId, ChannelId]]:
            rows = connection.execute(_DUE, {"now": now, "at_most": limit})
            return [(row.guild_id, row.log_channel_id) for row in rows]

        return await self._database.read(work)

    async def claim(
        self, guild_id: GuildId, now: datetime, until: datetime, most: int
    ) -> LogClaim | None:
        parameters = {"this_row": guild_id, "now": now, "until": until}

        def work(connection: Connection) -> LogClaim | None:
            row = connection.execute(_CLAIM, parameters).one_or_none()
            # Who changes the channel takes the claim away with it.
            channel_id = connection.scalar(_CHANNEL, {"of_guild": guild_id})
            if row is None or channel_id is None:
                return None
            entries = connection.execute(
                _NEXT,
                {"of_guild": guild_id, "posted_id": row.audit_id, "at_most": most},
            )
            return LogClaim(
                guild_id=guild_id,
                channel_id=channel_id,
                fence=row.fence,
                rows=[audit_row(one) for one in entries],
                intended_at=row.intended_at,
                attempts=row.attempts,
                refusals=row.refusals,
            )

        return await self._database.write(work)

    async def intend(self, claim: LogClaim, at: datetime) -> None:
        await self._change(LOG_LEASES.held, claim, {"intended_at": at})

    async def note_posted(
        self, claim: LogClaim, row: AuditRow, until: datetime
    ) -> None:
        values = {"audit_id": row.id, LOG_LEASES.lease.name: until}
        await self._change(_POSTED, claim, values)

    async def postpone(
        self, claim: LogClaim, due_at: datetime, *, attempts: int, refusals: int
    ) -> None:
        values = {"due_at": due_at, "attempts": attempts, "refusals": refusals}
        await self._change(LOG_LEASES.ended, claim, values)

    async def release(self, claim: LogClaim) -> None:
        await self._change(LOG_LEASES.ended, claim, {})

    async def finish(self, claim: LogClaim) -> bool:
        def work(connection: Connection) -> bool:
            _hold(connection, LOG_LEASES.ended, claim, {})
            # The row is held: an entry is seen here, or makes the log due afterwards.
            of_guild = {"of_guild": claim.guild_id}
            return connection.execute(_NOTHING_MORE, of_guild).rowcount == 0

        return await self._database.write(work)

    async def next_due(self, now: datetime) -> datetime | None:
        return await leased_rows.next_due(self._database, _NEXT_DUE, now)

    async def renew(self, claims: Sequence[LogClaim], until: datetime) -> None:
        held = [(one.guild_id, one.fence) for one in claims]
        await leased_rows.renew(self._database, LOG_LEASES, held, until)

    async def let_go(self, claims: Sequence[LogClaim]) -> None:
        held = [(one.guild_id, one.fence) for one in claims]
        await leased_rows.let_go(self._database, LOG_LEASES, held)

    async def _change(
        self, statement: Update, claim: LogClaim, values: dict[str, Any]
    ) -> None:
        await self._database.write(
            lambda connection: _hold(connection, statement, claim, values)
        )


def begin(connection: Connection, guild_id: GuildId) -> None:
    """Let a server's log begin with the next entry, in a channel that was just set.

    A claim for the former channel is lost.
    """
    changed = connection.execute(_BEGIN_AGAIN, {"of_guild": guild_id})
    if changed.rowcount == 0:
        connection.execute(_BEGIN, {"guild_id": guild_id})


def _hold(
    connection: Connection, statement: Update, claim: LogClaim, values: dict[str, Any]
) -> None:
    """Change a row that is held by a claim."""
    parameters = {
        **values,
        "this_row": claim.guild_id,
        "this_fence": claim.fence,
    }
    if connection.execute(statement, parameters).rowcount != 1:
        msg = f"somebody else has claimed the log of {claim.guild_id}"
        raise ClaimLost(msg)
