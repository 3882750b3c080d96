"""What is due, of each of the kinds of work that wait for a time; and who is next."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Update,
    and_,
    bindparam,
    case,
    func,
    select,
    type_coerce,
    update,
)

from bot.ids import ChannelId
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.queueing import TaskUnderWay
from bot.jobs.showing import PASSING_S
from bot.jobs.states import OPEN_STATES
from bot.jobs.store import JobListener
from storage.database.engine import Database
from storage.jobs import queue
from storage.jobs.rows import job_of
from storage.tables.column_types import Instant, WholeNumber
from storage.tables.jobs import jobs, lease_of
from storage.tables.leases import free

_CANDIDATES = 500
"""Of the status messages that are due, so many of the oldest and of the latest are
considered: among the latest is all news, however many have been waiting for long."""


def _due(kind: Due) -> Select[Any]:
    time = jobs.c[kind.value]
    is_due = and_(time <= bindparam("now", type_=Instant), free(lease_of(kind)))
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


def _next_or_leased(kind: Due) -> Select[Any]:
    """Select the same, and when the first lease of what is due ends.

    Another process has it, and may be dead by then. No more is due than was just read,
    and what is leased.
    """
    time, lease = jobs.c[kind.value], lease_of(kind)
    after = bindparam("after", type_=Instant)
    leased = select(func.min(lease)).where(time <= after, lease > after)
    first = func.least(_next(kind).scalar_subquery(), leased.scalar_subquery())
    return select(type_coerce(first, Instant))


_DUE: Mapping[Due, Select[Any]] = MappingProxyType({kind: _due(kind) for kind in Due})
_DUE_ELSEWHERE: Mapping[Due, Select[Any]] = MappingProxyType(
    {kind: _due_elsewhere(kind) for kind in Due}
)
_FOLLOWING: Mapping[str, Mapping[Due, Select[Any]]] = MappingProxyType(
    {
        "sqlite": {kind: _next(kind) for kind in Due},
        "postgresql": {kind: _next_or_leased(kind) for kind in Due},
    }
)


def _redate(kind: Due) -> Update:
    time = jobs.c[kind.value]
    return (
        update(jobs)
        .where(jobs.c.id == bindparam("this_job"))
        .where(time == bindparam("was_due_at", type_=Instant))
        .values({time: bindparam("now_due_at", type_=Instant)})
    )


_REDATE: Mapping[Due, Update] = MappingProxyType({kind: _redate(kind) for kind in Due})


class SqlJobWork:
    """Implements `bot.jobs.store.JobWork` on a database that is lent to it."""

    def __init__(self, database: Database, *, listener: JobListener | None) -> None:
        """Keep who is told of due times once they are on disk."""
        self._database = database
        self._listener = listener

    async def due_and_next(
        self,
        kind: Due,
        now: datetime,
        limit: int,
        *,
        skip_channels: Collection[ChannelId] = (),
    ) -> tuple[Sequence[Job], datetime | None]:
        statement = _DUE[kind]
        parameters: dict[str, Any] = {"now": now, "at_most": limit}
        if skip_channels:
            statement = _DUE_ELSEWHERE[kind]
            parameters["channels"] = list(skip_channels)

        def read(connection: Connection) -> tuple[Sequence[Job], datetime | None]:
            rows = connection.execute(statement, parameters).all()
            found = [job_of(row) for row in rows]
            if len(found) == limit:
                return found, None
            following = _FOLLOWING[connection.dialect.name][kind]
            return found, connection.scalar(following, {"after": now})

        return await self._database.read(read)

    async def redate(self, job: Job, kind: Due, due_at: datetime | None) -> bool:
        parameters = {
            "this_job": job.id,
            "was_due_at": getattr(job, kind.value),
            "now_due_at": due_at,
        }

        def write(connection: Connection) -> bool:
            return connection.execute(_REDATE[kind], parameters).rowcount == 1

        def tell(was_set: bool) -> None:  # noqa: FBT001 - it is the result of `write`
            if was_set and self._listener is not None:
                change: JobChanges = {}
                change[kind.value] = due_at
                self._listener.changed([change])

        return await self._database.write_and_tell(write, tell)

    async def next_queued(
        self,
        limit: int,
        *,
        slots: int | None = None,
        doubted_before: datetime | None = None,
        with_pictures: bool = True,
    ) -> tuple[Sequence[Job], bool]:
        return await self._database.read(
            lambda connection: queue.next_queued(
                connection,
                limit,
                slots=slots,
                doubted_before=doubted_before,
                with_pictures=with_pictures,
            )
        )

    async def queued_since(self, before: datetime, limit: int) -> Sequence[Job]:
        return await self._database.read(
            lambda connection: queue.queued_since(connection, before, limit)
        )

    async def queue_position(self, job: Job) -> int:
        return await self._database.read(
            lambda connection: queue.position(connection, job)
        )

    async def making(self) -> Sequence[TaskUnderWay]:
        return await self._database.read(queue.making)
