"""Settles requests whose acknowledgement was interrupted.

A row that is still `received` after a while belongs to a process that died, or to an
answer of Discord that was lost. Whether the member saw the status message decides.
"""

from datetime import timedelta

import structlog

from bot.domain.jobs import Job
from bot.domain.states import JobState
from bot.errors import MessengerDown, MessengerError
from bot.ports import Clock, JobStore, Messenger
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

LEAVE_ALONE_S = 10.0
"""An interaction is acknowledged within 3 s: until then nobody needs help."""
TOKEN_LIFE_S = 15 * 60.0
"""Discord forgets an interaction after that."""
PAGE = 100
PAUSE_S = 15.0


class Reception(Worker):
    """Turns leftover `received` rows into queued jobs, or drops them."""

    name = "reception"

    def __init__(self, jobs: JobStore, messenger: Messenger, clock: Clock) -> None:
        super().__init__()
        self._jobs = jobs
        self._messenger = messenger
        self._clock = clock

    async def look(self) -> float:
        """Settle every row that has been waiting for too long."""
        limit = self._clock.now() - timedelta(seconds=LEAVE_ALONE_S)
        for job in await self._jobs.in_state(JobState.RECEIVED, PAGE):
            if job.requested_at < limit:
                await self._settle_alone(job)
        return PAUSE_S

    async def _settle_alone(self, job: Job) -> None:
        try:
            await self._settle(job)
        except Exception:
            # One job's surprise must not keep the others waiting.
            log.exception("request not settled", job_id=job.id)

    async def _settle(self, job: Job) -> None:
        now = self._clock.now()
        age_s = (now - job.requested_at).total_seconds()
        try:
            message_id = await self._messenger.original_response(job)
        except MessengerDown as error:
            if age_s < TOKEN_LIFE_S:
                log.info("reception waits", job_id=job.id, reason=str(error))
                return
            message_id = None
        except MessengerError:
            message_id = None
        if message_id is None:
            await self._jobs.move(
                job.id,
                JobState.RECEIVED,
                JobState.REFUSED,
                now,
                interaction_token=None,
            )
            log.info("request dropped", job_id=job.id)
            return
        await self._jobs.move(
            job.id,
            JobState.RECEIVED,
            JobState.QUEUED,
            now,
            status_message_id=message_id,
            interaction_token=None,
            status_due_at=now,
        )
        log.info("request saved", job_id=job.id)
