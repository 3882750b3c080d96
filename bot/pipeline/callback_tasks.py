"""Tasks that callbacks named: whether they are the job's own, once EvoLink was asked.

A callback may bring the id whose answer was lost, or a second one; both only count
after the task was read with our key.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import StorageError, TaskUnknown
from bot.ids import TaskId
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.tasks import TaskReport
from bot.pipeline.idempotency import Idempotency
from bot.pipeline.task_reader import Answer
from bot.workers.storing import until_stored

log = structlog.get_logger(__name__)

ASK_AGAIN_S = 10.0


class CallbackTasks:
    """Adopts the tasks that prove to be a job's, and reports those too many."""

    def __init__(self, jobs: JobStore, replays: Idempotency, clock: Clock) -> None:
        self._jobs = jobs
        self._replays = replays
        self._clock = clock

    async def settle(
        self, named: Sequence[tuple[Job, Answer | None]]
    ) -> list[tuple[Job, Answer | None]]:
        """Settle what was answered about the tasks that jobs' callbacks named.

        Returns the jobs that have such a task now, as they are then, with the answer,
        which has yet to be recorded. A job that fails here is asked about again later;
        the others are settled all the same.

        Raises:
            StorageError: If one could not be recorded, after all the others.
        """
        adopted: list[tuple[Job, Answer | None]] = []
        trouble: StorageError | None = None
        for job, answer in named:
            try:
                settled = await self._settle_or_wait(job, answer)
            except StorageError as error:
                trouble = error
            else:
                if settled is not None:
                    adopted.append((settled, answer))
        if trouble is not None:
            raise trouble
        return adopted

    async def _settle_or_wait(self, job: Job, answer: Answer | None) -> Job | None:
        try:
            return await self._settle(job, answer)
        except StorageError:
            raise
        except Exception:
            log.exception("callback's task not settled", job_id=job.id)
        await self._note(job, JobChanges(poll_due_at=self._later()))
        return None

    async def _settle(self, job: Job, answer: Answer | None) -> Job | None:
        assert job.task_hint is not None
        match answer:
            case TaskReport():
                return await self._adopt(job, job.task_hint, answer)
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

    async def _adopt(self, job: Job, task_id: TaskId, report: TaskReport) -> Job | None:
        """Make a task that exists the job's own, unless it is another's or a second."""
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
            await until_stored(
                lambda: self._replays.second_task(job.id, task_id, report.credits_used)
            )
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
