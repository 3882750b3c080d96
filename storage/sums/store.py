"""Keeps what jobs add up to, and tells how many there are in each state.

Triggers write down what changes (`storage.tables.sums`). Here the changes are added to
the sums, some at a time.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    delete,
    func,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.ids import GuildId
from bot.jobs.states import OPEN_STATES, JobState
from storage.database.engine import Database
from storage.servers.guilds import EVERYBODY
from storage.tables.jobs import jobs, state_among
from storage.tables.sums import (
    day_counts,
    day_prices,
    job_changes,
    job_counts,
    month_prices,
)

Sums: TypeAlias = Counter[tuple[Any, ...]]

_OPEN = (
    select(jobs.c.state, func.count().label("jobs"))
    .where(text(state_among(OPEN_STATES)))
    .group_by(jobs.c.state)
    .with_hint(jobs, "INDEXED BY ix_jobs_state", "sqlite")
)
_EACH = union_all(
    _OPEN,
    select(job_counts.c.state, job_counts.c.jobs),
    select(job_changes.c.state, job_changes.c.jobs).where(
        job_changes.c.state.is_not(None)
    ),
).subquery("each")
_COUNTS = (
    select(_EACH.c.state, func.sum(_EACH.c.jobs))
    .group_by(_EACH.c.state)
    .having(func.sum(_EACH.c.jobs) != 0)
)

_OLDEST = select(job_changes).order_by(job_changes.c.id).limit(bindparam("at_most"))
# Where others add up too, each takes changes of its own.
_CHANGES = _OLDEST.with_for_update(skip_locked=True)
# A server's are erased when none is left, in nobody's hands either.
_CHANGES_OF = _OLDEST.where(
    job_changes.c.guild_id == bindparam("of_guild")
).with_for_update()
_THESE = delete(job_changes).where(
    job_changes.c.id.in_(bindparam("these", expanding=True))
)
_TABLES = (job_counts, month_prices, day_counts, day_prices)


def _keys(table: Any) -> list[Any]:  # noqa: ANN401 - a Table and its Columns
    return list(table.primary_key.columns)


def _add(insert: Any, table: Any) -> Any:  # noqa: ANN401 - an Insert of either kind
    adding = insert(table)
    return adding.on_conflict_do_update(
        index_elements=_keys(table),
        set_={"jobs": table.c.jobs + adding.excluded.jobs},
    )


# The two databases word this the same; SQLAlchemy has it in their dialects only.
_ADD = {
    "sqlite": {table: _add(sqlite_insert, table) for table in _TABLES},
    "postgresql": {table: _add(postgresql_insert, table) for table in _TABLES},
}
_EMPTIED = {
    table: delete(table).where(
        table.c.jobs == 0,
        *(key == bindparam(f"of_{key.name}", type_=key.type) for key in _keys(table)),
    )
    for table in _TABLES
}


def counts(connection: Connection) -> Mapping[JobState, int]:
    """Return how many jobs are in each state that has any."""
    rows = connection.execute(_COUNTS)
    return {state: int(number) for state, number in rows}


class SqlSums:
    """Implements `bot.operations.sums.SumsStore` on a database that is lent to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_changes(self, limit: int) -> int:
        """Do what `bot.operations.sums.SumsStore` says."""
        return await self._database.write(
            lambda connection: add_changes(connection, limit)
        )


def add_changes(
    connection: Connection, limit: int, guild_id: GuildId | None = None
) -> int:
    """Add the oldest changes (of a server) to the sums; return how many there were.

    What is true of the jobs stays the same. Of a server whose jobs are erased nothing
    is left where its changes are added.
    """
    parameters: dict[str, int] = {"at_most": limit}
    if guild_id is not None:
        parameters["of_guild"] = guild_id
    statement = _CHANGES if guild_id is None else _CHANGES_OF
    changes = connection.execute(statement, parameters).all()
    if not changes:
        return 0
    for table, sums in _sums_of(changes).items():
        _put(connection, table, sums)
    connection.execute(_THESE, {"these": [one.id for one in changes]})
    return len(changes)


def _sums_of(changes: Sequence[Row[Any]]) -> Mapping[Any, Sums]:
    """Return what changes add to each table, always in one order."""
    found: dict[Any, Sums] = {table: Counter() for table in _TABLES}
    for one in changes:
        if one.state is not None:
            found[job_counts][(one.state,)] += one.jobs
        if one.price is not None:
            for whose in (one.guild_id, EVERYBODY):
                key = (whose, one.month, one.price, one.charged)
                found[month_prices][key] += one.jobs
        if one.day is not None and one.state is not None:
            found[day_counts][one.day, one.state] += one.jobs
        if one.day is not None and one.price is not None:
            found[day_prices][one.day, one.charged] += one.jobs
    return found


def _put(connection: Connection, table: Any, sums: Sums) -> None:  # noqa: ANN401 - a Table
    names = [key.name for key in _keys(table)]
    # Always in one order: where others add up too, none waits for the other in a ring.
    changed = sorted((key, number) for key, number in sums.items() if number)
    rows = [{**dict(zip(names, key, strict=True)), "jobs": n} for key, n in changed]
    if not rows:
        return
    connection.execute(_ADD[connection.dialect.name][table], rows)
    emptied = [
        {f"of_{name}": row[name] for name in names} for row in rows if row["jobs"] < 0
    ]
    if emptied:
        connection.execute(_EMPTIED[table], emptied)
