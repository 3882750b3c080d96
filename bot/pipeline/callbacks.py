"""What a callback from EvoLink sets off: that its job is looked at now, and no more.

Anybody can post anything. The token says which job is meant; whatever else was sent is
a hint, and EvoLink is asked with our own key before anything is believed.
"""

import hmac
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.ids import TaskId
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import OPEN_STATES
from bot.jobs.store import JobStore
from bot.pipeline.callback_addresses import TOKEN_CHARS, fingerprint
from bot.pipeline.callback_trust import CallbackTrust

log = structlog.get_logger(__name__)

TOKEN_LIFE_AFTER_END_S = 24 * 3600.0
"""A repeated callback for a job that has ended is still taken, for so long."""


class CallbackDesk:
    """Takes callbacks. Repeating one changes nothing."""

    def __init__(
        self,
        jobs: JobStore,
        trust: CallbackTrust,
        clock: Clock,
        *,
        min_interval_s: float,
    ) -> None:
        self._jobs = jobs
        self._trust = trust
        self._clock = clock
        self._min_interval_s = min_interval_s

    async def heard(self, token: str, task_hint: TaskId | None) -> bool:
        """Wake the poller for the job of this token; return False if there is none.

        `task_hint` is the task that was named. For a job whose task we do not know, or
        know as another, it is kept until EvoLink has been asked about it.
        """
        job = await self._job(token)
        if job is None:
            return False
        self._trust.heard(job.id)
        changes = JobChanges()
        if task_hint not in {None, job.task_id, job.task_hint}:
            changes["task_hint"] = task_hint
        if job.poll_due_at is not None or "task_hint" in changes:
            changes["poll_due_at"] = self._soonest(job)
        if changes:
            if job.called_back_at is None:
                changes["called_back_at"] = self._clock.now()
            await self._jobs.note({job.id: changes})
        log.info("callback received", job_id=job.id, state=job.state.value)
        return True

    async def _job(self, token: str) -> Job | None:
        if len(token) != TOKEN_CHARS:
            return None
        kept = fingerprint(token)
        job = await self._jobs.by_callback(kept)
        # The index has compared the two already, but in a time that depends on them.
        if job is None or not hmac.compare_digest(kept, job.callback_hash or ""):
            return None
        return job if self._lives(job) else None

    def _lives(self, job: Job) -> bool:
        """Whether the token still has its power: it dies some time after its job."""
        if job.state in OPEN_STATES or job.poll_due_at is not None:
            return True
        age_s = (self._clock.now() - job.state_since).total_seconds()
        return age_s < TOKEN_LIFE_AFTER_END_S

    def _soonest(self, job: Job) -> datetime:
        now = self._clock.now()
        if job.polled_at is None:
            return now
        # However often somebody calls: EvoLink is not asked more often than promised.
        return max(now, job.polled_at + timedelta(seconds=self._min_interval_s))
