"""What is due, of each of the five kinds of work that wait for a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import JobId
from bot.domain.jobs import Job
from bot.ports import Due
from storage.column_types import Instant
from storage.rows import job_of
from storage.tables import jobs


def _due(kind: Due) -> Select[Any]:
    time = jobs.c[kind.value]
    return (
        select(jobs)
        .where(time <= bindparam("now", type_=Instant))
        .order_by(time)
        .limit(bindparam("at_most"))
    )


def _next(kind: Due) -> Select[Any]:
    time = jobs.c[kind.value]
    later = time > bindparam("after", type_=Instant)
    return select(time).where(later).order_by(time).limit(1)


_DUE: Mapping[Due, Select[Any]] = MappingProxyType({kind: _due(kind) for kind in Due})
_DUE_BUT: Mapping[Due, Select[Any]] = MappingProxyType(
    {
        kind: statement.where(jobs.c.id.not_in(bindparam("skipped", expanding=True)))
        for kind, statement in _DUE.items()
    }
)
_NEXT: Mapping[Due, Select[Any]] = MappingProxyType({kind: _next(kind) for kind in Due})


async def due(
    connection: AsyncConnection,
    kind: Due,
    now: datetime,
    limit: int,
    skip: Collection[JobId],
) -> Sequence[Job]:
    """Return the jobs whose time for `kind` has come, the longest due first."""
    parameters: dict[str, Any] = {"now": now, "at_most": limit}
    statement = _DUE[kind]
    if skip:
        statement = _DUE_BUT[kind]
        parameters["skipped"] = list(skip)
    rows = await connection.execute(statement, parameters)
    return [job_of(row) for row in rows]


async def next_due(
    connection: AsyncConnection, kind: Due, after: datetime
) -> datetime | None:
    """Return the earliest time later than `after` at which a job is due."""
    time: datetime | None = await connection.scalar(_NEXT[kind], {"after": after})
    return time
