"""Reads the audit: page by page, as a whole, and what is not in a log channel yet."""

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
    update,
)

from bot.ids import ChannelId, GuildId, UserId
from bot.moderation.ports import AuditRow
from bot.servers.audit import AuditEntry, member_subject
from storage.database.engine import Database
from storage.tables.column_types import Instant
from storage.tables.moderation import moderation
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
_HAS_LOG = moderation.c.log_channel_id.is_not(None)
_FLOOR = select(func.min(moderation.c.logged_audit_id)).where(_HAS_LOG)
_NEWEST = select(func.coalesce(func.max(audit.c.id), 0))
_UNLOGGED = (
    select(audit, moderation.c.log_channel_id)
    .join_from(audit, moderation, moderation.c.guild_id == audit.c.guild_id)
    .where(
        audit.c.id > bindparam("floor"),
        audit.c.id > moderation.c.logged_audit_id,
        _HAS_LOG,
        audit.c.guild_id.not_in(bindparam("skipped", expanding=True)),
    )
    .order_by(audit.c.id)
    .limit(bindparam("at_most"))
)
_NOTE_LOGGED = update(moderation).where(
    moderation.c.guild_id == bindparam("of_guild"),
    moderation.c.logged_audit_id < bindparam("up_to"),
)


class SqlAuditTrail:
    """Implements `bot.moderation.ports.AuditTrail`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._floor: int | None = None
        """Every entry up to this one is in its log channel, as far as we know."""

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

    async def unlogged(
        self, limit: int, *, skip: Sequence[GuildId] = ()
    ) -> Sequence[tuple[AuditRow, ChannelId]]:
        def work(
            connection: Connection,
        ) -> Sequence[tuple[AuditRow, ChannelId]]:
            newest = int(connection.scalar(_NEWEST) or 0)
            floor = self._floor
            if floor is None:
                floor = connection.scalar(_FLOOR)
            elif floor == newest:
                return []
            rows = connection.execute(
                _UNLOGGED,
                {"floor": floor or 0, "skipped": list(skip), "at_most": limit},
            )
            found = [(_row(one), ChannelId(one.log_channel_id)) for one in rows]
            if not found and not skip:
                self._floor = newest
            return found

        return await self._database.read(work)

    async def note_logged(self, guild_id: GuildId, audit_id: int) -> None:
        def work(connection: Connection) -> None:
            connection.execute(
                _NOTE_LOGGED,
                {
                    "of_guild": guild_id,
                    "up_to": audit_id,
                    "logged_audit_id": audit_id,
                },
            )

        await self._database.write(work)

    async def _rows(
        self, statement: Select[Any], parameters: dict[str, Any]
    ) -> Sequence[AuditRow]:
        def work(connection: Connection) -> Sequence[AuditRow]:
            rows = connection.execute(statement, parameters)
            return [_row(one) for one in rows]

        return await self._database.read(work)


def _whose(guild_id: GuildId, member: UserId | None) -> dict[str, Any]:
    if member is None:
        return {"of_guild": guild_id}
    return {
        "of_guild": guild_id,
        "subject": member_subject(member),
        "actor": member,
    }


def _row(row: Row[Any]) -> AuditRow:
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
