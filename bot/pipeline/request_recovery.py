"""Settles requests whose acknowledgement was interrupted.

A row that is still `received` after a while belongs to a process that died, or to an
answer of Discord that was lost. Whether the member saw the status message decides. It
also erases the tokens of interactions that are of no more use.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Unpack

import structlog

from bot.clock import Clock
from bot.errors import (
    MessengerDown,
    MessengerError,
    Refused,
    StorageError,
    TokenExpired,
)
from bot.ids import JobId, MessageId
from bot.jobs.jobs import TOKEN_LIFE, Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.pipeline.ports import Messenger
from bot.processes.seats import Seat
from bot.requests.admission import Admission
from bot.workers.outcomes import noting_discord
from bot.workers.scan import scan
from bot.workers.service_limit import Call, EndpointLimit
from bot.workers.side_by_side import Piece, SideBySide
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

LEAVE_ALONE_S = 10.0
"""An interaction is acknowledged within 3 s: until then nobody needs help."""
LEAVE_PICTURES_ALONE_S = 90.0
"""With a picture it is read meanwhile, for up to a minute."""
PAGE = 100
PAUSE_S = 15.0
MOST_ERRORS = 4
"""Unexpected errors of one request, after which it is dropped, free."""


class RequestRecovery(Worker):
    """Turns leftover `received` rows into queued jobs, or drops them."""

    name = "request recovery"
    seat = Seat.HOUSEKEEPING

    def __init__(
        self,
        jobs: JobStore,
        admission: Admission,
        messenger: Messenger,
        clock: Clock,
        *,
        lookups: EndpointLimit,
        is_alone: Callable[[], bool],
    ) -> None:
        """Keep the parts; `is_alone` says whether no other process takes requests."""
        super().__init__()
        self._lookups = lookups
        self._settling: SideBySide[JobId] = SideBySide(self.name, lambda: None)
        lookups.when_free(self.wake)
        self._jobs = jobs
        self._admission = admission
        self._messenger = messenger
        self._clock = clock
        self._is_alone = is_alone
        self._began_at = clock.now()
        """What was asked before then was asked of a process that is dead, if this one
        is alone. Else only age tells."""
        self._errors: Counter[JobId] = Counter()

    async def run_once(self) -> float:
        """Settle every row that has been waiting for too long."""
        now = self._clock.now()
        await self._jobs.erase_tokens(now - TOKEN_LIFE)
        waiting, _ = await scan(
            partial(self._jobs.in_state, JobState.RECEIVED),
            lambda job: job.id in self._settling or self._lookups.waits_alone(job.id),
            least=PAGE,
        )
        wait_s = await self._settling.begin_all(
            [
                Piece(key=job.id, item=job.id, work=partial(self._settle_alone, job))
                for job in waiting
                if job.requested_at < self._left_before(job, now)
            ],
            self._lookups,
        )
        return PAUSE_S if wait_s is None else min(wait_s, PAUSE_S)

    def _left_before(self, job: Job, now: datetime) -> datetime:
        """Return before when such a request was asked if nobody is about it now."""
        has_picture = job.request.picture is not None
        alone_s = LEAVE_PICTURES_ALONE_S if has_picture else LEAVE_ALONE_S
        long_ago = now - timedelta(seconds=alone_s)
        return max(long_ago, self._began_at) if self._is_alone() else long_ago

    @property
    def in_progress(self) -> int:
        """How many requests it is about just now."""
        return len(self._settling)

    async def drain(self) -> None:
        """Wait for the requests in progress."""
        await self._settling.drain()

    async def abandon(self) -> None:
        """Cancel the requests in progress."""
        await self._settling.abandon()

    async def _settle_alone(self, job: Job, call: Call) -> None:
        try:
            await self._settle(job, call)
        except StorageError:
            raise  # no job's fault: all of them are as they were
        except Exception:
            # One job's unexpected error must not keep the others waiting.
            log.exception("request recovery failed", job_id=job.id)
            self._errors[job.id] += 1
            if self._errors[job.id] >= MOST_ERRORS:
                await self._give_up(job, call)
        else:
            self._errors.pop(job.id, None)

    async def _answer(self, job: Job, call: Call) -> MessageId | None:
        """Return the status message, if the member was ever shown one.

        Raises:
            MessengerDown: If Discord does not say.
            MessengerError: If it may be there, and cannot be found.
        """
        try:
            with noting_discord(call):
                return await self._messenger.original_response(job)
        except MessengerDown:
            raise
        except MessengerError as error:
            # Whatever is wrong with the token, the message may be in the channel.
            found = await self._found(job, call)
            if found is None and not isinstance(error, TokenExpired):
                raise
            return found

    async def _found(self, job: Job, call: Call) -> MessageId | None:
        try:
            with noting_discord(call):
                return await self._messenger.find_status(job)
        except MessengerDown:
            raise
        except MessengerError as error:
            log.info("request not found", job_id=job.id, reason=str(error))
            return None

    async def _settle(self, job: Job, call: Call) -> None:
        now = self._clock.now()
        try:
            message_id = await self._answer(job, call)
        except MessengerDown as error:
            if now - job.requested_at < TOKEN_LIFE:
                log.info("request recovery waiting", job_id=job.id, reason=str(error))
                return
            message_id = None
        except MessengerError as error:
            log.warning("answer unreadable", job_id=job.id, reason=str(error))
            await self._give_up(job, call)
            return
        if message_id is None:
            await self._drop(job, now)
            log.info("request dropped", job_id=job.id)
        else:
            await self._save(job, message_id, now)

    async def _give_up(self, job: Job, call: Call) -> None:
        """Drop a request whose status message may stand there, and let that say so."""
        self._errors.pop(job.id, None)
        dropped = await self._drop(job, self._clock.now())
        log.error("request given up", job_id=job.id)
        if dropped is None:
            return
        try:
            # The row has no token any more.
            token = job.interaction_token
            with noting_discord(call):
                await self._messenger.end_answer(
                    replace(dropped, interaction_token=token)
                )
        except MessengerError as error:
            log.warning(
                "member not notified of dropped request",
                job_id=job.id,
                reason=str(error),
            )

    async def _save(self, job: Job, message_id: MessageId, now: datetime) -> None:
        """Do what the intake would have done next."""
        if job.request.picture is not None:
            # It is kept with the step that was not taken: nobody has it any more.
            await self._refuse(job, message_id, now)
            log.info("request dropped without its picture", job_id=job.id)
            return
        try:
            inputs = await self._admission.gather(job)
        except MessengerError as error:
            # The member was told that it is in: an outage must not end it.
            log.info("place unreadable", job_id=job.id, reason=str(error))
            if now - job.requested_at >= TOKEN_LIFE:
                await self._refuse(job, message_id, now)
            return
        try:
            await self._admission.accept(
                job,
                now,
                inputs,
                status_message_id=message_id,
                role_ids=frozenset(),
                status_due_at=now,
            )
        except Refused as refusal:
            await self._refuse(job, message_id, now)
            log.info("request refused", job_id=job.id, reason=refusal.text_id)
        else:
            log.info("request saved", job_id=job.id)

    async def _refuse(self, job: Job, message_id: MessageId, now: datetime) -> None:
        """Drop a request. Nobody waits for an answer: its message says it in a line."""
        await self._drop(job, now, status_message_id=message_id, status_due_at=now)

    async def _drop(
        self, job: Job, now: datetime, **changes: Unpack[JobChanges]
    ) -> Job | None:
        if "status_due_at" not in changes:
            # Else it may be needed to say so.
            changes["interaction_token"] = None
        changes["role_ids"] = frozenset()
        return await self._jobs.move(
            job.id, JobState.RECEIVED, JobState.REFUSED, now, **changes
        )
