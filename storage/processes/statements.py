"""What processes say to the server of themselves, of each other and of their seats."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, or_, select, text, update

from bot.processes.seats import Seat
from storage.database.server_locks import CLASS
from storage.database.server_time import server_time
from storage.tables.column_types import JsonText
from storage.tables.processes import DEAD_AFTER_S, processes

CHANNEL = "clapper_processes"
"""Where processes hear that there may be a seat, or another process."""
KEYS: Mapping[Seat, int] = MappingProxyType(
    {Seat.EVOLINK: 1, Seat.HOUSEKEEPING: 2, Seat.DISCORD: 3}
)
"""The numbers of their advisory locks, the same for every Clapper."""

_OURS = processes.c.id == bindparam("this_process")
_IS_ALIVE = processes.c.seen_at > server_time(-DEAD_AFTER_S)

JOIN = insert(processes).values(started_at=server_time(), seen_at=server_time())
LEAVE = delete(processes).where(_OURS)
_RENEWED = (
    update(processes)
    .where(_OURS)
    .values(seen_at=server_time(), work=bindparam("work", type_=JsonText))
    .returning(processes.c.id)
    .cte("renewed")
)
# Sees the other rows as they were before, which is as good.
RENEW = select(
    select(func.count()).select_from(_RENEWED).scalar_subquery(),
    func.count().filter(or_(_IS_ALIVE, _OURS)),
    func.count().filter(~_IS_ALIVE, ~_OURS),
    (func.extract("epoch", func.clock_timestamp()) * 1.0),
).select_from(processes)
# A row that is locked is being renewed.
_DEAD = (
    delete(processes)
    .where(
        processes.c.id.in_(
            select(processes.c.id)
            .where(~_OURS, ~_IS_ALIVE)
            .with_for_update(skip_locked=True)
        )
    )
    .returning(processes.c.name, processes.c.session)
    .cte("dead")
)
# A process that was stopped keeps its connections, and with them its locks.
REMOVE_DEAD = (
    select(_DEAD.c.name, func.count(text("pg_terminate_backend(pid)")))
    .select_from(
        _DEAD.outerjoin(
            text("pg_stat_activity"),
            text(
                "application_name = dead.session AND usename = current_user"
                " AND datname = current_database()"
            ),
        )
    )
    .group_by(_DEAD.c.name)
)
TAKEN = text(
    "SELECT CAST(objid AS bigint) AS key, pid, pid = pg_backend_pid() AS ours"
    " FROM pg_locks"
    " WHERE locktype = 'advisory' AND granted AND objsubid = 2"
    " AND classid = CAST(CAST(:class AS bigint) AS oid)"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
TAKE = text("SELECT pg_try_advisory_lock(:class, :key)")
GIVE_UP = text("SELECT pg_advisory_unlock(:class, :key)")
NOTIFY = select(func.pg_notify(CHANNEL, ""))


def of_seat(seat: Seat) -> dict[str, Any]:
    """Return the parameters of a statement about a seat."""
    return {"class": CLASS, "key": KEYS[seat]}
