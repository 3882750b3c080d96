"""Records the task that EvoLink has made for a paid request.

It is paid for, so it is recorded whatever became of the claim: as the job's, or as a
second one for the same job, which proves that EvoLink ignores the Idempotency-Key.
"""

from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.errors import ClaimLost
from bot.jobs.cadence import TaskProgress, expected_total_s
from bot.jobs.claims import Claim
from bot.jobs.durations import RecentDurations
from bot.jobs.jobs import JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.tasks import Accepted
from bot.pipeline.idempotency import Idempotency
from bot.pipeline.poll_schedule import PollSchedule
from bot.workers.storing import until_stored

log = structlog.get_logger(__name__)


class AcceptedTasks:
    """Takes jobs from `submitting` to `generating`."""

    def __init__(
        self,
        jobs: JobStore,
        clock: Clock,
        *,
        idempotency: Idempotency,
        schedule: PollSchedule,
        durations: RecentDurations,
    ) -> None:
        """Keep the parts.

        Args:
            jobs: Where the task is recorded.
            clock: The time of day.
            idempotency: Learns whether EvoLink honours the key.
            schedule: Says when the task is asked about first.
            durations: What tasks took lately, beside what was promised.
        """
        self._jobs = jobs
        self._clock = clock
        self._idempotency = idempotency
        self._schedule = schedule
        self._durations = durations

    async def record(self, claim: Claim, accepted: Accepted) -> None:
        """Record a task, as often as the database takes, and end the claim."""
        job = claim.job
        if accepted.replayed:
            await until_stored(self._idempotency.honoured)
        log.info("task accepted", job_id=job.id, task_id=accepted.task_id)
        changes = self._changes(claim, accepted)
        if not await until_stored(lambda: self._recorded(claim, accepted, changes)):
            await self._record_second(claim, accepted)

    def _changes(self, claim: Claim, accepted: Accepted) -> JobChanges:
        job = claim.job
        now = self._clock.now()
        task = TaskProgress(
            elapsed_s=0,
            progress=0,
            progress_elapsed_s=0,
            step=0,
            promised_s=accepted.estimated_time_s,
            correction=self._durations.correction(job.request),
        )
        has_callback = job.callback_hash is not None
        wait_s = self._schedule.wait_s(task, has_callback=has_callback)
        return JobChanges(
            task_id=accepted.task_id,
            accepted_at=now,
            estimated_time_s=accepted.estimated_time_s,
            credits_reserved=accepted.credits_reserved,
            expected_end_at=now + timedelta(seconds=expected_total_s(task)),
            poll_due_at=now + timedelta(seconds=wait_s),
            submit_due_at=None,
            unsure_since=None,
            status_due_at=now,
        )

    async def _recorded(
        self, claim: Claim, accepted: Accepted, changes: JobChanges
    ) -> bool:
        """Record a task; return whether it is the job's, and not a second one."""
        try:
            moved = await self._jobs.move_claimed(
                claim,
                JobState.SUBMITTING,
                JobState.GENERATING,
                self._clock.now(),
                **changes,
            )
        except ClaimLost:
            log.warning("claim lost", job_id=claim.job.id, task_id=accepted.task_id)
            moved = None
        if moved is not None:
            return True
        if not await self._jobs.adopt(claim.job.id, accepted.task_id, changes):
            return False
        await self._jobs.finish(claim, JobChanges())
        return True

    async def _record_second(self, claim: Claim, accepted: Accepted) -> None:
        """Record that EvoLink ignores keys: from now on nothing is repeated."""
        await until_stored(
            lambda: self._idempotency.second_task(
                claim.job.id, accepted.task_id, accepted.credits_reserved
            )
        )
        done = JobChanges(submit_due_at=None)
        await until_stored(lambda: self._jobs.finish(claim, done))
