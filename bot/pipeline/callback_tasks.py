"""Tasks that callbacks named: whether they are the job's own, once EvoLink was asked.

A callback may bring the id whose answer was lost, or a second one; both only count
after the task was read with our key.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import ClaimLost, StorageError, TaskUnknown
from bot.ids import TaskId
from bot.jobs.claims import Claim
from bot.jobs.jobs import JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.tasks import TaskSnapshot
from bot.pipeline.idempotency import Idempotency
from bot.pipeline.task_reader import Answer
from bot.workers.storing import until_stored

log = structlog.get_logger(__name__)

ASK_AGAIN_S = 10.0


class CallbackTasks:
    """Adopts the tasks that prove to be a job's, and reports those too many."""

    def __init__(self, jobs: JobStore, idempotency: Idempotency, clock: Clock) -> None:
        self._jobs = jobs
        self._idempotency = idempotency
        self._clock = clock

    async def settle(
        self, named: Sequence[tuple[Claim, Answer]]
    ) -> list[tuple[Claim, Answer]]:
        """Settle what was answered about the tasks that jobs' callbacks named.

        Returns the claims whose jobs have such a task now, as they are then, with the
        answer, which has yet to be recorded. Of the others, those end whose jobs have
        no task. A job that fails here is asked about again later; the others are
        settled all the same.

        Raises:
            StorageError: If one could not be recorded, after all the others.
        """
        adopted: list[tuple[Claim, Answer]] = []
        trouble: StorageError | None = None
        for claim, answer in named:
            try:
                settled = await self._settle_or_wait(claim, answer)
            except StorageError as error:
                trouble = error
            except ClaimLost:
                log.warning("claim lost", job_id=claim.job.id)
            else:
                if settled is not None:
                    adopted.append((settled, answer))
        if trouble is not None:
            raise trouble
        return adopted

    async def _settle_or_wait(self, claim: Claim, answer: Answer) -> Claim | None:
        try:
            return await self._settle(claim, answer)
        except (StorageError, ClaimLost):
            raise
        except Exception:
            log.exception("callback not settled", job_id=claim.job.id)
        await self._jobs.finish(claim, JobChanges(poll_due_at=self._later()))
        return None

    async def _settle(self, claim: Claim, answer: Answer) -> Claim | None:
        job = claim.job
        assert job.task_hint is not None
        match answer:
            case TaskSnapshot():
                return await self._adopt(claim, job.task_hint, answer)
            case TaskUnknown():
                log.warning("callback for unknown task", job_id=job.id)
                await self._forget(claim)
            case _ if job.task_id is None:
                await self._jobs.finish(claim, JobChanges(poll_due_at=self._later()))
            case _:
                """The job's own task keeps it due."""
        return None

    async def _adopt(
        self, claim: Claim, task_id: TaskId, report: TaskSnapshot
    ) -> Claim | None:
        """Make a task that exists the job's own, unless it is another's or a second."""
        job, now = claim.job, self._clock.now()
        changes = JobChanges(
            accepted_at=job.first_submit_at or now,
            submit_due_at=None,
            unsure_since=None,
        )
        owner = await self._jobs.by_task(task_id)
        if owner is not None and owner.id != job.id:
            log.warning("callback for task of another job", job_id=job.id)
            await self._forget(claim)
            return None
        if not await self._jobs.adopt(job.id, task_id, changes):
            await until_stored(
                lambda: self._idempotency.second_task(
                    job.id, task_id, report.credits_used
                )
            )
            await self._forget(claim)
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
        await self._jobs.note_claimed(claim, JobChanges(task_hint=None))
        log.info("task adopted", job_id=job.id, task_id=task_id)
        adopted = await self._jobs.get(job.id)
        return None if adopted is None else replace(claim, job=adopted)

    async def _forget(self, claim: Claim) -> None:
        """Forget what the callback named; a job without a task is not asked about."""
        changes = JobChanges(task_hint=None)
        if claim.job.task_id is not None:
            await self._jobs.note_claimed(claim, changes)
            return
        changes["poll_due_at"] = None
        await self._jobs.finish(claim, changes)

    def _later(self) -> datetime:
        return self._clock.now() + timedelta(seconds=ASK_AGAIN_S)
