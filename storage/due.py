"""What is due, of each of the five kinds of work that wait for a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, bindparam, select, union_all

from bot.domain.ids import JobId
from bot.domain.jobs import Job
from bot.ports import Due
from storage.column_types import Instant
from storage.rows import job_of
from storage.tables import jobs
from storage.work import WorkConnection


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


def _due_and_next(kind: Due) -> Any:  # noqa: ANN401 - a CompoundSelect's type
    """Select what is due, and after it the one job that will be due next."""
    time = jobs.c[kind.value]
    due_ = _due(kind).where(_not_skipped()).subquery("due")
    later = (
        select(jobs)
        .where(time > bindparam("now", type_=Instant), _not_skipped())
        .order_by(time)
        .limit(1)
        .subquery("later")
    )
    return union_all(select(due_), select(later))


def _not_skipped() -> Any:  # noqa: ANN401 - a condition's type
    return jobs.c.id.not_in(bindparam("skipped", expanding=True))


_DUE: Mapping[Due, Select[Any]] = MappingProxyType({kind: _due(kind) for kind in Due})
_DUE_BUT: Mapping[Due, Select[Any]] = MappingProxyType(
    {kind: statement.where(_not_skipped()) for kind, statement in _DUE.items()}
)
_DUE_AND_NEXT: Mapping[Due, Any] = MappingProxyType(
    {kind: _due_and_next(kind) for kind in Due}
)
_NEXT: Mapping[Due, Select[Any]] = MappingProxyType({kind: _next(kind) for kind in Due})


async def due(
    connection: WorkConnection,
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
    connection: WorkConnection, kind: Due, after: datetime
) -> datetime | None:
    """Return the earliest time later than `after` at which a job is due."""
    time: datetime | None = await connection.scalar(_NEXT[kind], {"after": after})
    return time


async def due_and_next(
    connection: WorkConnection,
    kind: Due,
    now: datetime,
    limit: int,
    skip: Collection[JobId],
) -> tuple[Sequence[Job], datetime | None]:
    """Return what `due` returns, and the earliest later time, in one statement."""
    rows = await connection.execute(
        _DUE_AND_NEXT[kind], {"now": now, "at_most": limit, "skipped": list(skip)}
    )
    # A union promises no order.
    found = sorted((job_of(row) for row in rows), key=lambda job: _time(job, kind))
    if found and (later := _time(found[-1], kind)) > now:
        return found[:-1], later
    return found, None


def _time(job: Job, kind: Due) -> datetime:
    time: datetime = getattr(job, kind.value)
    return time
