"""Erases data past its retention period, in transactions of bounded size."""

from collections.abc import Sequence, Set as AbstractSet
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    Table,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.ids import GuildId
from bot.jobs.states import OPEN_STATES, JobState
from bot.processes.shards import KnownShards
from storage.database.engine import Database
from storage.privacy import pseudonyms
from storage.servers.departures import come_back
from storage.servers.guilds import hold
from storage.servers.job_locks import hold_jobs
from storage.sums.store import add_changes
from storage.tables.column_types import Flag, Instant
from storage.tables.jobs import ERASABLE, jobs, state_among
from storage.tables.moderation import (
    REASONED,
    blocks,
    cards,
    guild_logs,
    moderation,
    reports,
)
from storage.tables.pictures import pictures
from storage.tables.privacy import erasing
from storage.tables.quotas import counts, ledger, limits, resets
from storage.tables.requests import member_settings, presets
from storage.tables.servers import audit, departures, greetings, guilds
from storage.tables.sums import month_prices

PORTION = 500
"""Rows in one transaction: everybody else waits for it."""

JOBS = 15
"""Jobs with all that is about them, some ten rows each, in one transaction: among a
million jobs 25 of them took a tenth of a second now and then."""

_OF_JOBS: tuple[Table, ...] = (cards, reports, ledger)
"""Every table with rows about single jobs, beside the jobs."""
_OF_GUILD: tuple[Table, ...] = (
    blocks,
    moderation,
    guild_logs,
    limits,
    resets,
    member_settings,
    presets,
    greetings,
    guilds,
    month_prices,
)
"""Every other table with a server's data, of which a server has few rows."""

_before = bindparam("before", type_=Instant)
_ENDED = text(state_among(set(JobState) - OPEN_STATES))
_OLD_PROMPTS = (
    select(jobs.c.id)
    .where(ERASABLE, _ENDED, jobs.c.state_since < _before)
    .order_by(jobs.c.state_since)
    .limit(bindparam("at_most"))
    # Without statistics SQLite would look up the state, and sort all that ever ended.
    .with_hint(jobs, "INDEXED BY ix_jobs_prompts", "sqlite")
    .scalar_subquery()
)
_ERASE_PROMPTS = (
    update(jobs)
    .where(jobs.c.id.in_(_OLD_PROMPTS))
    .values(
        prompt="",
        prompt_erased=case(
            (jobs.c.prompt != "", literal(value=True, type_=Flag)),
            else_=jobs.c.prompt_erased,
        ),
        decision_reason=None,
        result_url=None,
        picture_url=None,
    )
)
_OLD_REASONS = (
    select(reports.c.id)
    .where(REASONED, reports.c.at < _before)
    .order_by(reports.c.at)
    .limit(bindparam("at_most"))
    .scalar_subquery()
)
_ERASE_REASONS = update(reports).where(reports.c.id.in_(_OLD_REASONS)).values(reason="")
_OLD_AUDIT = (
    select(audit.c.id)
    .where(audit.c.at < _before)
    .order_by(audit.c.at)
    .limit(bindparam("at_most"))
    .scalar_subquery()
)
_ERASE_AUDIT = delete(audit).where(audit.c.id.in_(_OLD_AUDIT))
_OVER = delete(blocks).where(blocks.c.until < _before)
_ALLOW = insert(erasing)
_FORBID = delete(erasing)
_DEPARTED = select(departures.c.guild_id).where(departures.c.at < _before)
_JOBS_OF = (
    select(jobs.c.id)
    .where(jobs.c.guild_id == bindparam("of_guild"))
    .limit(bindparam("at_most"))
    .with_hint(jobs, "INDEXED BY ix_jobs_member", "sqlite")
)
_AUDIT_OF = (
    select(audit.c.id)
    .where(audit.c.guild_id == bindparam("of_guild"))
    .limit(bindparam("at_most"))
    .scalar_subquery()
)
_ERASE_AUDIT_OF = delete(audit).where(audit.c.id.in_(_AUDIT_OF))
_these: BindParameter[Sequence[str]] = bindparam("these", expanding=True)
_ERASE_OF_JOBS = [
    *(delete(table).where(table.c.job_id.in_(_these)) for table in _OF_JOBS),
    # Their files at EvoLink are still to be deleted.
    update(pictures).where(pictures.c.job_id.in_(_these)).values(data=None),
    delete(jobs).where(jobs.c.id.in_(_these)),
]
_ERASE_OF_GUILD = [
    # Grants are about no job: they are what is left of the ledger by then.
    delete(ledger).where(ledger.c.guild_id == bindparam("of_guild"), counts("grants")),
    *(
        delete(table).where(table.c.guild_id == bindparam("of_guild"))
        for table in _OF_GUILD
    ),
]
# Who notes that it is there again waits for the end of a portion.
_STILL_DEPARTED = _DEPARTED.where(
    departures.c.guild_id == bindparam("of_guild")
).with_for_update()


_NOTED = [departures.c.guild_id]
# The two databases word this the same; SQLAlchemy has it in their dialects only.
_DEPART = {
    "sqlite": sqlite_insert(departures).on_conflict_do_nothing(index_elements=_NOTED),
    "postgresql": postgresql_insert(departures).on_conflict_do_nothing(
        index_elements=_NOTED
    ),
}


def _of_entries() -> Select[Any]:
    """Select the servers in the audit, of which each has many entries: one by one."""
    first = select(func.min(audit.c.guild_id).label("guild_id")).cte(recursive=True)
    later = select(func.min(audit.c.guild_id)).where(
        audit.c.guild_id > first.c.guild_id
    )
    servers = first.union_all(
        select(later.scalar_subquery()).where(first.c.guild_id.is_not(None))
    )
    return select(servers.c.guild_id).where(servers.c.guild_id.is_not(None))


_KNOWN = select(guilds.c.guild_id).union(
    select(moderation.c.guild_id),
    select(greetings.c.guild_id),
    # A block, a report or a limit may be all that a server has: each has its entry.
    _of_entries(),
)


class SqlRetentionStore:
    """Implements `bot.privacy.ports.RetentionStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def erase_prompts(self, before: datetime, limit: int) -> int:
        which = {"before": before, "at_most": limit}

        def work(connection: Connection) -> int:
            reasons = connection.execute(_ERASE_REASONS, which)
            prompts = connection.execute(_ERASE_PROMPTS, which)
            return max(reasons.rowcount, prompts.rowcount)

        return await self._database.write(work)

    async def erase_audit(self, before: datetime, limit: int) -> int:
        def work(connection: Connection) -> int:
            connection.execute(_OVER, {"before": before})
            connection.execute(_ALLOW, {"audit_before": before, "guild_id": None})
            erased = connection.execute(
                _ERASE_AUDIT, {"before": before, "at_most": limit}
            )
            connection.execute(_FORBID)
            return erased.rowcount

        return await self._database.write(work)

    async def end_pseudonyms(self, before: datetime) -> int:
        ended = 0
        while True:
            some = await self._database.write(
                lambda connection: pseudonyms.end(connection, before, PORTION)
            )
            ended += some
            if some < PORTION:
                return ended

    async def departed(self, before: datetime) -> Sequence[GuildId]:
        def read(connection: Connection) -> Sequence[GuildId]:
            return connection.scalars(_DEPARTED, {"before": before}).all()

        return await self._database.read(read)

    async def erase_departed(
        self, before: datetime, spared: AbstractSet[GuildId] = frozenset()
    ) -> int:
        gone = set(await self.departed(before)) - spared
        for guild_id in gone:
            await self._erase(guild_id, before)
        return len(gone)

    async def note_departed(self, guild_id: GuildId, at: datetime) -> None:
        await self._database.write(
            lambda connection: _depart(connection, [guild_id], at)
        )

    async def note_returned(self, guild_id: GuildId) -> None:
        await self._database.write(lambda connection: come_back(connection, guild_id))

    async def note_present(
        self, present: Sequence[GuildId], of: KnownShards, at: datetime
    ) -> None:
        def work(connection: Connection) -> None:
            here = set(present)
            every = set(connection.scalars(_KNOWN).all()) - {0}
            known = {guild_id for guild_id in every if of.cover(guild_id)}
            back = select(departures.c.guild_id)
            for guild_id in here.intersection(connection.scalars(back).all()):
                come_back(connection, guild_id)
            _depart(connection, sorted(known - here), at)

        await self._database.write(work)

    async def _erase(self, guild_id: GuildId, before: datetime) -> None:
        """Erase a server's data, portion by portion.

        After a crash the next pass erases the rest. A server that comes back meanwhile
        keeps what is left.
        """
        still = {"of_guild": guild_id, "before": before}

        def portion(connection: Connection) -> bool:
            if connection.scalar(_STILL_DEPARTED, still) is None:
                return False
            hold(connection, guild_id)
            connection.execute(_ALLOW, {"audit_before": None, "guild_id": guild_id})
            more = _erase_portion(connection, guild_id)
            connection.execute(_FORBID)
            return more

        while await self._database.write(portion):
            """There is more."""


def _erase_portion(connection: Connection, guild_id: GuildId) -> bool:
    """Erase some of a server's rows; return whether there may be more.

    Jobs first, with their rows; the server's other, few rows with the last.
    """
    which = {"of_guild": guild_id, "at_most": PORTION}
    these = connection.scalars(_JOBS_OF, which | {"at_most": JOBS}).all()
    if these:
        hold_jobs(connection, these)
        for statement in _ERASE_OF_JOBS:
            connection.execute(statement, {"these": these})
        return True
    if connection.execute(_ERASE_AUDIT_OF, which).rowcount:
        return True
    # Their end has been written down with the server's name.
    if add_changes(connection, PORTION, guild_id):
        return True
    for statement in _ERASE_OF_GUILD:
        connection.execute(statement, {"of_guild": guild_id})
    come_back(connection, guild_id)
    return False


def _depart(connection: Connection, guild_ids: Sequence[GuildId], at: datetime) -> None:
    """Add departures; those that are noted already keep their time."""
    gone: Any = select(departures.c.guild_id)
    noted = set(connection.scalars(gone).all())
    for guild_id in sorted(set(guild_ids) - noted):
        connection.execute(
            _DEPART[connection.dialect.name], {"guild_id": guild_id, "at": at}
        )
