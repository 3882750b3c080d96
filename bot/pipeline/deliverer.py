"""Fetches finished clips and posts them: first deliver, then remember it."""

from collections.abc import Mapping

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import (
    FetchError,
    FetchTooLarge,
    FetchUnusable,
    FileTooLarge,
    MessageBlocked,
    MessengerDown,
    MessengerError,
    PlaceForbidden,
    PlaceGone,
    PlaceUnfit,
    SearchInconclusive,
)
from bot.ids import MessageId
from bot.jobs.claims import Claim
from bot.jobs.due import Due
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.ports import Operator
from bot.pipeline.clip_posting import ClipPosting, Gate
from bot.pipeline.downloads import Downloads, failure_of
from bot.pipeline.fitting import ClipFile, ClipFitting
from bot.pipeline.host_watch import ResultHostWatch
from bot.pipeline.ports import (
    ClipFiles,
    Evolink,
    Fetcher,
    Messenger,
    Shrinker,
)
from bot.workers.attempts import more_attempts
from bot.workers.job_worker import JobWorker, Request
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S, is_refusal
from bot.workers.service_limit import EndpointLimit
from bot.workers.storing import until_stored

log = structlog.get_logger(__name__)

POST_BACKOFF = Backoff(base_s=1.0, cap_s=120.0)
STALE_AFTER_S = 2 * 24 * 3600.0
"""What Discord has not taken for so long, it never will."""
LEAST_ATTEMPTS = 20
"""But a process that was down for those days still tries for half an hour."""
LARGE_WAIT_S = 1.0
"""At least so long a clip too large for Discord waits for its turn to be posted."""
SHRINK_WAIT_S = 5.0
"""How long a clip waits that is to be made smaller while another one is."""

_UNDELIVERABLE: Mapping[type[Exception], Failure] = {
    # Posting again might be the second time: saying so is all that is left.
    SearchInconclusive: Failure.UNEXPECTED,
    PlaceGone: Failure.PLACE_GONE,
    PlaceForbidden: Failure.PLACE_FORBIDDEN,
    PlaceUnfit: Failure.PLACE_NOT_RESTRICTED,
    MessageBlocked: Failure.BLOCKED,
}
"""Ends of a delivery without a message."""


class Deliverer(JobWorker):
    """Takes jobs from `delivering` to their end."""

    name = "deliverer"
    kind = Due.DELIVERY
    at_once = 96
    """Far more than both limits together: what hangs for minutes fills no places that
    others need."""

    def __init__(  # noqa: PLR0913, PLR0917 - each a collaborator of its own
        self,
        jobs: JobStore,
        evolink: Evolink,
        fetcher: Fetcher,
        messenger: Messenger,
        files: ClipFiles,
        gate: Gate,
        clock: Clock,
        hosts: ResultHostWatch,
        *,
        results: EndpointLimit,
        reads: EndpointLimit,
        messages: EndpointLimit,
        operator: Operator,
        shrinker: Shrinker | None,
    ) -> None:
        super().__init__(jobs, clock)
        self._files = files
        self._fitting = ClipFitting(files, messenger, shrinker)
        self._posting = ClipPosting(jobs, messenger, gate, self._fitting, clock)
        self._downloads = Downloads(
            evolink, fetcher, operator, clock, hosts, reads=reads
        )
        self._results = results
        self._messages = messages
        for endpoint in (results, messages):
            endpoint.when_free(self.wake)

    def request_of(self, job: Job) -> Request | None:
        """Return the next step of a delivery: the download, or else the post."""
        if job.state is not JobState.DELIVERING:
            return None
        if self._files.path(job).exists():
            return self._messages, job.channel_id
        return self._results, job.id

    async def handle(self, claim: Claim) -> None:
        """Bring one clip to Discord, or record when to try again, or why not."""
        job = claim.job
        if job.state is not JobState.DELIVERING:
            self._downloads.forget(job)
            self._fitting.forget(job)
            await self._jobs.finish(claim, JobChanges(delivery_due_at=None))
            return
        if not await self._fetched(claim) or not await self._shrink_to_fit(claim):
            return
        if not await self._may_post(claim, is_kept=self._files.path(job).exists()):
            return
        await self._post(claim, await self._fitting.file(job))

    async def _fetched(self, claim: Claim) -> bool:
        """Have a clip fetched; return False where there is nothing to post now."""
        job = claim.job
        clip = self._files.path(job)
        if clip.exists():
            return True
        call = self.ask(job, (self._results, job.id))
        try:
            await self._downloads.fetch(job, clip, call)
        except FetchTooLarge:
            self._fitting.mark_too_large(job)
        except FetchUnusable as error:
            log.warning("clip unusable", reason=str(error))
            await self._end(claim, JobState.FAILED, failure_of(error))
            return False
        except FetchError as error:
            await self._fetch_later(claim, error)
            return False
        return True

    async def _shrink_to_fit(self, claim: Claim) -> bool:
        """Return whether a clip is as small as it can be; else it stays due."""
        job = claim.job
        if not await self._fitting.is_to_shrink(job):
            return True
        self.ask_nothing(job)
        if self._fitting.is_busy:
            await self.postpone(claim, SHRINK_WAIT_S)
            return False
        await self._fitting.shrink(job)
        return True

    async def _may_post(self, claim: Claim, *, is_kept: bool) -> bool:
        """Return whether a job may go on to its post; else it stays due for it."""
        job = claim.job
        if self.begun_for(job, self._messages):
            return True
        wait_s = self._messages.wait_s(job.channel_id)
        if wait_s <= 0:
            return True
        if is_kept:
            await self.release(claim)
        else:
            # Not even its mark has room on the disk: it would be fetched in a loop.
            await self.postpone(claim, max(wait_s, LARGE_WAIT_S))
        return False

    async def _fetch_later(self, claim: Claim, error: FetchError) -> None:
        job = claim.job
        waited_s = self._waited_s(job)
        log.warning("clip not fetched", reason=str(error), waited_s=round(waited_s))
        alone = self._results.fails_alone(job.id)
        retry = await self._downloads.retry(job, error, waited_s, fails_alone=alone)
        if retry is None:
            await self._end(claim, JobState.FAILED, failure_of(error))
            return
        wait_s = self._results.retry_s(job.id, retry.wait_s)
        await self.postpone(claim, max(wait_s, retry.at_least_s), retry.changes)

    async def _post(self, claim: Claim, file: ClipFile | None) -> None:
        """Post a file, or the link without one; record that, or when to try again."""
        call = self.ask(claim.job, (self._messages, claim.job.channel_id))
        try:
            message_id = await self._posting.post(claim, file, call)
        except tuple(_UNDELIVERABLE) as error:
            await self._end(claim, JobState.UNDELIVERABLE, _UNDELIVERABLE[type(error)])
        except FileTooLarge:
            # Next it is made smaller, or smaller still.
            await self.postpone(claim, LARGE_WAIT_S)
        except MessengerError as error:
            await self._post_later(claim, error)
        else:
            await self._delivered(claim, message_id)

    async def _post_later(self, claim: Claim, error: MessengerError) -> None:
        job = claim.job
        asked_s = error.retry_after_s if isinstance(error, MessengerDown) else None
        is_stale = self._waited_s(job) > STALE_AFTER_S
        # Once it is stale each try counts, or it would never end.
        alone = self._messages.fails_alone(job.channel_id) or is_stale
        attempts = more_attempts(job.delivery_attempts, fails_alone=alone)
        log.warning("clip not posted", reason=str(error), attempts=attempts)
        if is_refusal(error):
            await self._refused(claim, attempts)
            return
        if is_stale and attempts > LEAST_ATTEMPTS:
            await self._end(claim, JobState.UNDELIVERABLE, Failure.UNEXPECTED)
            return
        wait_s = self._messages.retry_s(job.channel_id, POST_BACKOFF.wait_s(attempts))
        await self.postpone(
            claim,
            max(wait_s, asked_s or 0.0),
            JobChanges(delivery_attempts=attempts),
        )

    async def _refused(self, claim: Claim, attempts: int) -> None:
        """Try again soon, but not for ever: each time the whole clip is uploaded."""
        refusals = claim.job.refusals + 1
        if refusals >= MOST_REFUSALS:
            await self._end(claim, JobState.UNDELIVERABLE, Failure.NOT_TAKEN)
            return
        await self.postpone(
            claim,
            REFUSED_WAIT_S,
            JobChanges(delivery_attempts=attempts, refusals=refusals),
        )

    def _waited_s(self, job: Job) -> float:
        now = self._clock.now()
        return (now - (job.done_at or now)).total_seconds()

    async def _delivered(self, claim: Claim, message_id: MessageId | None) -> None:
        job = claim.job
        now = self._clock.now()
        changes = JobChanges(
            clip_message_id=message_id, delivery_due_at=None, status_due_at=now
        )

        async def store() -> None:
            moved = await self._jobs.move_claimed(
                claim,
                JobState.DELIVERING,
                JobState.DELIVERED,
                now,
                **changes,
            )
            if moved is None:
                # Its server was left meanwhile; the message is there all the same.
                await self._jobs.finish(claim, changes)

        await until_stored(store)
        self._downloads.forget(job)
        log.info("clip delivered", message_id=message_id)
        self._fitting.forget(job)

    async def give_up(self, claim: Claim, reference: str) -> None:
        """End a job whose delivery keeps failing for reasons unknown to us."""
        await self._jobs.note_claimed(claim, JobChanges(reference=reference))
        await self._end(claim, JobState.FAILED, Failure.UNEXPECTED)

    async def _end(self, claim: Claim, state: JobState, failure: Failure) -> None:
        job = claim.job
        now = self._clock.now()
        moved = await self._jobs.move_claimed(
            claim,
            JobState.DELIVERING,
            state,
            now,
            failure=failure,
            refusals=0,
            delivery_due_at=None,
            notice_due_at=now,
            status_due_at=now,
        )
        if moved is None:
            await self._jobs.finish(claim, JobChanges(delivery_due_at=None))
        self._downloads.forget(job)
        self._fitting.forget(job)
