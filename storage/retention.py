"""Erases what has been kept for long enough, in transactions of bounded size."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, insert, select, text, update

from bot.domain.ids import GuildId
from bot.domain.states import OPEN_STATES, JobState
from storage import pseudonyms
from storage.column_types import Instant
from storage.engine import Database
from storage.guild_tables import audit, guilds, limits
from storage.home_tables import greetings, member_settings, presets
from storage.moderation_tables import (
    blocks,
    cards,
    departures,
    erasing,
    moderation,
    reports,
)
from storage.tables import PROMPTED, jobs, ledger, state_among
from storage.work import WorkConnection

_OF_GUILD: tuple[Table, ...] = (
    cards,
    reports,
    blocks,
    moderation,
    limits,
    member_settings,
    presets,
    greetings,
    audit,
    ledger,
    jobs,
    guilds,
)
"""Every table with a server's data."""

_before = bindparam("before", type_=Instant)
_ENDED = text(state_among(set(JobState) - OPEN_STATES))
_OLD_PROMPTS = (
    select(jobs.c.id)
    .where(PROMPTED, _ENDED, jobs.c.state_since < _before)
    .order_by(jobs.c.state_since)
    .limit(bindparam("at_most"))
    .scalar_subquery()
)
_ERASE_PROMPTS = (
    update(jobs)
    .where(jobs.c.id.in_(_OLD_PROMPTS))
    .values(prompt="", decision_reason=None, result_url=None)
)
_ERASE_REASONS = (
    update(reports)
    .where(reports.c.at < _before, reports.c.reason != "")
    .values(reason="")
)
_NEWEST_AUDIT = select(func.max(audit.c.id)).scalar_subquery()
_OLD_AUDIT = (
    select(audit.c.id)
    # The newest stays: from it the next number follows, and no number comes twice.
    .where(audit.c.at < _before, audit.c.id < _NEWEST_AUDIT)
    .order_by(audit.c.id)
    .limit(bindparam("at_most"))
    .scalar_subquery()
)
_ERASE_AUDIT = delete(audit).where(audit.c.id.in_(_OLD_AUDIT))
_OVER = delete(blocks).where(blocks.c.until < _before)
_ALLOW = insert(erasing)
_FORBID = delete(erasing)
_DEPARTED = select(departures.c.guild_id).where(departures.c.at < _before)
_KNOWN = select(guilds.c.guild_id).union(
    select(moderation.c.guild_id),
    select(greetings.c.guild_id),
    # A block, a report or a limit may be all that a server has: each has its entry.
    select(audit.c.guild_id),
)


class SqlRetentionStore:
    """Implements `bot.moderation_ports.RetentionStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def erase_prompts(self, before: datetime, limit: int) -> int:
        """Erase the prompts of jobs that ended before then, and reports' reasons."""

        async def work(open_: WorkConnection) -> int:
            await open_.execute(_ERASE_REASONS, {"before": before})
            erased = await open_.execute(
                _ERASE_PROMPTS, {"before": before, "at_most": limit}
            )
            return erased.rowcount

        return await self._database.write(work)

    async def erase_audit(self, before: datetime, limit: int) -> int:
        """Delete audit rows from before then, and blocks that were over by then."""

        async def work(open_: WorkConnection) -> int:
            await open_.execute(_OVER, {"before": before})
            await open_.execute(_ALLOW, {"audit_before": before, "guild_id": None})
            erased = await open_.execute(
                _ERASE_AUDIT, {"before": before, "at_most": limit}
            )
            await open_.execute(_FORBID)
            return erased.rowcount

        return await self._database.write(work)

    async def end_pseudonyms(self, before: datetime) -> int:
        """Take the pseudonyms off ledger rows that count before then."""
        return await self._database.write(lambda open_: pseudonyms.end(open_, before))

    async def erase_departed(self, before: datetime) -> int:
        """Erase all data of servers that removed the bot before then."""

        async def departed(open_: WorkConnection) -> Sequence[GuildId]:
            return (await open_.scalars(_DEPARTED, {"before": before})).all()

        gone = await self._database.read(departed)
        for guild_id in gone:
            await self._erase(guild_id)
        return len(gone)

    async def note_departed(self, guild_id: GuildId, at: datetime) -> None:
        """Note that a server has removed the bot."""
        await self._database.write(lambda open_: _depart(open_, [guild_id], at))

    async def note_present(self, present: Sequence[GuildId], at: datetime) -> None:
        """Note which servers the bot is in; all others that are known have gone."""

        async def work(open_: WorkConnection) -> None:
            here = set(present)
            known = set((await open_.scalars(_KNOWN)).all()) - {0}
            back = select(departures.c.guild_id)
            for guild_id in here.intersection((await open_.scalars(back)).all()):
                await _come_back(open_, guild_id)
            await _depart(open_, sorted(known - here), at)

        await self._database.write(work)

    async def _erase(self, guild_id: GuildId) -> None:
        async def work(open_: WorkConnection) -> None:
            await open_.execute(_ALLOW, {"audit_before": None, "guild_id": guild_id})
            for table in _OF_GUILD:
                await open_.execute(delete(table).where(table.c.guild_id == guild_id))
            await open_.execute(_FORBID)
            await _come_back(open_, guild_id)

        await self._database.write(work)


async def _come_back(connection: WorkConnection, guild_id: GuildId) -> None:
    await connection.execute(
        delete(departures).where(departures.c.guild_id == guild_id)
    )


async def _depart(
    connection: WorkConnection, guild_ids: Sequence[GuildId], at: datetime
) -> None:
    """Add departures; those that are noted already keep their time."""
    gone: Any = select(departures.c.guild_id)
    noted = set((await connection.scalars(gone)).all())
    for guild_id in guild_ids:
        if guild_id not in noted:
            await connection.execute(
                insert(departures), {"guild_id": guild_id, "at": at}
            )
