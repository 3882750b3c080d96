"""Finds jobs by id, member or state, and counts them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from bot.ids import GuildId, JobId, TaskId, UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from storage.database.engine import Database
from storage.jobs.rows import job_of
from storage.sums.store import counts
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


class SqlJobLookups:
    """Implements `bot.jobs.store.JobLookups` on a database that is lent to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, job_id: JobId) -> Job | None:
        return await self._one(_BY_ID, {"this_job": job_id})

    async def by_task(self, task_id: TaskId) -> Job | None:
        return await self._one(_BY_TASK, {"this_task": task_id})

    async def by_callback(self, callback_hash: str) -> Job | None:
        return await self._one(_BY_CALLBACK, {"kept": callback_hash})

    async def in_state(
        self, state: JobState, limit: int, after: JobId | None = None
    ) -> Sequence[Job]:
        # Every id comes after the empty one.
        parameters = {"in_state": state, "after": after or "", "at_most": limit}
        return await self._all(_IN_STATE, parameters)

    async def of_member(
        self,
        guild_id: GuildId,
        user_id: UserId,
        *,
        states: Collection[JobState] | None,
        limit: int,
        offset: int,
    ) -> Sequence[Job]:
        parameters: dict[str, Any] = {
            "of_guild": guild_id,
            "of_user": user_id,
            "at_most": limit,
            "past": offset,
        }
        statement = _narrowed(_OF_MEMBER, states, parameters)
        return await self._all(statement, parameters)

    async def count_of_member(
        self,
        guild_id: GuildId,
        user_id: UserId,
        *,
        states: Collection[JobState] | None,
    ) -> int:
        parameters: dict[str, Any] = {"of_guild": guild_id, "of_user": user_id}
        statement = _narrowed(_COUNT_OF_MEMBER, states, parameters)

        def read(connection: Connection) -> int:
            return int(connection.scalar(statement, parameters) or 0)

        return await self._database.read(read)

    async def counts(self) -> Mapping[JobState, int]:
        return await self._database.read(counts)

    async def _one(
        self, statement: Select[Any], parameters: dict[str, Any]
    ) -> Job | None:
        def read(connection: Connection) -> Job | None:
            row = connection.execute(statement, parameters).one_or_none()
            return None if row is None else job_of(row)

        return await self._database.read(read)

    async def _all(
        self, statement: Select[Any], parameters: dict[str, Any]
    ) -> Sequence[Job]:
        def read(connection: Connection) -> Sequence[Job]:
            return [job_of(row) for row in connection.execute(statement, parameters)]

        return await self._database.read(read)


def _narrowed(
    statement: Select[Any],
    states: Collection[JobState] | None,
    parameters: dict[str, Any],
) -> Select[Any]:
    if states is None:
        return statement
    parameters["in_states"] = list(states)
    return statement.where(_IN_STATES)
