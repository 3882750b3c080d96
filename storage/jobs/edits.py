"""Writes that leave a job's state alone: a new row, notes, dates, and EvoLink's id."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import (
    Connection,
    Update,
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

from bot.ids import JobId, TaskId
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import OPEN_STATES, JobState
from storage.jobs.rows import row_of
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


def _redate(kind: Due) -> Update:
    time = jobs.c[kind.value]
    return (
        update(jobs)
        .where(jobs.c.id == bindparam("this_job"))
        .where(time == bindparam("was_due_at", type_=Instant))
        .values({time: bindparam("now_due_at", type_=Instant)})
    )


_REDATE: Mapping[Due, Update] = MappingProxyType({kind: _redate(kind) for kind in Due})
_other = jobs.alias("other")
_ADOPT = update(jobs).where(
    jobs.c.id == bindparam("this_job"),
    jobs.c.task_id.is_(None),
    ~exists().where(_other.c.task_id == bindparam("that_task")),
)
_TASK_OF = select(jobs.c.task_id).where(jobs.c.id == bindparam("this_job"))


def receive(connection: Connection, job: Job) -> bool:
    """Add a row, unless the interaction has one; return whether it was added."""
    statement = _RECEIVE[connection.dialect.name]
    # Two thirds of a new row are empty: they need not be said.
    row = {name: value for name, value in row_of(job).items() if value is not None}
    result = connection.execute(statement, row)
    return result.rowcount == 1


def note(connection: Connection, notes: Mapping[JobId, JobChanges]) -> None:
    """Change fields of several jobs, with one statement for each set of fields."""
    alike: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
    for job_id, changes in notes.items():
        if changes:
            alike[frozenset(changes)].append({"this_job": job_id, **changes})
    for parameters in alike.values():
        connection.execute(_NOTE, parameters)


def redate(
    connection: Connection, job: Job, kind: Due, due_at: datetime | None
) -> bool:
    """Set a due time that is still the one in `job`; return whether it was."""
    result = connection.execute(
        _REDATE[kind],
        {
            "this_job": job.id,
            "was_due_at": getattr(job, kind.value),
            "now_due_at": due_at,
        },
    )
    return result.rowcount == 1


def adopt(
    connection: Connection, job_id: JobId, task_id: TaskId, changes: JobChanges
) -> bool:
    """Store a task's id where there is none; return whether the job has exactly it."""
    parameters = cast("dict[str, Any]", dict(changes))
    parameters |= {"this_job": job_id, "that_task": task_id, "task_id": task_id}
    result = connection.execute(_ADOPT, parameters)
    if result.rowcount == 1:
        return True
    stored = connection.scalar(_TASK_OF, {"this_job": job_id})
    return bool(stored == task_id)


def erase_tokens(connection: Connection, before: datetime) -> int:
    """Erase tokens that are older, or whose job has nothing left to tell.

    Returns how many were erased.
    """
    result = connection.execute(_ERASE_TOKENS, {"before": before})
    return result.rowcount
