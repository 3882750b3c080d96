"""Tasks that a callback named: whether they are the job's own, once EvoLink was asked.

A callback may bring the id whose answer was lost, or a second one; both only count
after the task was read with our key.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import TaskUnknown
from bot.ids import TaskId
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.tasks import TaskReport
from bot.pipeline.idempotency import Idempotency
from bot.pipeline.task_reader import Answer

log = structlog.get_logger(__name__)

ASK_AGAIN_S = 10.0


class Claims:
    """Adopts the tasks that prove to be a job's; those too many are reported."""

    def __init__(self, jobs: JobStore, replays: Idempotency, clock: Clock) -> None:
        self._jobs = jobs
        self._replays = replays
        self._clock = clock

    async def settle(
        self, claimed: Sequence[tuple[Job, Answer | None]]
    ) -> list[tuple[Job, Answer | None]]:
        """Settle what was answered about the tasks that jobs' callbacks named.

        Returns the jobs that have such a task now, as they are then, with the answer,
        which has yet to be recorded.
        """
        return [
            (adopted, answer)
            for job, answer in claimed
            if (adopted := await self._settle(job, answer)) is not None
        ]

    async def _settle(self, job: Job, answer: Answer | None) -> Job | None:
        assert job.task_hint is not None
        match answer:
            case TaskReport():
                return await self._exists(job, job.task_hint, answer)
            case TaskUnknown():
                log.warning("callback named no task of ours", job_id=job.id)
                await self._forget(job)
            case None:
                """It was not asked about: it stays due."""
            case _ if job.task_id is None:
                await self._note(job, JobChanges(poll_due_at=self._later()))
            case _:
                """The job's own task keeps it due."""
        return None

    async def _exists(
        self, job: Job, task_id: TaskId, report: TaskReport
    ) -> Job | None:
        now = self._clock.now()
        changes = JobChanges(
            accepted_at=job.first_submit_at or now,
            submit_due_at=None,
            unsure_since=None,
        )
        owner = await self._jobs.by_task(task_id)
        if owner is not None and owner.id != job.id:
            log.warning("callback named another job's task", job_id=job.id)
            await self._forget(job)
            return None
        if not await self._jobs.adopt(job.id, task_id, changes):
            await self._replays.second_task(job.id, task_id, report.credits_used)
            await self._forget(job)
            return None
        # What died here before the next line finds the hint again at the next poll.
        await self._jobs.move(
            job.id,
            JobState.SUBMITTING,
            JobState.GENERATING,
            now,
            submit_due_at=None,
            status_due_at=now,
        )
        await self._note(job, JobChanges(task_hint=None))
        log.info("task adopted", job_id=job.id, task_id=task_id)
        return await self._jobs.get(job.id)

    async def _forget(self, job: Job) -> None:
        changes = JobChanges(task_hint=None)
        if job.task_id is None:
            changes["poll_due_at"] = None
        await self._note(job, changes)

    async def _note(self, job: Job, changes: JobChanges) -> None:
        await self._jobs.note({job.id: changes})

    def _later(self) -> datetime:
        return self._clock.now() + timedelta(seconds=ASK_AGAIN_S)
