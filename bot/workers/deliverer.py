"""Fetches finished clips and posts them: first deliver, then remember it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.domain.failures import Failure
from bot.domain.ids import MessageId
from bot.domain.jobs import Job, JobChanges
from bot.domain.states import JobState
from bot.domain.tasks import TaskStatus
from bot.domain.waiting import Backoff
from bot.errors import (
    EvolinkError,
    FetchError,
    FetchGone,
    FetchTooLarge,
    FetchUnusable,
    FileTooLarge,
    MessageBlocked,
    MessageGone,
    MessengerDown,
    MessengerError,
    PlaceForbidden,
    PlaceGone,
)
from bot.ports import Clock, Due, Evolink, Fetcher, JobStore, Messenger, Posting
from bot.workers.job_worker import JobWorker
from bot.workers.posted import already_posted

log = structlog.get_logger(__name__)

FETCH_BACKOFF = Backoff(base_s=1.0, cap_s=60.0)
POST_BACKOFF = Backoff(base_s=1.0, cap_s=120.0)
LINK_LIFE_S = 24 * 3600.0
"""How long EvoLink keeps a result."""
STALE_AFTER_S = 2 * 24 * 3600.0
"""What Discord has not taken for so long, it never will."""
LEAST_ATTEMPTS = 20
"""But a process that was down for those days still tries for half an hour."""
MAX_CLIP_BYTES = 100 * 1024 * 1024
"""The largest file that Discord takes anywhere (boost tier 3)."""


class Deliverer(JobWorker):
    """Takes jobs from `delivering` to their end."""

    name = "deliverer"
    kind = Due.DELIVERY
    at_once = 8

    def __init__(
        self,
        jobs: JobStore,
        evolink: Evolink,
        fetcher: Fetcher,
        messenger: Messenger,
        spool_path: Callable[[Job], Path],
        clock: Clock,
    ) -> None:
        super().__init__(jobs, clock)
        self._evolink = evolink
        self._fetcher = fetcher
        self._messenger = messenger
        self._spool_path = spool_path

    async def attend(self, job: Job) -> None:
        """Bring one clip to Discord, or record when to try again, or why not."""
        if job.state is not JobState.DELIVERING:
            await self._jobs.note({job.id: JobChanges(delivery_due_at=None)})
            return
        clip = self._spool_path(job)
        if not clip.exists():
            try:
                await self._fetch(job, clip)
            except FetchTooLarge:
                await self._post(job, self._link)
                return
            except FetchUnusable as error:
                log.warning("no usable clip", reason=str(error))
                await self._end(job, JobState.FAILED, Failure.NO_USABLE_CLIP)
                return
            except FetchError as error:
                await self._fetch_later(job, error)
                return
        if clip.stat().st_size > self._messenger.upload_limit_bytes(job.guild_id):
            await self._post(job, self._link)
        else:
            await self._post(job, self._file)

    async def _fetch(self, job: Job, clip: Path) -> None:
        if job.result_url is None:
            msg = "no link is known"
            raise FetchGone(msg)
        size = await self._fetcher.fetch(job.result_url, clip, max_bytes=MAX_CLIP_BYTES)
        log.info("clip fetched", size_bytes=size)

    async def _fetch_later(self, job: Job, error: FetchError) -> None:
        waited_s = self._waited_s(job)
        log.warning("clip not fetched", reason=str(error), waited_s=round(waited_s))
        if waited_s > LINK_LIFE_S:
            await self._end(job, JobState.FAILED, Failure.NO_USABLE_CLIP)
            return
        changes = JobChanges(delivery_attempts=job.delivery_attempts + 1)
        fresh = await self._fresh_url(job) if isinstance(error, FetchGone) else None
        if fresh is not None:
            changes["result_url"] = fresh
        wait_s = FETCH_BACKOFF.wait_s(job.delivery_attempts + 1)
        await self.postpone(job, wait_s, changes)

    async def _fresh_url(self, job: Job) -> str | None:
        if job.task_id is None:
            return None
        try:
            report = await self._evolink.task(job.task_id)
        except EvolinkError as error:
            log.info("task not read again", error=str(error))
            return None
        return report.result_url if report.status is TaskStatus.COMPLETED else None

    async def _file(self, job: Job) -> MessageId:
        try:
            return await self._messenger.post_clip(job, self._spool_path(job))
        except FileTooLarge:
            # Discord knows its limit better than we do.
            return await self._link(job)

    async def _link(self, job: Job) -> MessageId:
        done_at = job.done_at or self._clock.now()
        return await self._messenger.post_link(
            job, done_at + timedelta(seconds=LINK_LIFE_S)
        )

    async def _post(
        self, job: Job, post: Callable[[Job], Awaitable[MessageId]]
    ) -> None:
        now = self._clock.now()
        try:
            message_id = await already_posted(
                self._messenger, job, Posting.CLIP, job.post_intended_at, now
            )
            if message_id is None:
                await self._intend(job, now)
                message_id = await post(job)
        except MessageGone:
            # Our nonce was answered with a message that is gone: it was delivered.
            message_id = None
        except PlaceGone:
            await self._end(job, JobState.UNDELIVERABLE, Failure.PLACE_GONE)
            return
        except PlaceForbidden:
            await self._end(job, JobState.UNDELIVERABLE, Failure.PLACE_FORBIDDEN)
            return
        except MessageBlocked:
            await self._end(job, JobState.UNDELIVERABLE, Failure.BLOCKED)
            return
        except MessengerError as error:
            await self._post_later(job, error)
            return
        await self._delivered(job, message_id)

    async def _intend(self, job: Job, now: datetime) -> None:
        if job.post_intended_at is None:
            await self._jobs.note({job.id: JobChanges(post_intended_at=now)})

    async def _post_later(self, job: Job, error: MessengerError) -> None:
        asked_s = error.retry_after_s if isinstance(error, MessengerDown) else None
        attempts = job.delivery_attempts + 1
        log.warning("clip not posted", reason=str(error), attempts=attempts)
        if self._waited_s(job) > STALE_AFTER_S and attempts > LEAST_ATTEMPTS:
            await self._end(job, JobState.UNDELIVERABLE, Failure.UNEXPECTED)
            return
        await self.postpone(
            job,
            POST_BACKOFF.wait_s(attempts, at_least_s=asked_s),
            JobChanges(delivery_attempts=attempts),
        )

    def _waited_s(self, job: Job) -> float:
        now = self._clock.now()
        return (now - (job.done_at or now)).total_seconds()

    async def _delivered(self, job: Job, message_id: MessageId | None) -> None:
        now = self._clock.now()
        changes = JobChanges(
            clip_message_id=message_id, delivery_due_at=None, status_due_at=now
        )
        moved = await self._jobs.move(
            job.id,
            JobState.DELIVERING,
            JobState.DELIVERED,
            now,
            **changes,
        )
        if moved is None:
            # Its server was left meanwhile; the message is there all the same.
            await self._jobs.note({job.id: changes})
        log.info("clip delivered", message_id=message_id)
        self._spool_path(job).unlink(missing_ok=True)

    async def give_up(self, job: Job, reference: str) -> None:
        """End a job whose delivery keeps surprising us."""
        await self._jobs.note({job.id: JobChanges(reference=reference)})
        await self._end(job, JobState.FAILED, Failure.UNEXPECTED)

    async def _end(self, job: Job, state: JobState, failure: Failure) -> None:
        now = self._clock.now()
        await self._jobs.move(
            job.id,
            JobState.DELIVERING,
            state,
            now,
            failure=failure,
            delivery_due_at=None,
            notice_due_at=now,
            status_due_at=now,
        )
        self._spool_path(job).unlink(missing_ok=True)
