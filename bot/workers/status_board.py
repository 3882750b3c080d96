"""Keeps the status messages true, with few edits: they are a courtesy."""

from collections import deque
from datetime import datetime, timedelta

import structlog

from bot.domain.ids import JobId
from bot.domain.jobs import Job, JobChanges
from bot.domain.states import OPEN_STATES, JobState
from bot.domain.waiting import Backoff
from bot.errors import MessengerDown, MessengerError
from bot.ports import Clock, Due, JobStore, Messenger
from bot.workers.job_worker import Attend, JobWorker, Request, more_attempts
from bot.workers.posted import MOST_REFUSALS, REFUSED_WAIT_S
from bot.workers.service_limit import EndpointLimit
from bot.workers.verdicts import hear_of_discord

log = structlog.get_logger(__name__)

MOST_EDITS_PER_S = 10
"""Over all jobs. Discord allows 50 requests a second, and clips go first."""
MOST_REFRESHES_PER_S = 1
"""Of them, those that show nothing but more progress: each costs a call."""
WINDOW_S = 1.0
LEAST_PAUSE_S = 5.0
"""Between two edits of one message."""
QUEUE_PAUSE_S = 15.0
"""Between two looks at a waiting job's place, times a little for each place."""
LONGEST_QUEUE_PAUSE_S = 600.0
MOST_FAILURES = 8
STALE_AFTER_S = 24 * 3600.0
"""After so many failures in a row, and so long after its end, the last word of a status
message is left unsaid."""
BACKOFF = Backoff(base_s=5.0, cap_s=300.0)


class StatusBoard(JobWorker):
    """Edits the status messages that want a look."""

    name = "status board"
    kind = Due.STATUS
    at_once = 64
    shortest_pause_s = 0.4
    """What is read together is read for less, and nobody sees so short a delay."""

    def __init__(
        self,
        jobs: JobStore,
        messenger: Messenger,
        clock: Clock,
        *,
        edits: EndpointLimit,
    ) -> None:
        super().__init__(jobs, clock)
        self._messenger = messenger
        self._edits = edits
        edits.when_free(self.wake)
        self._failures: dict[JobId, int] = {}
        self._begun_at: deque[datetime] = deque(maxlen=MOST_EDITS_PER_S)
        """The latest edits of all messages, the oldest first."""
        self._following: set[JobId] = set()
        """The jobs whose progress is shown."""
        self._edited_at: dict[JobId, datetime] = {}
        """The latest edit of each message, for as long as it forbids the next."""

    async def look(self) -> float:
        """Edit at most one second's worth of messages."""
        self._forget()
        wait_s = await super().look()
        if self.room <= 0:
            # Also where the others have finished by then: the second is not over.
            return min(wait_s, WINDOW_S)
        return wait_s

    @property
    def room(self) -> int:
        """How many more edits this second may have."""
        now = self._clock.now()
        recent = sum(0 <= _seconds(now, at) < WINDOW_S for at in self._begun_at)
        return min(super().room, MOST_EDITS_PER_S - recent)

    def request_of(self, job: Job) -> Request | None:
        """Return the edit that a job wants, unless it has no message to edit now."""
        if job.status_message_id in {None, job.clip_message_id}:
            return None
        return None if self._pause_s(job) > 0 else (self._edits, job.channel_id)

    def begin(self, job: Job, attend: Attend | None = None) -> None:
        """Attend to a job beside the loop, as one of this second's."""
        if self.request_of(job) is not None:
            self._begun_at.append(self._clock.now())
        super().begin(job, attend)

    async def attend(self, job: Job) -> None:
        """Show one job as it is now, and record when to look again."""
        if self._is_no_status(job):
            await self._jobs.note({job.id: JobChanges(status_due_at=None)})
            return
        if not self.begun_for(job, self._edits):
            await self.postpone(job, max(self._pause_s(job), 0.0))
            return
        position = (
            await self._jobs.queue_position(job)
            if job.state is JobState.QUEUED
            else None
        )
        if await self._edit(job, position):
            await self._shown(job, position)

    @staticmethod
    def _is_no_status(job: Job) -> bool:
        """Return whether a job has none, or one that brings its clip or notice."""
        if job.status_message_id in {None, job.clip_message_id}:
            return True
        # A clip that came late after all is worth telling.
        told = job.state not in {JobState.DELIVERING, JobState.DELIVERED}
        return told and job.status_message_id == job.notice_message_id

    async def _edit(self, job: Job, position: int | None) -> bool:
        """Show the job; return whether it is shown, else it is seen to already."""
        self._following.discard(job.id)
        call = self.ask(job, (self._edits, job.channel_id))
        try:
            asked = await self._messenger.edit_status(job, position)
        except MessengerDown as error:
            hear_of_discord(call, error)
            await self._later(job, error)
            return False
        except MessengerError as error:
            if type(error) is MessengerError and await self._refused(job):
                return False
            # The message or its place is gone: there is nothing to keep true.
            hear_of_discord(call, error)
            log.info("status message lost", reason=str(error))
            self._failures.pop(job.id, None)
            await self._jobs.note({job.id: JobChanges(status_due_at=None)})
            return False
        self._failures.pop(job.id, None)
        if asked:
            hear_of_discord(call, None)
        call.end()  # to record it takes a moment, in which others may ask
        if asked:
            self._edited_at[job.id] = self._clock.now()
        return True

    def _pause_s(self, job: Job) -> float:
        """Return for how long this message must not be edited yet."""
        if job.state not in OPEN_STATES and job.notice_due_at is not None:
            # The last line will link to a notice that is not posted yet. Whoever
            # posts it rings; this is a date, lest its own is overwritten by none.
            return LEAST_PAUSE_S
        edited_at = self._edited_at.get(job.id)
        if edited_at is None:
            return 0.0
        return LEAST_PAUSE_S - _seconds(self._clock.now(), edited_at)

    async def _shown(self, job: Job, position: int | None) -> None:
        """Record when to look again, unless there was news during the edit."""
        due_at = None
        if job.state in OPEN_STATES:
            pause_s = self._refresh_pause_s(job, position)
            due_at = self._clock.now() + timedelta(seconds=pause_s)
        await self._jobs.redate(job, Due.STATUS, due_at)

    def _refresh_pause_s(self, job: Job, position: int | None) -> float:
        """Return after how many seconds an open job is looked at without news."""
        if position is not None:
            return min(QUEUE_PAUSE_S + 2.0 * position, LONGEST_QUEUE_PAUSE_S)
        if job.state is JobState.AWAITING_REVIEW:
            return LONGEST_QUEUE_PAUSE_S
        self._following.add(job.id)
        return max(LEAST_PAUSE_S, len(self._following) / MOST_REFRESHES_PER_S)

    async def _later(self, job: Job, error: MessengerDown) -> None:
        ended_s = _seconds(self._clock.now(), job.state_since)
        stale = job.state not in OPEN_STATES and ended_s > STALE_AFTER_S
        failures = more_attempts(
            self._failures.get(job.id, 0),
            # Once it is stale each failure counts, or it would never end.
            fails_alone=self._edits.fails_alone(job.channel_id) or stale,
        )
        if failures >= MOST_FAILURES and stale:
            self._failures.pop(job.id, None)
            await self._jobs.note({job.id: JobChanges(status_due_at=None)})
            return
        self._failures[job.id] = failures
        wait_s = self._edits.retry_s(job.channel_id, BACKOFF.wait_s(failures))
        await self.postpone(job, max(wait_s, error.retry_after_s or 0.0))

    async def _refused(self, job: Job) -> bool:
        """Look again soon; return False if that was done often enough."""
        failures = self._failures.get(job.id, 0) + 1
        if failures >= MOST_REFUSALS:
            return False
        self._failures[job.id] = failures
        await self.postpone(job, REFUSED_WAIT_S)
        return True

    def _forget(self) -> None:
        now = self._clock.now()
        self._edited_at = {
            job_id: at
            for job_id, at in self._edited_at.items()
            if 0 <= _seconds(now, at) < LEAST_PAUSE_S
        }


def _seconds(now: datetime, then: datetime) -> float:
    return (now - then).total_seconds()
