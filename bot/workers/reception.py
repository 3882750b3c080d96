"""Settles requests whose acknowledgement was interrupted.

A row that is still `received` after a while belongs to a process that died, or to an
answer of Discord that was lost. Whether the member saw the status message decides.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Unpack

import structlog

from bot.domain.ids import MessageId
from bot.domain.jobs import Job, JobChanges
from bot.domain.states import JobState
from bot.errors import (
    MessengerDown,
    MessengerError,
    Refused,
    SearchInconclusive,
    TokenExpired,
)
from bot.ports import Clock, JobStore, Messenger
from bot.usecases.admission import Admission
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

    def __init__(
        self, jobs: JobStore, admission: Admission, messenger: Messenger, clock: Clock
    ) -> None:
        super().__init__()
        self._jobs = jobs
        self._admission = admission
        self._messenger = messenger
        self._clock = clock
        self._began_at = clock.now()
        """What was asked before then was asked of a process that is dead."""

    async def look(self) -> float:
        """Settle every row that has been waiting for too long."""
        long_ago = self._clock.now() - timedelta(seconds=LEAVE_ALONE_S)
        limit = max(long_ago, self._began_at)
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

    async def _answer(self, job: Job) -> MessageId | None:
        """Return the status message, if the member was ever shown one."""
        try:
            return await self._messenger.original_response(job)
        except TokenExpired:
            # Its token may have died, but the message is in the channel all the same.
            with suppress(SearchInconclusive):
                return await self._messenger.find_status(job)
            return None

    async def _settle(self, job: Job) -> None:
        now = self._clock.now()
        age_s = (now - job.requested_at).total_seconds()
        try:
            message_id = await self._answer(job)
        except MessengerDown as error:
            if age_s < TOKEN_LIFE_S:
                log.info("reception waits", job_id=job.id, reason=str(error))
                return
            message_id = None
        except MessengerError:
            message_id = None
        if message_id is None:
            await self._drop(job, now)
            log.info("request dropped", job_id=job.id)
        else:
            await self._save(job, message_id, now)

    async def _save(self, job: Job, message_id: MessageId, now: datetime) -> None:
        """Do what the intake would have done next."""
        try:
            await self._admission.accept(
                job,
                now,
                status_message_id=message_id,
                interaction_token=None,
                role_ids=frozenset(),
                status_due_at=now,
            )
        except Refused as refusal:
            # Nobody waits for an answer any more: the message says it in one line.
            await self._drop(job, now, status_message_id=message_id, status_due_at=now)
            log.info("request refused", job_id=job.id, reason=refusal.text_id)
        else:
            log.info("request saved", job_id=job.id)

    async def _drop(
        self, job: Job, now: datetime, **changes: Unpack[JobChanges]
    ) -> None:
        changes["interaction_token"] = None
        changes["role_ids"] = frozenset()
        await self._jobs.move(
            job.id, JobState.RECEIVED, JobState.REFUSED, now, **changes
        )
