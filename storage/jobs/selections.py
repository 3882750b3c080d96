"""Looks jobs up: one of them, a member's, a state's; and counts them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from bot.ids import GuildId, JobId, TaskId, UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from storage.jobs.rows import job_of
from storage.tables.jobs import jobs

_BY_ID = select(jobs).where(jobs.c.id == bindparam("this_job"))
_BY_TASK = select(jobs).where(jobs.c.task_id == bindparam("this_task"))
_BY_CALLBACK = select(jobs).where(jobs.c.callback_hash == bindparam("kept"))
_IN_STATE = (
    select(jobs)
    .where(jobs.c.state == bindparam("in_state"), jobs.c.id > bindparam("after"))
    .order_by(jobs.c.id)
    .limit(bindparam("at_most"))
    .with_hint(jobs, "INDEXED BY ix_jobs_state", "sqlite")
)
_COUNTS = (
    select(jobs.c.state, func.count())
    .group_by(jobs.c.state)
    .with_hint(jobs, "INDEXED BY ix_jobs_state", "sqlite")
)


def _of_member(chosen: Select[Any]) -> Select[Any]:
    return chosen.where(
        jobs.c.guild_id == bindparam("of_guild"),
        jobs.c.user_id == bindparam("of_user"),
    ).with_hint(jobs, "INDEXED BY ix_jobs_member", "sqlite")


_OF_MEMBER = (
    _of_member(select(jobs))
    .order_by(jobs.c.requested_at.desc(), jobs.c.id.desc())
    .limit(bindparam("at_most"))
    .offset(bindparam("past"))
)
_COUNT_OF_MEMBER = _of_member(select(func.count()).select_from(jobs))
_IN_STATES = jobs.c.state.in_(bindparam("in_states", expanding=True))


def get(connection: Connection, job_id: JobId) -> Job | None:
    """Return a job by its id."""
    return _one(connection, _BY_ID, {"this_job": job_id})


def by_task(connection: Connection, task_id: TaskId) -> Job | None:
    """Return the job that a task belongs to."""
    return _one(connection, _BY_TASK, {"this_task": task_id})


def by_callback(connection: Connection, callback_hash: str) -> Job | None:
    """Return the job that keeps this fingerprint of a token."""
    return _one(connection, _BY_CALLBACK, {"kept": callback_hash})


def in_state(
    connection: Connection, state: JobState, limit: int, after: JobId | None
) -> Sequence[Job]:
    """Return jobs in a state by id, from the first one after `after`."""
    # Every id comes after the empty one.
    parameters = {"in_state": state, "after": after or "", "at_most": limit}
    rows = connection.execute(_IN_STATE, parameters)
    return [job_of(row) for row in rows]


def of_member(
    connection: Connection,
    guild_id: GuildId,
    user_id: UserId,
    *,
    states: Collection[JobState] | None,
    limit: int,
    offset: int,
) -> Sequence[Job]:
    """Return a page of a member's jobs in a server, newest first."""
    parameters: dict[str, Any] = {
        "of_guild": guild_id,
        "of_user": user_id,
        "at_most": limit,
        "past": offset,
    }
    statement = _narrowed(_OF_MEMBER, states, parameters)
    rows = connection.execute(statement, parameters)
    return [job_of(row) for row in rows]


def count_of_member(
    connection: Connection,
    guild_id: GuildId,
    user_id: UserId,
    states: Collection[JobState] | None,
) -> int:
    """Return how many jobs `of_member` has on all pages together."""
    parameters: dict[str, Any] = {"of_guild": guild_id, "of_user": user_id}
    statement = _narrowed(_COUNT_OF_MEMBER, states, parameters)
    return int(connection.scalar(statement, parameters) or 0)


def counts(connection: Connection) -> Mapping[JobState, int]:
    """Return how many jobs are in each state that has any."""
    rows = connection.execute(_COUNTS)
    return {state: number for state, number in rows}  # noqa: C416 - rows are no pairs


def _narrowed(
    statement: Select[Any],
    states: Collection[JobState] | None,
    parameters: dict[str, Any],
) -> Select[Any]:
    if states is None:
        return statement
    parameters["in_states"] = list(states)
    return statement.where(_IN_STATES)


def _one(
    connection: Connection, statement: Select[Any], parameters: dict[str, Any]
) -> Job | None:
    row = connection.execute(statement, parameters).one_or_none()
    return None if row is None else job_of(row)
