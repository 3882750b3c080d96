"""Decisions on requests that wait for approval: each is made once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, literal, select

from bot.ids import JobId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobListener
from bot.moderation.ports import Decision
from storage.database.engine import Database
from storage.jobs.rows import job_of
from storage.jobs.transitions import Step
from storage.servers.audit import record_audit
from storage.tables.column_types import Instant, Word
from storage.tables.jobs import jobs

_WAITING = (
    select(jobs)
    .where(
        jobs.c.state == literal(JobState.AWAITING_REVIEW, Word(JobState)),
        jobs.c.state_since < bindparam("before", type_=Instant),
    )
    .order_by(jobs.c.state_since)
    .limit(bindparam("at_most"))
)


class SqlReviewStore:
    """Implements `bot.moderation.ports.ReviewStore`."""

    def __init__(self, database: Database, *, listener: JobListener | None) -> None:
        self._database = database
        self._listener = listener

    async def decide(self, job_id: JobId, decision: Decision) -> Job | None:
        denied = decision.state is JobState.DENIED
        changes = JobChanges(
            decided_by=decision.decided_by,
            decision_reason=decision.reason,
            status_due_at=decision.at,
            notice_due_at=decision.at if denied else None,
        )
        if denied and decision.decided_by is None:
            changes["failure"] = Failure.LAPSED
        step = Step(JobState.AWAITING_REVIEW, decision.state)

        def work(connection: Connection) -> Job | None:
            job = step.take(connection, job_id, decision.at, changes)
            if job is not None:
                record_audit(connection, decision.entry)
            return job

        def tell(job: Job | None) -> None:
            if job is not None and self._listener is not None:
                self._listener.moved({JobState.AWAITING_REVIEW}, job, changes)

        return await self._database.write_and_tell(work, tell)

    async def waiting_since(self, before: datetime, limit: int) -> Sequence[Job]:
        def work(connection: Connection) -> Sequence[Job]:
            rows = connection.execute(_WAITING, {"before": before, "at_most": limit})
            return [job_of(row) for row in rows]

        return await self._database.read(work)
