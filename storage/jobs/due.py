"""What is due, of each of the five kinds of work that wait for a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    select,
    type_coerce,
)

from bot.ids import ChannelId
from bot.jobs.due import Due
from bot.jobs.jobs import Job
from bot.jobs.showing import PASSING_S
from bot.jobs.states import OPEN_STATES
from storage.jobs.claims import free
from storage.jobs.rows import job_of
from storage.tables.column_types import Instant, WholeNumber
from storage.tables.jobs import jobs

_CANDIDATES = 500
"""Of the status messages that want a look, so many of the oldest and of the latest are
considered: among the latest is all news, however many have been waiting for long."""


def _due(kind: Due) -> Select[Any]:
    time = jobs.c[kind.value]
    is_due = and_(time <= bindparam("now", type_=Instant), free(kind))
    wanted = select(jobs).limit(bindparam("at_most"))
    if kind is not Due.STATUS:
        return wanted.where(is_due).order_by(time)
    ends = [
        select(
            select(jobs.c.id)
            .where(is_due)
            .order_by(order)
            .limit(_CANDIDATES)
            .subquery()
        )
        for order in (time, time.desc())
    ]
    return wanted.where(jobs.c.id.in_(ends[0].union(ends[1]))).order_by(
        _status_rank(), time
    )


def _status_rank() -> ColumnElement[int]:
    """Rank what a status message is to show: its last word, news, mere progress.

    News is due from the step that it is about, progress seconds after an edit.
    """
    columns = (jobs.c.status_due_at, jobs.c.state_since)
    due_at, since = (type_coerce(one, WholeNumber) for one in columns)
    return case(
        (jobs.c.state.not_in(OPEN_STATES), 0),
        (due_at - since <= round(PASSING_S * 1_000_000), 1),
        else_=2,
    )


def _due_elsewhere(kind: Due) -> Select[Any]:
    """Select what is due, but for some channels, in the order of the same index."""
    channels: BindParameter[Any] = bindparam("channels", expanding=True)
    return _due(kind).where(jobs.c.channel_id.not_in(channels))


def _next(kind: Due) -> Select[Any]:
    time = jobs.c[kind.value]
    later = time > bindparam("after", type_=Instant)
    return select(time).where(later).order_by(time).limit(1)


_DUE: Mapping[Due, Select[Any]] = MappingProxyType({kind: _due(kind) for kind in Due})
_DUE_ELSEWHERE: Mapping[Due, Select[Any]] = MappingProxyType(
    {kind: _due_elsewhere(kind) for kind in Due}
)
_NEXT: Mapping[Due, Select[Any]] = MappingProxyType({kind: _next(kind) for kind in Due})


def due(
    connection: Connection,
    kind: Due,
    now: datetime,
    limit: int,
    skip_channels: Collection[ChannelId] = (),
) -> Sequence[Job]:
    """Return the jobs whose time for `kind` has come, the longest due first.

    Status messages: first those that are to say their last word, then those with news.
    """
    parameters: dict[str, Any] = {"now": now, "at_most": limit}
    if skip_channels:
        parameters["channels"] = list(skip_channels)
        rows = connection.execute(_DUE_ELSEWHERE[kind], parameters)
    else:
        rows = connection.execute(_DUE[kind], parameters)
    return [job_of(row) for row in rows]


def next_due(connection: Connection, kind: Due, after: datetime) -> datetime | None:
    """Return the earliest time later than `after` at which a job is due."""
    time: datetime | None = connection.scalar(_NEXT[kind], {"after": after})
    return time


def due_and_next(
    connection: Connection,
    kind: Due,
    now: datetime,
    limit: int,
    *,
    skip_channels: Collection[ChannelId] = (),
) -> tuple[Sequence[Job], datetime | None]:
    """Return what `due` returns and, if that was all, what `next_due` returns.

    None where `limit` jobs are returned: more may be due already. A job that becomes
    due between the two statements is in neither.
    """
    found = due(connection, kind, now, limit, skip_channels)
    if len(found) == limit:
        return found, None
    return found, next_due(connection, kind, now)
