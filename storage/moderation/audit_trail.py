"""Reads the audit: page by page, and as a whole."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)

from bot.ids import GuildId, UserId
from bot.moderation.ports import AuditRow
from bot.servers.audit import AuditEntry, member_subject
from storage.database.engine import Database
from storage.tables.column_types import Instant
from storage.tables.servers import audit

PAGE = 500
"""Entries read at once for a table of all of them."""


def _chosen(columns: Select[Any], *, of_member: bool) -> Select[Any]:
    chosen = columns.where(audit.c.guild_id == bindparam("of_guild"))
    if of_member:
        chosen = chosen.where(
            or_(
                audit.c.subject == bindparam("subject"),
                audit.c.actor_id == bindparam("actor"),
            )
        )
    return chosen


_PAGES = {
    of_member: _chosen(select(audit), of_member=of_member)
    .order_by(audit.c.at.desc(), audit.c.id.desc())
    .limit(bindparam("at_most"))
    .offset(bindparam("past"))
    for of_member in (False, True)
}
_COUNTS = {
    of_member: _chosen(select(func.count()).select_from(audit), of_member=of_member)
    for of_member in (False, True)
}
_SINCE = (
    _chosen(select(audit), of_member=False)
    .where(
        tuple_(audit.c.at, audit.c.id)
        > tuple_(bindparam("after_time", type_=Instant), bindparam("after_id"))
    )
    .order_by(audit.c.at, audit.c.id)
    .limit(PAGE)
)


class SqlAuditTrail:
    """Implements `bot.moderation.ports.AuditTrail`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, guild_id: GuildId, member: UserId | None, *, limit: int, offset: int
    ) -> Sequence[AuditRow]:
        parameters = _whose(guild_id, member) | {"at_most": limit, "past": offset}
        statement = _PAGES[member is not None]
        return await self._rows(statement, parameters)

    async def count(self, guild_id: GuildId, member: UserId | None) -> int:
        def work(connection: Connection) -> int:
            statement = _COUNTS[member is not None]
            return int(connection.scalar(statement, _whose(guild_id, member)) or 0)

        return await self._database.read(work)

    async def since(
        self, guild_id: GuildId, start: datetime
    ) -> AsyncIterator[Sequence[AuditRow]]:
        after = {"after_time": start, "after_id": 0}
        while True:
            rows = await self._rows(_SINCE, _whose(guild_id, None) | after)
            if rows:
                yield rows
                after = {"after_time": rows[-1].entry.at, "after_id": rows[-1].id}
            if len(rows) < PAGE:
                return

    async def _rows(
        self, statement: Select[Any], parameters: dict[str, Any]
    ) -> Sequence[AuditRow]:
        def work(connection: Connection) -> Sequence[AuditRow]:
            rows = connection.execute(statement, parameters)
            return [audit_row(one) for one in rows]

        return await self._database.read(work)


def _whose(guild_id: GuildId, member: UserId | None) -> dict[str, Any]:
    if member is None:
        return {"of_guild": guild_id}
    return {
        "of_guild": guild_id,
        "subject": member_subject(member),
        "actor": member,
    }


def audit_row(row: Row[Any]) -> AuditRow:
    """Return an entry as it is stored."""
    return AuditRow(
        id=row.id,
        entry=AuditEntry(
            guild_id=row.guild_id,
            actor_id=row.actor_id,
            at=row.at,
            action=row.action,
            subject=row.subject,
            before=row.before,
            after=row.after,
            reason=row.reason,
        ),
    )
