"""Tells the channel, once, why there is no clip."""

from datetime import datetime
from functools import partial

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import (
    MessageBlocked,
    MessageGone,
    MessengerDown,
    MessengerError,
    PlaceForbidden,
    PlaceGone,
    SearchInconclusive,
)
from bot.ids import MessageId
from bot.jobs.claims import Claim
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.pipeline.ports import Messenger, Posting
from bot.pipeline.status_turns import status_held
from bot.workers.attempts import more_attempts
from bot.workers.job_worker import JobWorker, Request
from bot.workers.outcomes import noted, noted_search, noting_discord
from bot.workers.post_once import (
    MOST_REFUSALS,
    REFUSED_WAIT_S,
    PostOnce,
    is_refusal,
    ungated,
)
from bot.workers.service_limit import EndpointLimit
from bot.workers.storing import until_stored

log = structlog.get_logger(__name__)

BACKOFF = Backoff(base_s=1.0, cap_s=120.0)
STALE_AFTER_S = 24 * 3600.0
"""After a day nobody waits for the notice any more."""
LEAST_ATTEMPTS = 20
"""But a process that was down for that day still tries for half an hour."""
CLIP_STATES = frozenset({JobState.DELIVERING, JobState.DELIVERED})


class Notifier(JobWorker):
    """Posts the notices that are due."""

    name = "notifier"
    kind = Due.NOTICE
    at_once = 64

    def __init__(
        self,
        jobs: JobStore,
        messenger: Messenger,
        clock: Clock,
        *,
        messages: EndpointLimit,
    ) -> None:
        super().__init__(jobs, clock)
        self._messenger = messenger
        self._messages = messages
        messages.when_free(self.wake)

    def request_of(self, job: Job) -> Request | None:
        """Return the message that a notice is."""
        if job.state in CLIP_STATES:
            return None
        return self._messages, job.channel_id

    async def handle(self, claim: Claim) -> None:
        """Post one notice, or record when to try again."""
        if claim.job.state in CLIP_STATES:
            # A late success came before the notice did.
            await self._jobs.finish(claim, JobChanges(notice_due_at=None))
            return
        try:
            message_id = await self._attempt(claim)
        except MessengerError as error:
            await self._later(claim, error)
            return
        await self._told(claim, message_id)

    async def _told(self, claim: Claim, message_id: MessageId | None) -> None:
        changes = JobChanges(
            notice_message_id=message_id,
            notice_due_at=None,
            status_due_at=self._clock.now(),
        )
        await until_stored(lambda: self._jobs.finish(claim, changes))

    async def _attempt(self, claim: Claim) -> MessageId | None:
        job = claim.job
        begun_at = job.notice_message_id
        try:
            if begun_at is not None and begun_at == job.status_message_id:
                return await self._into_status(claim)
            return await self._posted(claim)
        except MessageGone:
            return None
        except (
            PlaceGone,
            PlaceForbidden,
            MessageBlocked,
            SearchInconclusive,
        ) as error:
            # Nobody can be told there, or nobody knows whether they were.
            log.warning("notice impossible", reason=str(error))
            return await self._into_status(claim)

    async def _posted(self, claim: Claim) -> MessageId:
        job = claim.job
        call = self.ask(job, (self._messages, job.channel_id))
        notice = PostOnce(
            intended_at=job.notice_intended_at,
            find=noted_search(
                call, partial(self._messenger.find_posted, job, Posting.NOTICE)
            ),
            gate=ungated,
            intend=partial(self._intend, claim),
            post=noted(call, partial(self._messenger.post_notice, job)),
            instead=None,
        )
        return (await notice.do(self._clock.now())).message_id

    async def _intend(self, claim: Claim, at: datetime | None) -> None:
        await self._jobs.note_claimed(claim, JobChanges(notice_intended_at=at))

    async def _into_status(self, claim: Claim) -> MessageId | None:
        """Let the status message say it, by whatever token may still edit it.

        Returns None where that cannot be edited either: then its last line is tried,
        and nobody can be told anything.
        """
        job = claim.job
        status_id = job.status_message_id
        if status_id is None:
            return None
        # Recorded first: after a crash it must go nowhere else.
        note = JobChanges(notice_message_id=status_id)
        await self._jobs.note_claimed(claim, note)
        call = self.ask(job, (self._messages, job.channel_id))
        try:
            async with status_held(self._jobs, job, self._clock):
                with noting_discord(call):
                    return await self._messenger.notice_into_status(job)
        except MessengerDown:
            raise
        except MessengerError as error:
            log.warning("notice not added to status message", reason=str(error))
            return None

    async def _later(self, claim: Claim, error: MessengerError) -> None:
        job = claim.job
        asked_s = error.retry_after_s if isinstance(error, MessengerDown) else None
        waited_s = (self._clock.now() - job.state_since).total_seconds()
        is_stale = waited_s > STALE_AFTER_S
        # Once it is stale each try counts, or it would never end.
        alone = self._messages.fails_alone(job.channel_id) or is_stale
        attempts = more_attempts(job.notice_attempts, fails_alone=alone)
        if is_refusal(error):
            await self._refused(claim, error, attempts)
            return
        if is_stale and attempts > LEAST_ATTEMPTS:
            log.error("notice given up", reason=str(error), attempts=attempts)
            await self._jobs.finish(claim, JobChanges(notice_due_at=None))
            return
        log.warning("notice not posted", reason=str(error), attempts=attempts)
        wait_s = self._messages.retry_s(job.channel_id, BACKOFF.wait_s(attempts))
        await self.postpone(
            claim,
            max(wait_s, asked_s or 0.0),
            JobChanges(notice_attempts=attempts),
        )

    async def _refused(
        self, claim: Claim, error: MessengerError, attempts: int
    ) -> None:
        log.warning("notice refused", reason=str(error), attempts=attempts)
        refusals = claim.job.refusals + 1
        if refusals < MOST_REFUSALS:
            changes = JobChanges(notice_attempts=attempts, refusals=refusals)
            await self.postpone(claim, REFUSED_WAIT_S, changes)
            return
        try:
            message_id = await self._into_status(claim)
        except MessengerDown:
            await self.postpone(claim, REFUSED_WAIT_S)
            return
        await self._told(claim, message_id)
