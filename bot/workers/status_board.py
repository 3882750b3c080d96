"""Keeps the status messages true, with few edits: they are a courtesy."""

from datetime import timedelta

import structlog

from bot.domain.jobs import Job, JobChanges
from bot.domain.states import OPEN_STATES, JobState
from bot.domain.waiting import Backoff
from bot.errors import MessengerDown, MessengerError
from bot.ports import Clock, Due, JobStore, Messenger
from bot.workers.job_worker import JobWorker

log = structlog.get_logger(__name__)

MOST_EDITS_PER_S = 10
"""Over all jobs. Discord allows 50 requests a second, and clips go first."""
LEAST_PAUSE_S = 5.0
"""Between two edits of one message."""
QUEUE_PAUSE_S = 15.0
"""Between two looks at a waiting job's place, times a little for each place."""
LONGEST_QUEUE_PAUSE_S = 600.0
MOST_FAILURES = 8
"""After so many failures in a row the last word of a status message is left unsaid."""
BACKOFF = Backoff(base_s=5.0, cap_s=300.0)


class StatusBoard(JobWorker):
    """Edits the status messages that want a look."""

    name = "status board"
    kind = Due.STATUS
    at_once = MOST_EDITS_PER_S

    def __init__(self, jobs: JobStore, messenger: Messenger, clock: Clock) -> None:
        super().__init__(jobs, clock)
        self._messenger = messenger
        self._failures: dict[str, int] = {}

    async def look(self) -> float:
        """Edit at most one second's worth of messages."""
        wait_s = await super().look()
        return max(wait_s, 1.0)

    async def attend(self, job: Job) -> None:
        """Show one job as it is now, and record when to look again."""
        if job.status_message_id is None or self._notice_comes(job):
            await self._jobs.note({job.id: JobChanges(status_due_at=None)})
            return
        position = (
            await self._jobs.queue_position(job)
            if job.state is JobState.QUEUED
            else None
        )
        try:
            await self._messenger.edit_status(job, position)
        except MessengerDown as error:
            await self._later(job, error)
            return
        except MessengerError as error:
            # The message or its place is gone: there is nothing to keep true.
            log.info("status message lost", reason=str(error))
            self._failures.pop(job.id, None)
            await self._jobs.note({job.id: JobChanges(status_due_at=None)})
            return
        self._failures.pop(job.id, None)
        await self._shown(job, position)

    @staticmethod
    def _notice_comes(job: Job) -> bool:
        """Whether the last line will link to a notice that is not posted yet."""
        return job.state not in OPEN_STATES and job.notice_due_at is not None

    async def _shown(self, job: Job, position: int | None) -> None:
        if job.state not in OPEN_STATES:
            await self._settle(job)
        elif position is not None:
            pause_s = QUEUE_PAUSE_S + 2.0 * position
            await self.postpone(job, min(pause_s, LONGEST_QUEUE_PAUSE_S))
        else:
            await self.postpone(job, LEAST_PAUSE_S)

    async def _settle(self, job: Job) -> None:
        """Record that the end is shown, unless there is news since (a link)."""
        now = await self._jobs.get(job.id)
        if now is not None and now.status_due_at == job.status_due_at:
            await self._jobs.note({job.id: JobChanges(status_due_at=None)})

    async def _later(self, job: Job, error: MessengerDown) -> None:
        failures = self._failures.get(job.id, 0) + 1
        if failures >= MOST_FAILURES and job.state not in OPEN_STATES:
            self._failures.pop(job.id, None)
            await self._jobs.note({job.id: JobChanges(status_due_at=None)})
            return
        self._failures[job.id] = failures
        wait_s = BACKOFF.wait_s(failures, at_least_s=error.retry_after_s)
        due = self._clock.now() + timedelta(seconds=wait_s)
        await self._jobs.note({job.id: JobChanges(status_due_at=due)})
