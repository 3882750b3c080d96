"""Writes to jobs: a new row, a move, notes, EvoLink's id, and a server's end."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Unpack, cast

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    exists,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.ids import GuildId, JobId, TaskId
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import OPEN_STATES, JobState
from bot.jobs.store import JobListener
from storage.database.engine import Database
from storage.database.server_locks import ADOPTING, lock_until_commit
from storage.jobs.rows import row_of
from storage.jobs.transitions import Step, end_guild
from storage.servers.job_locks import hold_jobs
from storage.tables.column_types import Instant
from storage.tables.jobs import KEPT_TOKEN, jobs, state_among

_KNOWN = [jobs.c.interaction_id]
# The two databases word this the same; SQLAlchemy has it in their dialects only.
_RECEIVE = {
    "sqlite": sqlite_insert(jobs).on_conflict_do_nothing(index_elements=_KNOWN),
    "postgresql": postgresql_insert(jobs).on_conflict_do_nothing(index_elements=_KNOWN),
}
_NOTE = update(jobs).where(jobs.c.id == bindparam("this_job"))
_ERASE_TOKENS = (
    update(jobs)
    .where(
        KEPT_TOKEN,
        or_(
            jobs.c.requested_at < bindparam("before", type_=Instant),
            and_(
                text(state_among(set(JobState) - OPEN_STATES)),
                jobs.c.notice_due_at.is_(None),
                jobs.c.status_due_at.is_(None),
            ),
        ),
    )
    .values(interaction_token=None)
)


_other = jobs.alias("other")
_ADOPT = update(jobs).where(
    jobs.c.id == bindparam("this_job"),
    jobs.c.task_id.is_(None),
    ~exists().where(_other.c.task_id == bindparam("that_task")),
)
_TASK_OF = select(jobs.c.task_id).where(jobs.c.id == bindparam("this_job"))


class SqlJobSteps:
    """Implements `bot.jobs.store.JobSteps` on a database that is lent to it."""

    def __init__(
        self,
        database: Database,
        *,
        listener: JobListener | None,
        watcher: Callable[[Job], None] | None,
    ) -> None:
        """Set up with those who hear of changes once they are on disk.

        `listener` hears of all of them but new rows, `watcher` is shown each job that
        `move` moved.
        """
        self._database = database
        self._listener = listener
        self._watcher = watcher

    async def receive(self, job: Job) -> bool:
        if job.state is not JobState.RECEIVED:
            msg = f"a new job is received, not {job.state}"
            raise ValueError(msg)
        # Two thirds of a new row are NULL: leave them out.
        row = {name: value for name, value in row_of(job).items() if value is not None}

        def write(connection: Connection) -> bool:
            result = connection.execute(_RECEIVE[connection.dialect.name], row)
            return result.rowcount == 1

        return await self._database.write(write)

    async def move(
        self,
        job_id: JobId,
        old: JobState | Collection[JobState],
        new: JobState,
        at: datetime,
        **changes: Unpack[JobChanges],
    ) -> Job | None:
        return await self._take(Step(old, new), job_id, at, changes)

    async def _take(
        self, step: Step, job_id: JobId, at: datetime, changes: JobChanges
    ) -> Job | None:
        def tell(moved: Job | None) -> None:
            if moved is not None and self._listener is not None:
                self._listener.moved(step.olds, moved, changes)
            if moved is not None and self._watcher is not None:
                self._watcher(moved)

        return await self._database.write_and_tell(
            lambda connection: step.take(connection, job_id, at, changes), tell
        )

    async def cancel_unpaid(self, job_id: JobId, at: datetime) -> Job | None:
        changes = JobChanges(first_submit_at=None, status_due_at=at)
        step = Step(JobState.SUBMITTING, JobState.CANCELLED, unpaid=True)
        return await self._take(step, job_id, at, changes)

    async def note(self, notes: Mapping[JobId, JobChanges]) -> None:
        # One statement for each set of fields.
        alike: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
        for job_id, changes in notes.items():
            if changes:
                alike[frozenset(changes)].append({"this_job": job_id, **changes})

        def write(connection: Connection) -> None:
            hold_jobs(connection, notes)
            for parameters in alike.values():
                connection.execute(_NOTE, parameters)

        if alike:
            await self._database.write_and_tell(
                write, lambda _: self._changed(*notes.values())
            )

    async def adopt(self, job_id: JobId, task_id: TaskId, changes: JobChanges) -> bool:
        parameters = cast("dict[str, Any]", dict(changes))
        parameters |= {"this_job": job_id, "that_task": task_id, "task_id": task_id}

        def write(connection: Connection) -> bool:
            lock_until_commit(connection, ADOPTING)
            result = connection.execute(_ADOPT, parameters)
            if result.rowcount == 1:
                return True
            stored = connection.scalar(_TASK_OF, {"this_job": job_id})
            return bool(stored == task_id)

        def tell(has_it: bool) -> None:  # noqa: FBT001 - it is the result of `write`
            if has_it:
                self._changed(changes)

        return await self._database.write_and_tell(write, tell)

    async def erase_tokens(self, before: datetime) -> int:
        return await self._database.write(
            lambda connection: (
                connection.execute(_ERASE_TOKENS, {"before": before}).rowcount
            )
        )

    async def end_of_guild(self, guild_id: GuildId, at: datetime) -> int:
        def tell(ended: int) -> None:
            if ended:
                # One call for all of them: it only matters that slots may have become
                # free.
                self._changed(JobChanges(poll_due_at=None))

        return await self._database.write_and_tell(
            lambda connection: end_guild(connection, guild_id, at), tell
        )

    def _changed(self, *changes: JobChanges) -> None:
        if self._listener is not None:
            self._listener.changed(changes)
