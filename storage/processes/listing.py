"""Who works on a database, for its operator."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, bindparam, func, select, text

from bot.jobs.due import Due
from bot.processes.seats import Seat
from storage.database.engine import Database
from storage.database.server_locks import CLASS
from storage.database.server_time import server_time
from storage.processes.statements import KEYS
from storage.tables.column_types import Instant
from storage.tables.jobs import jobs, lease_of
from storage.tables.processes import DEAD_AFTER_S, processes, shards

_ALL = select(processes, server_time().label("now")).order_by(
    processes.c.started_at, processes.c.id
)
_SHARDS = (
    select(shards.c.holder, shards.c.shard_id)
    .where(shards.c.holder.is_not(None), shards.c.until > server_time())
    .order_by(shards.c.shard_id)
)
# A session is called as its process; the lock of a seat belongs to a session.
_SESSIONS = text(
    "SELECT application_name FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename = current_user"
)
_SEATS = text(
    "SELECT application_name, CAST(objid AS bigint)"
    " FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND objsubid = 2"
    " AND classid = CAST(CAST(:class AS bigint) AS oid) AND pg_locks.database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def _claimed(kind: Due) -> Select[int]:
    due_at = jobs.c[kind.value]
    return select(func.count()).where(
        # What is not due is claimed by nobody; those that are have an index.
        due_at.is_not(None),
        lease_of(kind) > bindparam("now", type_=Instant),
    )


_CLAIMED = {kind: _claimed(kind) for kind in Due}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedProcess:
    """One process on a database server."""

    name: str
    """Its process id, and its machine."""
    version: str
    started_at: datetime
    seen_at: datetime
    """When it last renewed its row; this and `started_at` by the server's clock."""
    unseen_s: float
    """For so long it has not been seen."""
    seats: Sequence[Seat]
    """What it does for all of them."""
    shards: Sequence[int]
    """What it has of Discord's gateway."""
    sessions: int
    """Its connections to the server."""
    work: Mapping[str, int]
    """How many items each of its workers was about when it was last seen."""

    @property
    def is_alive(self) -> bool:
        """Whether the others take it for alive."""
        return self.unseen_s < DEAD_AFTER_S


async def processes_on_server(database: Database) -> Sequence[ListedProcess]:
    """Return the processes on a database server, the oldest first."""

    def read(connection: Connection) -> Sequence[ListedProcess]:
        sessions = Counter(connection.scalars(_SESSIONS))
        seats: defaultdict[str, list[Seat]] = defaultdict(list)
        for session, key in connection.execute(_SEATS, {"class": CLASS}):
            seats[session] += [seat for seat in Seat if KEYS[seat] == key]
        held: defaultdict[str, list[int]] = defaultdict(list)
        for holder, shard_id in connection.execute(_SHARDS):
            held[holder].append(shard_id)
        return [
            ListedProcess(
                name=row.name,
                version=row.version,
                started_at=row.started_at,
                seen_at=row.seen_at,
                unseen_s=(row.now - row.seen_at).total_seconds(),
                seats=[seat for seat in Seat if seat in seats[row.session]],
                shards=held[row.id],
                sessions=sessions[row.session],
                work=row.work,
            )
            for row in connection.execute(_ALL)
        ]

    return await database.read(read)


async def claimed_work(database: Database, now: datetime) -> Mapping[Due, int]:
    """Return how many jobs are claimed for each kind of work, by whichever process."""

    def read(connection: Connection) -> Mapping[Due, int]:
        return {
            kind: connection.execute(statement, {"now": now}).scalar_one()
            for kind, statement in _CLAIMED.items()
        }

    return await database.read(read)
