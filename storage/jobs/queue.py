"""Whose turn it is: fair between servers, in order of arrival within each.

The n-th job of a server, counting those it has at EvoLink, has turn n. Turns go up, and
within a turn the earlier request goes first. Nothing of this is stored: it follows from
the rows, and so cannot fall out of step with them.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
)

from bot.jobs.jobs import Job
from bot.jobs.queueing import Slots, TaskUnderWay
from bot.jobs.states import JobState
from storage.database.server_locks import SUBMITTING, lock_until_commit
from storage.jobs.rows import job_of
from storage.tables.column_types import Instant
from storage.tables.jobs import HOLDS_A_SLOT, QUEUED, jobs

# Without statistics SQLite would look up the state and sort every row of the queue.
_BY_QUEUE = "INDEXED BY ix_jobs_queue"
_BY_SLOTS = "INDEXED BY ix_jobs_slots"

_ACTIVE = (
    select(func.count())
    .select_from(jobs)
    .where(HOLDS_A_SLOT)
    .with_hint(jobs, _BY_SLOTS, "sqlite")
)
_MAKING = (
    select(jobs.c.accepted_at, jobs.c.expected_end_at)
    .where(HOLDS_A_SLOT)
    .with_hint(jobs, _BY_SLOTS, "sqlite")
)
UPLOAD_WITHIN = timedelta(seconds=5)
"""For so long a picture may be on its way to EvoLink before its job is in doubt."""
_NEVER = datetime.fromtimestamp(0, UTC)
_DOUBTFUL = (
    select(func.count())
    .select_from(jobs)
    .where(
        jobs.c.submit_due_at.is_not(None),
        jobs.c.state == JobState.SUBMITTING,
        or_(
            jobs.c.submit_attempts > 1,
            # Not `first_submit_at`, which may be of a request before a pause.
            jobs.c.state_since
            <= case(
                (
                    jobs.c.picture_kind.is_(None),
                    bindparam("doubted", type_=Instant),
                ),
                else_=bindparam("doubted_with_picture", type_=Instant),
            ),
        ),
    )
    .with_hint(jobs, "INDEXED BY ix_jobs_submit_due", "sqlite")
)


def _busy() -> CTE:
    """Count each server's tasks at EvoLink."""
    return (
        select(jobs.c.guild_id, func.count().label("active"))
        .where(HOLDS_A_SLOT)
        .group_by(jobs.c.guild_id)
        .with_hint(jobs, _BY_SLOTS, "sqlite")
        .cte("busy")
    )


def _next_queued(dialect: str, *, with_pictures: bool) -> Select[Any]:
    """Select the next jobs without ranking the whole queue.

    Those with pictures are left out unless they are wanted.

    One pass over the index finds each server's oldest job. Only the `at_most` servers
    whose oldest goes first can have a job among the next `at_most`, and of each of
    them only so many, so that few rows are left to be ranked.
    """
    at_most: BindParameter[int] = bindparam("at_most")
    busy = _busy()

    def wanted(one: FromClause) -> ColumnElement[bool]:
        return true() if with_pictures else one.c.picture_kind.is_(None)

    heads = (
        select(jobs.c.guild_id, func.min(jobs.c.requested_at).label("oldest"))
        .where(QUEUED, wanted(jobs))
        .group_by(jobs.c.guild_id)
        .with_hint(jobs, _BY_QUEUE, "sqlite")
        .cte("heads")
    )
    active = func.coalesce(busy.c.active, 0)
    servers = (
        select(heads.c.guild_id, active.label("active"))
        .join_from(heads, busy, busy.c.guild_id == heads.c.guild_id, isouter=True)
        .order_by(active, heads.c.oldest)
        .limit(at_most)
        .cte("servers")
    )
    waiting = jobs.alias("waiting")
    of_server = (
        select(waiting.c.id)
        .where(waiting.c.guild_id == servers.c.guild_id, QUEUED, wanted(waiting))
        .order_by(waiting.c.requested_at, waiting.c.id)
        .limit(at_most)
        .with_hint(waiting, _BY_QUEUE, "sqlite")
        .correlate(servers)
    )
    place = func.row_number().over(
        partition_by=jobs.c.guild_id, order_by=(jobs.c.requested_at, jobs.c.id)
    )
    if dialect == "postgresql":
        # It would hold all jobs against each server's; SQLite knows no lateral join.
        following = of_server.lateral("following")
        found = (
            select(jobs)
            .select_from(servers)
            .join(following, true())
            .join(jobs, jobs.c.id == following.c.id)
        )
    else:
        found = select(jobs).join_from(servers, jobs, jobs.c.id.in_(of_server))
    return found.order_by(
        servers.c.active + place, jobs.c.requested_at, jobs.c.id
    ).limit(at_most)


def _before() -> Select[Any]:
    """Count the queued jobs that go before one, in one pass over the index.

    With `turn` the job's own, `ahead` is how many turns a server may take before it,
    that last one included, which it takes only if its `ahead`-th job is older.
    """
    mine = {
        "guild_id": bindparam("of_guild"),
        "requested_at": bindparam("requested", type_=Instant),
        "id": bindparam("this_job"),
    }
    busy = _busy()
    older: ColumnElement[bool] = or_(
        jobs.c.requested_at < mine["requested_at"],
        and_(jobs.c.requested_at == mine["requested_at"], jobs.c.id < mine["id"]),
    )
    queue = (
        select(
            jobs.c.guild_id,
            func.count().label("waiting"),
            func.sum(case((older, 1), else_=0)).label("older"),
        )
        .where(QUEUED)
        .group_by(jobs.c.guild_id)
        .with_hint(jobs, _BY_QUEUE, "sqlite")
        .cte("queue")
    )

    def own(column: ColumnElement[Any], counted: CTE) -> ColumnElement[Any]:
        one = select(column).where(counted.c.guild_id == mine["guild_id"])
        return func.coalesce(one.scalar_subquery(), 0)

    turn = select(
        (own(busy.c.active, busy) + own(queue.c.older, queue) + 1).label("number")
    ).cte("turn")
    ahead = turn.c.number - func.coalesce(busy.c.active, 0)
    jobs_before = case(
        (ahead <= 0, 0),
        (queue.c.older >= ahead, ahead),
        (queue.c.waiting < ahead, queue.c.waiting),
        else_=ahead - 1,
    )
    return (
        select(func.coalesce(func.sum(jobs_before), 0))
        .select_from(turn)
        .join(queue, turn.c.number > 0)
        .join(busy, busy.c.guild_id == queue.c.guild_id, isouter=True)
    )


_NEXT_QUEUED = {
    name: _next_queued(name, with_pictures=True) for name in ("sqlite", "postgresql")
}
_NEXT_WITHOUT_PICTURES = {
    name: _next_queued(name, with_pictures=False) for name in ("sqlite", "postgresql")
}
_QUEUED_SINCE = (
    select(jobs)
    .where(
        QUEUED,
        func.coalesce(jobs.c.first_submit_at, jobs.c.state_since)
        <= bindparam("before", type_=Instant),
    )
    .order_by(jobs.c.guild_id, jobs.c.requested_at, jobs.c.id)
    .limit(bindparam("at_most"))
    .with_hint(jobs, _BY_QUEUE, "sqlite")
)
_BEFORE = _before()


def next_queued(
    connection: Connection,
    limit: int,
    *,
    slots: int | None = None,
    doubted_before: datetime | None = None,
    with_pictures: bool = True,
) -> tuple[Sequence[Job], bool]:
    """Return the queued jobs whose turn it is in their order, and whether more wait.

    No more than fill up `slots` tasks at once; None = whatever their number. Those
    whose request has failed, or has left before `doubted_before` without an answer,
    may never have been accepted, and take no place from others, unless there are as
    many of them as slots.
    """
    if slots is not None:
        limit = min(limit, _free_slots(connection, slots, doubted_before or _NEVER))
    limit = max(limit, 0)
    statements = _NEXT_QUEUED if with_pictures else _NEXT_WITHOUT_PICTURES
    statement = statements[connection.dialect.name]
    rows = connection.execute(statement, {"at_most": limit + 1})
    found = [job_of(row) for row in rows]
    return found[:limit], len(found) > limit


def take_slot(connection: Connection, slots: Slots) -> bool:
    """Return whether one more task may be asked for, and keep others from it.

    Until the transaction ends nobody else takes a slot. On a file nobody does anyway.
    """
    if connection.dialect.name == "sqlite":
        return True
    lock_until_commit(connection, SUBMITTING)
    return _free_slots(connection, slots.most, slots.doubted_before) > 0


def _free_slots(connection: Connection, slots: int, doubted_before: datetime) -> int:
    doubted = {
        "doubted": doubted_before,
        "doubted_with_picture": max(doubted_before - UPLOAD_WITHIN, _NEVER),
    }
    doubtful = int(connection.scalar(_DOUBTFUL, doubted) or 0)
    active = int(connection.scalar(_ACTIVE) or 0)
    return slots - (active - min(doubtful, slots))


def queued_since(connection: Connection, before: datetime, limit: int) -> Sequence[Job]:
    """Return queued jobs that were first sent, or else queued, by that time."""
    parameters = {"before": before, "at_most": limit}
    rows = connection.execute(_QUEUED_SINCE, parameters)
    return [job_of(row) for row in rows]


def position(connection: Connection, job: Job) -> int:
    """Return the place that a job has, or would have, in the queue, from 1."""
    before = connection.scalar(
        _BEFORE,
        {
            "of_guild": job.guild_id,
            "requested": job.requested_at,
            "this_job": job.id,
        },
    )
    return int(before or 0) + 1


def making(connection: Connection) -> Sequence[TaskUnderWay]:
    """Return the tasks that are, or may be, in EvoLink's hands."""
    rows = connection.execute(_MAKING)
    return [
        TaskUnderWay(accepted_at=row.accepted_at, expected_end_at=row.expected_end_at)
        for row in rows
    ]
