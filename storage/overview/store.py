"""Implements `bot.operations.overview.ports.OverviewStore`.

Each statement reads a sum, or what is under way, or the latest few by an index: what it
costs does not depend on how much there has been.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    bindparam,
    func,
    literal_column,
    select,
    text,
)

from bot.jobs.due import Due
from bot.operations.overview.values import (
    LatestJob,
    ProcessRow,
    RunningJob,
    Stored,
    Waiting,
)
from bot.operations.ports import Pauses, ToldOutages
from bot.servers.windows import DEFAULT_ZONE, windows_at
from storage.database.engine import Database
from storage.database.schema import revision_in
from storage.operations.events import latest_events
from storage.overview.days import days_since, first_day
from storage.processes.listing import processes_on_server
from storage.quotas.spending import CHARGED, spent
from storage.sums.store import counts
from storage.tables.jobs import HOLDS_A_SLOT, PRICED, QUEUED, jobs

DAYS = 31
"""The charts' month, today included."""
LATEST = 50
"""Jobs, and events."""
MOST_RUNNING = 50
"""Jobs that take a slot and are listed one by one."""

_QUEUE = (
    select(func.count().label("number"), func.min(jobs.c.requested_at).label("since"))
    .where(QUEUED)
    .with_hint(jobs, "INDEXED BY ix_jobs_queue", "sqlite")
)
_RUNNING = (
    select(
        jobs.c.id,
        jobs.c.guild_id,
        jobs.c.model,
        jobs.c.state,
        jobs.c.state_since,
        jobs.c.progress,
        jobs.c.expected_end_at,
    )
    .where(HOLDS_A_SLOT)
    .order_by(jobs.c.state_since)
    .limit(bindparam("at_most"))
    .with_hint(jobs, "INDEXED BY ix_jobs_slots", "sqlite")
)


def _waiting(kind: Due, since: ColumnElement[Any]) -> Any:  # noqa: ANN401 - a Select's type
    due_at = jobs.c[kind.value]
    return (
        select(func.count().label("number"), func.min(since).label("since"))
        .where(due_at.is_not(None))
        .with_hint(jobs, f"INDEXED BY ix_jobs_{kind.name.lower()}_due", "sqlite")
    )


_DELIVERIES = _waiting(Due.DELIVERY, jobs.c.done_at)
_NOTICES = _waiting(Due.NOTICE, jobs.c.state_since)
# The index of what has a price begins with the time, and needs no other beside it.
_LATEST = (
    select(
        jobs.c.id,
        jobs.c.guild_id,
        jobs.c.model,
        jobs.c.state,
        jobs.c.failure,
        jobs.c.requested_at,
        jobs.c.first_submit_at,
        jobs.c.state_since,
        CHARGED.label("charged"),
        literal_column(
            "CASE WHEN credits_used IS NULL AND credits_reserved IS NULL"
            " THEN 1 ELSE 0 END"
        ).label("is_estimate"),
    )
    .where(PRICED)
    .order_by(jobs.c.requested_at.desc())
    .limit(bindparam("at_most"))
    .with_hint(jobs, "INDEXED BY ix_jobs_priced", "sqlite")
)
_VERSION = {
    "sqlite": ("SQLite", text("SELECT sqlite_version()")),
    "postgresql": (
        "PostgreSQL",
        text("SELECT split_part(current_setting('server_version'), ' ', 1)"),
    ),
}


class SqlOverview:
    """Reads the state of the installation from a database that is lent to it."""

    def __init__(
        self,
        database: Database,
        *,
        pauses: Pauses,
        outages: ToldOutages,
        is_server: bool,
        name: str,
    ) -> None:
        """Keep the sources.

        Args:
            database: Is lent.
            pauses: Why intake is paused.
            outages: Which outage of EvoLink the operator was told of.
            is_server: Whether several processes may share the database.
            name: The name of this process.
        """
        self._database = database
        self._pauses = pauses
        self._outages = outages
        self._is_server = is_server
        self._name = name

    async def read(self, now: datetime) -> Stored:
        pause = await self._pauses.load()
        outage_since = await self._outages.load()
        processes = await self._processes()

        def read(connection: Connection) -> Stored:
            month = windows_at(now, DEFAULT_ZONE)
            kind, version = _VERSION[connection.dialect.name]
            return Stored(
                counts=counts(connection),
                queue=_one(connection, _QUEUE),
                running=[
                    RunningJob(
                        job_id=row.id,
                        guild_id=row.guild_id,
                        model=row.model,
                        state=row.state,
                        since=row.state_since,
                        progress=row.progress,
                        expected_end_at=row.expected_end_at,
                    )
                    for row in connection.execute(_RUNNING, {"at_most": MOST_RUNNING})
                ],
                deliveries=_one(connection, _DELIVERIES),
                notices=_one(connection, _NOTICES),
                days=days_since(connection, first_day(now, DAYS)),
                month_credits=spent(
                    connection, None, month.month_starts_at, month.month_ends_at
                ),
                latest=_latest(connection),
                events=latest_events(connection, LATEST),
                pause=pause,
                outage_since=outage_since,
                processes=processes,
                revision=revision_in(connection) or "none",
                database=f"{kind} {connection.scalar(version)}",
            )

        return await self._database.read(read)

    async def _processes(self) -> Sequence[ProcessRow]:
        if not self._is_server:
            return ()
        return [
            ProcessRow(
                name=one.name,
                is_this=one.name == self._name,
                is_alive=one.is_alive,
                version=one.version,
                started_at=one.started_at,
                unseen_s=one.unseen_s,
                seats=one.seats,
                shards=one.shards,
            )
            for one in await processes_on_server(self._database)
        ]


def _one(connection: Connection, statement: Executable) -> Waiting:
    row = connection.execute(statement).one()
    return Waiting(number=row.number, since=row.since)


def _latest(connection: Connection) -> Sequence[LatestJob]:
    return [
        LatestJob(
            job_id=row.id,
            guild_id=row.guild_id,
            model=row.model,
            state=row.state,
            failure=row.failure,
            requested_at=row.requested_at,
            first_submit_at=row.first_submit_at,
            state_since=row.state_since,
            credits=row.charged,
            is_estimate=bool(row.is_estimate),
        )
        for row in connection.execute(_LATEST, {"at_most": LATEST})
    ]
