"""The paid request: what is recorded before it, and what each answer to it means.

The row says that a request may have left before it leaves. A lost answer is asked for
again with the same Idempotency-Key; where that may not be done, or has been done for
ten minutes, nobody can know, and the job says so.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import (
    AccountFault,
    AccountRefused,
    ClaimLost,
    ContentRefused,
    EvolinkConfused,
    EvolinkError,
    EvolinkRefused,
    EvolinkUnavailable,
    EvolinkUnsure,
    PictureRefused,
)
from bot.ids import first_submit_key, new_submit_key
from bot.jobs.cadence import TaskProgress, expected_total_s
from bot.jobs.claims import Claim
from bot.jobs.durations import RecentDurations
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.queueing import Slots
from bot.jobs.showing import shown_if_it_lasts
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.tasks import Accepted
from bot.jobs.video import VideoRequest, fitted, request_fault
from bot.models.offer import Offer
from bot.operations.account import AccountGate
from bot.operations.once_a_day import OnceADay
from bot.operations.ports import Operator
from bot.pictures.uploads import Uploads
from bot.pipeline.callback_addresses import CallbackAddresses
from bot.pipeline.idempotency import Idempotency
from bot.pipeline.picture_uploads import PictureUploads
from bot.pipeline.poll_schedule import PollSchedule
from bot.pipeline.ports import Evolink
from bot.pipeline.submit_ends import SubmitEnds
from bot.workers.outcomes import note_evolink
from bot.workers.service_limit import Call
from bot.workers.storing import side_by_side, until_stored

log = structlog.get_logger(__name__)

UNSURE_BACKOFF = Backoff(base_s=1.25, cap_s=30.0)
"""Between two requests with the same key: at least 1 s, doubling to 30 s."""
UNSURE_FOR_S = 600.0
"""How long a lost answer is asked for again."""
RESTORED_FOR_S = 24 * 3600.0
"""How old a queued job of a restored copy may be: it may have been paid for since, and
nobody says how long EvoLink knows a key."""
CALLBACK_FIRST_S = 45.0
"""Until the key was seen to be honoured, a callback may bring the lost answer first:
repeating would be paid for again where the key is ignored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitPolicy:
    """What the operator decided about paid requests."""

    replay: bool
    """Whether a lost answer is asked for again with the same key."""
    give_up_after_s: float
    """How long a request that EvoLink does not accept is tried."""
    offer: Offer
    """The models in use."""
    callbacks: CallbackAddresses | None
    """Where EvoLink is asked to report; None = nowhere."""
    schedule: PollSchedule
    """When an accepted task is asked about first."""
    durations: RecentDurations
    """What tasks took lately, beside what was promised."""


class Submitter:
    """Sends one job's paid request once, and records what came of it."""

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        jobs: JobStore,
        evolink: Evolink,
        account: AccountGate,
        operator: Operator,
        clock: Clock,
        policy: SubmitPolicy,
        *,
        idempotency: Idempotency,
        uploads: Uploads,
    ) -> None:
        """Keep the parts."""
        self._jobs = jobs
        self._evolink = evolink
        self._account = account
        self._clock = clock
        self._policy = policy
        self._once_a_day = OnceADay(operator, clock)
        self._ends = SubmitEnds(
            jobs, operator, clock, give_up_after_s=policy.give_up_after_s
        )
        self._schedule = policy.schedule
        self._idempotency = idempotency
        self.pictures = PictureUploads(
            jobs, uploads, self._ends, self._once_a_day, clock
        )
        """What is uploaded before the paid requests."""

    async def intend(
        self, job: Job, lease_until: datetime, slots: Slots
    ) -> Claim | None:
        """Record that a queued job's paid request is about to leave, and claim that.

        With a picture that has to be uploaded first, nothing of it leaves before
        `intend_again` says so.
        Returns None if it is no longer queued, or no slot is left; or it is of a copy
        that was restored, and may have been paid for since: then it is due at once like
        any other request of unknown outcome.
        """
        now = self._clock.now()
        callbacks = self._policy.callbacks
        in_doubt = job.unsure_since is not None
        request = self._in_use(job.request)
        # What was refused before goes again under its key, should EvoLink have taken
        # it all the same; but a key belongs to one request, word for word.
        uploads = self.pictures.is_due(job)
        is_same = not uploads and request == job.request and self._same_request(job)
        if job.first_submit_at is None:
            known_key: str | None = first_submit_key(job.id)
        else:
            known_key = job.submit_key if is_same else None
        claim = await self._jobs.claim_queued(
            job,
            now,
            lease_until,
            slots,
            model=request.model,
            quality=request.quality,
            aspect=request.aspect,
            sound=request.sound,
            submit_key=known_key or new_submit_key(),
            submit_attempts=0 if uploads or in_doubt else 1,
            first_submit_at=job.first_submit_at or now,
            submit_due_at=_after(now, UNSURE_BACKOFF.wait_s(1)),
            unsure_since=None if uploads and not in_doubt else now,
            status_due_at=shown_if_it_lasts(now),
            callback_hash=None if callbacks is None else callbacks.kept(job.id),
        )
        if claim is None or job.unsure_since is None:
            return claim
        too_old = _seconds(now, job.unsure_since) > RESTORED_FOR_S
        await self._doubt(claim, may_ask=known_key is not None and not too_old)
        return None

    async def _doubt(self, claim: Claim, *, may_ask: bool) -> None:
        """Treat a job of a restored copy like one whose answer was lost just now."""
        now = self._clock.now()
        if not may_ask:
            await self._ends.unconfirmed(claim)
        else:
            await self._jobs.finish(claim, JobChanges(submit_due_at=now))

    def _in_use(self, request: VideoRequest) -> VideoRequest:
        """Return a request as the default model takes it if its own is not in use.

        The operator may have had to change the model while the job was waiting.
        """
        offer = self._policy.offer
        if self._is_offered(request):
            return request
        profile = offer.profile(offer.first.name, with_picture=request.with_picture)
        if profile is None or (profile.picture and profile.picture.exact_sizes):
            # Its picture was prepared in another size.
            return request
        ours = fitted(request, profile)
        return request if request_fault(ours, profile) else ours

    def _is_offered(self, request: VideoRequest) -> bool:
        maker = self._policy.offer.by_id(
            request.model, with_picture=request.with_picture
        )
        return maker is not None

    async def put_back(self, claim: Claim) -> None:
        """Let a job of whose requests none was accepted wait in the queue again."""
        await self._ends.back_to_queue(claim, new_key=False)

    async def intend_again(self, claim: Claim) -> Claim | None:
        """Record that the same request is about to leave again.

        Returns None if it may not, or not yet: then the claim has ended.
        """
        job = claim.job
        now = self._clock.now()
        if job.unsure_since is not None:
            ask_at = self._ask_at(job, job.unsure_since)
            if ask_at is None:
                await self._ends.unconfirmed(claim)
                return None
            if ask_at > now:
                await self._jobs.finish(claim, JobChanges(submit_due_at=ask_at))
                return None
        attempts = job.submit_attempts + 1
        changes = JobChanges(
            submit_attempts=attempts,
            submit_due_at=_after(now, UNSURE_BACKOFF.wait_s(attempts)),
            unsure_since=job.unsure_since or now,
        )
        again = await self._jobs.note_unless_moved(claim, JobState.SUBMITTING, changes)
        if again is None:
            # A callback may have brought the task, or its requester cancelled it: where
            # nothing was unsure, that was free.
            await self._jobs.finish(claim, JobChanges())
            return None
        return replace(claim, job=again, due_at=changes["submit_due_at"])

    def _ask_at(self, job: Job, since: datetime) -> datetime | None:
        """Return when a request of unknown fate may go again; None = never."""
        waited_s = _seconds(self._clock.now(), since)
        if waited_s > UNSURE_FOR_S or not self._same_request(job):
            return None
        if self._idempotency.allowed and (
            self._idempotency.proven or not job.callback_hash
        ):
            return since
        if self._idempotency.allowed:
            return _after(since, CALLBACK_FIRST_S)
        # Only a callback can tell now. One that comes later is still heard.
        return _after(since, UNSURE_FOR_S) if job.callback_hash else None

    def _same_request(self, job: Job) -> bool:
        """Whether it can be repeated word for word: not with another callback."""
        callbacks = self._policy.callbacks
        now_kept = None if callbacks is None else callbacks.kept(job.id)
        return job.callback_hash == now_kept

    async def send(self, claim: Claim, call: Call, *, sure_before: bool) -> None:
        """Send the paid request of a job whose intent is recorded.

        `sure_before` says that no earlier attempt may have been accepted unseen. `call`
        hears whether EvoLink answers; what follows for the job is in its row.
        """
        job = claim.job
        assert job.submit_key is not None
        try:
            accepted = await self._evolink.create(
                job.request,
                key=job.submit_key,
                callback_url=self._callback_url(job),
                picture_url=job.picture_url,
            )
        except EvolinkUnavailable as error:
            note_evolink(call, error)
            await self._ends.not_taken(claim, error, call, sure_before=sure_before)
        except (EvolinkUnsure, EvolinkConfused) as error:
            log.warning("submit outcome unknown", job_id=job.id, error=str(error))
            note_evolink(call, error)
            await self._ask_again(claim, call)
        except EvolinkRefused as error:
            call.answered()
            if self._is_of_one_model(job, error):
                await self._model_refused(claim, error, sure_before=sure_before)
            else:
                await self._refused(claim, error, sure_before=sure_before)
        else:
            call.answered()
            await self._taken(claim, accepted)

    def _callback_url(self, job: Job) -> str | None:
        callbacks = self._policy.callbacks
        return None if callbacks is None else callbacks.address(job.id)

    async def _taken(self, claim: Claim, accepted: Accepted) -> None:
        await side_by_side(
            self._record(claim, accepted), self._account.accepted(claim.job.id)
        )

    async def _record(self, claim: Claim, accepted: Accepted) -> None:
        job = claim.job
        if accepted.replayed:
            await until_stored(self._idempotency.honoured)
        now = self._clock.now()
        promised_s = accepted.estimated_time_s
        task = TaskProgress(
            elapsed_s=0,
            progress=0,
            progress_elapsed_s=0,
            step=0,
            promised_s=promised_s,
            correction=self._policy.durations.correction(job.request),
        )
        has_callback = job.callback_hash is not None
        wait_s = self._schedule.wait_s(task, has_callback=has_callback)
        changes = JobChanges(
            task_id=accepted.task_id,
            accepted_at=now,
            estimated_time_s=promised_s,
            credits_reserved=accepted.credits_reserved,
            expected_end_at=now + timedelta(seconds=expected_total_s(task)),
            poll_due_at=now + timedelta(seconds=wait_s),
            submit_due_at=None,
            unsure_since=None,
            status_due_at=now,
        )
        log.info("task accepted", job_id=job.id, task_id=accepted.task_id)
        if not await until_stored(lambda: self._recorded(claim, accepted, changes)):
            await self._paid_twice(claim, accepted)

    async def _recorded(
        self, claim: Claim, accepted: Accepted, changes: JobChanges
    ) -> bool:
        """Record a task; return whether it is the job's, and not a second one."""
        try:
            moved = await self._jobs.move_claimed(
                claim,
                JobState.SUBMITTING,
                JobState.GENERATING,
                self._clock.now(),
                **changes,
            )
        except ClaimLost:
            # It was paid for all the same: whose it is must be known.
            log.warning("claim lost", job_id=claim.job.id, task_id=accepted.task_id)
            moved = None
        if moved is not None:
            return True
        if not await self._jobs.adopt(claim.job.id, accepted.task_id, changes):
            return False
        await self._jobs.finish(claim, JobChanges())
        return True

    async def _paid_twice(self, claim: Claim, accepted: Accepted) -> None:
        """Two tasks for one key: EvoLink ignores the key, so nothing is replayed."""
        job = claim.job
        await until_stored(
            lambda: self._idempotency.second_task(
                job.id, accepted.task_id, accepted.credits_reserved
            )
        )
        done = JobChanges(submit_due_at=None)
        await until_stored(lambda: self._jobs.finish(claim, done))

    async def _ask_again(self, claim: Claim, call: Call) -> None:
        job = claim.job
        now = self._clock.now()
        ask_at = self._ask_at(job, job.unsure_since or now)
        if ask_at is None:
            await self._ends.unconfirmed(claim)
            return
        wait_s = call.retry_s(UNSURE_BACKOFF.wait_s(job.submit_attempts))
        due = max(ask_at, _after(now, wait_s))
        await self._jobs.finish(claim, JobChanges(submit_due_at=due))

    async def _refused(
        self, claim: Claim, error: EvolinkError, *, sure_before: bool
    ) -> None:
        job = claim.job
        log.warning("submit refused", job_id=job.id, error=str(error))
        pauses = isinstance(error, AccountRefused) and self._pauses(job, error)
        end = self._end_refused(claim, error, sure_before=sure_before, waits=pauses)
        if pauses:
            # The end waits for the database as long as it takes; the operator need not.
            await side_by_side(end, self._account.report())
        else:
            await end

    def _is_of_one_model(self, job: Job, error: EvolinkRefused) -> bool:
        """Whether others may be taken all the same: another model, or its words."""
        return (
            isinstance(error, AccountRefused)
            and error.fault is AccountFault.MODEL
            and self._policy.offer.has_words_without(job.request.model)
            and self._is_offered(job.request)
        )

    async def _model_refused(
        self, claim: Claim, error: EvolinkRefused, *, sure_before: bool
    ) -> None:
        """End the job; whoever asks for another model need not wait for this one."""
        job = claim.job
        log.warning("model refused", job_id=job.id, error=str(error))
        if sure_before:
            end = self._ends.failed(claim, Failure.MODEL_REFUSED)
        else:
            # This attempt was refused; an earlier one may have been accepted.
            end = self._ends.unconfirmed(claim)
        await side_by_side(
            end,
            self._once_a_day.tell("model-refused", str(error), model=job.request.model),
        )

    async def _end_refused(
        self, claim: Claim, error: EvolinkError, *, sure_before: bool, waits: bool
    ) -> None:
        if not sure_before:
            # This attempt was refused; an earlier one may have been accepted.
            await self._ends.unconfirmed(claim)
        elif isinstance(error, AccountRefused) and waits:
            await self._wait_or_end(claim, error)
        elif isinstance(error, ContentRefused):
            await self._ends.failed(claim, Failure.CONTENT_POLICY_VIOLATION)
        elif isinstance(error, PictureRefused):
            await self._ends.failed(claim, Failure.PICTURE_REFUSED)
        else:
            await self._ends.failed(claim, Failure.INVALID_PARAMETERS)

    def _pauses(self, job: Job, error: AccountRefused) -> bool:
        """Pause intake, unless the refusal is about this job alone."""
        is_old_model = not self._is_offered(job.request)
        if error.fault is AccountFault.MODEL and is_old_model:
            return False
        if self._account.is_of_the_job(job.id, error):
            return False
        # At once, before anything is awaited: the next job must not leave.
        self._account.note(error, job.id)
        return True

    async def _wait_or_end(self, claim: Claim, error: AccountRefused) -> None:
        job = claim.job
        now = self._clock.now()
        waited_s = _seconds(now, job.first_submit_at or now)
        if waited_s >= self._policy.give_up_after_s:
            await self._ends.failed(claim, Failure.PAUSED)
            return
        # What was repeated to the key once would be repeated to it for ever.
        await self._ends.back_to_queue(claim, new_key=error.replayed)


def _after(then: datetime, wait_s: float) -> datetime:
    return then + timedelta(seconds=wait_s)


def _seconds(now: datetime, then: datetime) -> float:
    return (now - then).total_seconds()
