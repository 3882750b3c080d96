"""Fetches finished clips and posts them: first deliver, then remember it."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

import structlog

from bot.domain.failures import Failure
from bot.domain.ids import ChannelId, MessageId
from bot.domain.jobs import Job, JobChanges
from bot.domain.states import JobState
from bot.domain.waiting import Backoff
from bot.errors import (
    FetchError,
    FetchTooLarge,
    FetchUnusable,
    FileTooLarge,
    MessageBlocked,
    MessageGone,
    MessengerDown,
    MessengerError,
    PlaceForbidden,
    PlaceGone,
    PlaceUnfit,
    SearchInconclusive,
)
from bot.ports import (
    Clock,
    Due,
    Evolink,
    Fetcher,
    JobStore,
    Messenger,
    Operator,
    Posting,
)
from bot.workers.downloads import LINK_LIFE_S, Downloads, failure_of
from bot.workers.job_worker import Attend, JobWorker
from bot.workers.outage import NotNow
from bot.workers.posted import (
    MOST_REFUSALS,
    REFUSED_WAIT_S,
    PostOnce,
    is_refusal,
)

log = structlog.get_logger(__name__)

POST_BACKOFF = Backoff(base_s=1.0, cap_s=120.0)
MOST_OF_A_CHANNEL = 2
"""Deliveries to one channel at once: its rate limit must not hold up the others."""
MOST_UNANSWERED = 2
"""Downloads that have not begun to come. Beside them as many come as have room."""
STALE_AFTER_S = 2 * 24 * 3600.0
"""What Discord has not taken for so long, it never will."""
LEAST_ATTEMPTS = 20
"""But a process that was down for those days still tries for half an hour."""

Post = Callable[[Job], Awaitable[MessageId]]
"""Brings a job's clip to Discord and returns the message that holds it."""


class Gate(Protocol):
    """Says whether a clip may still be posted. See `bot.usecases.posting_policy`."""

    async def check(self, job: Job) -> None:
        """Return only if it may.

        Raises:
            PlaceUnfit: If it may not.
            MessengerError: If nobody can tell at the moment.
        """
        ...


class Deliverer(JobWorker):
    """Takes jobs from `delivering` to their end."""

    name = "deliverer"
    kind = Due.DELIVERY
    at_once = 8
    look_far = 64
    """To find some of different channels."""

    def __init__(  # noqa: PLR0913, PLR0917 - each a collaborator of its own
        self,
        jobs: JobStore,
        evolink: Evolink,
        fetcher: Fetcher,
        messenger: Messenger,
        spool_path: Callable[[Job], Path],
        gate: Gate,
        clock: Clock,
        *,
        operator: Operator | None = None,
    ) -> None:
        super().__init__(jobs, clock)
        self._messenger = messenger
        self._spool_path = spool_path
        self._gate = gate
        results = self.depends_on("results")
        results.most_unanswered = MOST_UNANSWERED
        results.when_free(self.wake)
        self._downloads = Downloads(evolink, fetcher, results, operator)
        self.posts = self.depends_on("discord posts")
        self.posts.when_free(self.wake)
        self._channels: Counter[ChannelId] = Counter()
        """How many deliveries are under way in each channel."""

    def has_room_for(self, job: Job) -> bool:
        """Return whether a job may be begun with now: few of any one channel."""
        of_channel = self._channels[job.channel_id]
        return super().has_room_for(job) and of_channel < MOST_OF_A_CHANNEL

    def begin(self, job: Job, attend: Attend | None = None) -> None:
        """Attend to a job beside the loop, as one of its channel's."""
        self._channels[job.channel_id] += 1

        async def in_channel(job: Job) -> None:
            try:
                await (attend or self.attend)(job)
            finally:
                self._channels -= Counter({job.channel_id: 1})

        super().begin(job, in_channel)

    async def attend(self, job: Job) -> None:
        """Bring one clip to Discord, or record when to try again, or why not."""
        if job.state is not JobState.DELIVERING:
            await self._jobs.note({job.id: JobChanges(delivery_due_at=None)})
            return
        try:
            await self._deliver(job)
        except NotNow as error:
            await self.postpone(job, error.wait_s)

    async def _deliver(self, job: Job) -> None:
        clip = self._spool_path(job)
        if not clip.exists():
            try:
                await self._downloads.fetch(job, clip)
            except FetchTooLarge:
                await self._post(job, self._link, self._link_in_status)
                return
            except FetchUnusable as error:
                log.warning("no usable clip", reason=str(error))
                await self._end(job, JobState.FAILED, failure_of(error))
                return
            except FetchError as error:
                await self._fetch_later(job, error)
                return
        if clip.stat().st_size > self._messenger.upload_limit_bytes(job.guild_id):
            await self._post(job, self._link, self._link_in_status)
        else:
            await self._post(job, self._file, self._file_in_status)

    async def _fetch_later(self, job: Job, error: FetchError) -> None:
        waited_s = self._waited_s(job)
        log.warning("clip not fetched", reason=str(error), waited_s=round(waited_s))
        retry = await self._downloads.retry(job, error, waited_s)
        if retry is None:
            await self._end(job, JobState.FAILED, failure_of(error))
            return
        await self.postpone(job, retry.wait_s, retry.changes)

    async def _file(self, job: Job) -> MessageId:
        try:
            return await self._messenger.post_clip(job, self._spool_path(job))
        except FileTooLarge:
            # Discord knows its limit better than we do.
            return await self._link(job)

    async def _file_in_status(self, job: Job) -> MessageId:
        try:
            return await self._messenger.clip_into_status(job, self._spool_path(job))
        except FileTooLarge:
            return await self._link_in_status(job)

    async def _link(self, job: Job) -> MessageId:
        return await self._messenger.post_link(job, self._link_dies_at(job))

    async def _link_in_status(self, job: Job) -> MessageId:
        return await self._messenger.link_into_status(job, self._link_dies_at(job))

    def _link_dies_at(self, job: Job) -> datetime:
        return (job.done_at or self._clock.now()) + timedelta(seconds=LINK_LIFE_S)

    async def _post(self, job: Job, post: Post, edit: Post) -> None:
        """Post anew with `post`; `edit` is for where that might be a second time."""
        try:
            async with self.posts.asking():
                message_id = await self._attempt(job, post, edit)
        except SearchInconclusive:
            # Posting again might be the second time: saying so is all that is left.
            await self._end(job, JobState.UNDELIVERABLE, Failure.UNEXPECTED)
            return
        except PlaceGone:
            await self._end(job, JobState.UNDELIVERABLE, Failure.PLACE_GONE)
            return
        except PlaceForbidden:
            await self._end(job, JobState.UNDELIVERABLE, Failure.PLACE_FORBIDDEN)
            return
        except PlaceUnfit:
            await self._end(job, JobState.UNDELIVERABLE, Failure.PLACE_NOT_RESTRICTED)
            return
        except MessageBlocked:
            await self._end(job, JobState.UNDELIVERABLE, Failure.BLOCKED)
            return
        except MessengerError as error:
            await self._post_later(job, error)
            return
        await self._delivered(job, message_id)

    async def _attempt(self, job: Job, post: Post, edit: Post) -> MessageId | None:
        """Post, and note whether Discord answers."""
        try:
            message_id = await self._posted(job, post, edit, self._clock.now())
        except MessageGone:
            # Our nonce was answered with a message that is gone: it was delivered.
            message_id = None
        except (PlaceUnfit, SearchInconclusive):
            raise  # perhaps nobody was asked
        except (PlaceGone, PlaceForbidden, MessageBlocked):
            self.posts.worked()
            raise
        except MessengerError as error:
            self.posts.failed(str(error))
            raise
        self.posts.worked()
        return message_id

    async def _posted(
        self, job: Job, post: Post, edit: Post, now: datetime
    ) -> MessageId:
        if job.clip_message_id is not None:
            # Begun before: it may be in the status message, and must go nowhere else.
            return await self._into_status(job, edit)
        clip = PostOnce(
            intended_at=job.post_intended_at,
            find=partial(self._messenger.find_posted, job, Posting.CLIP),
            gate=partial(self._gate.check, job),
            intend=partial(self._intend, job),
            post=partial(post, job),
            instead=partial(self._begin_into_status, job, edit),
        )
        return (await clip.do(now)).message_id

    async def _begin_into_status(self, job: Job, edit: Post) -> MessageId:
        log.warning("clip goes into the status message")
        # Recorded first: whoever keeps that message true must not undo it.
        note = JobChanges(clip_message_id=job.status_message_id)
        await self._jobs.note({job.id: note})
        return await self._into_status(job, edit)

    async def _into_status(self, job: Job, edit: Post) -> MessageId:
        try:
            return await edit(job)
        except MessageGone as error:
            msg = "there is no status message either"
            raise SearchInconclusive(msg) from error

    async def _intend(self, job: Job, at: datetime | None) -> None:
        await self._jobs.note({job.id: JobChanges(post_intended_at=at)})

    async def _post_later(self, job: Job, error: MessengerError) -> None:
        asked_s = error.retry_after_s if isinstance(error, MessengerDown) else None
        attempts = job.delivery_attempts + 1
        log.warning("clip not posted", reason=str(error), attempts=attempts)
        if is_refusal(error):
            await self._refused(job, attempts)
            return
        if self._waited_s(job) > STALE_AFTER_S and attempts > LEAST_ATTEMPTS:
            await self._end(job, JobState.UNDELIVERABLE, Failure.UNEXPECTED)
            return
        await self.postpone(
            job,
            POST_BACKOFF.wait_s(attempts, at_least_s=asked_s),
            JobChanges(delivery_attempts=attempts),
        )

    async def _refused(self, job: Job, attempts: int) -> None:
        """Try again soon, but not for ever: each time the whole clip is uploaded."""
        refusals = job.refusals + 1
        if refusals >= MOST_REFUSALS:
            await self._end(job, JobState.UNDELIVERABLE, Failure.NOT_TAKEN)
            return
        await self.postpone(
            job,
            REFUSED_WAIT_S,
            JobChanges(delivery_attempts=attempts, refusals=refusals),
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
            refusals=0,
            delivery_due_at=None,
            notice_due_at=now,
            status_due_at=now,
        )
        self._spool_path(job).unlink(missing_ok=True)
