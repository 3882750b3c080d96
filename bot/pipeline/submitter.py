"""The paid request: what is recorded before it, and when it is repeated.

The row says that a request may have left before it leaves. After a lost answer the same
request goes again with the same Idempotency-Key. Where that is not allowed, or has been
done for ten minutes, nobody can know whether there is a task: the job is unconfirmed.
What an answer means for the job is in `accepted_tasks` and `submit_refusals`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import (
    EvolinkConfused,
    EvolinkRefused,
    EvolinkUnavailable,
    EvolinkUnsure,
)
from bot.ids import first_submit_key, new_submit_key
from bot.jobs.claims import Claim
from bot.jobs.durations import RecentDurations
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.queueing import Slots
from bot.jobs.showing import shown_if_it_lasts
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.jobs.video import VideoRequest, fitted, request_fault
from bot.models.offer import Offer
from bot.operations.account import AccountGate
from bot.operations.once_a_day import OnceADay
from bot.operations.ports import Operator
from bot.pictures.uploads import Uploads
from bot.pipeline.accepted_tasks import AcceptedTasks
from bot.pipeline.callback_addresses import CallbackAddresses
from bot.pipeline.idempotency import Idempotency
from bot.pipeline.picture_uploads import PictureUploads
from bot.pipeline.poll_schedule import PollSchedule
from bot.pipeline.ports import Evolink
from bot.pipeline.submit_ends import SubmitEnds
from bot.pipeline.submit_refusals import SubmitRefusals
from bot.workers.outcomes import note_evolink
from bot.workers.service_limit import Call
from bot.workers.storing import side_by_side

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
    """How paid requests are made: the operator's settings, and what was learned."""

    give_up_after_s: float
    """How long a request is tried that EvoLink does not accept."""
    offer: Offer
    """The models in use."""
    callbacks: CallbackAddresses | None
    """Where EvoLink is asked to report; None = nowhere."""
    schedule: PollSchedule
    """When an accepted task is first polled."""
    durations: RecentDurations
    """How long recent tasks took, beside what was promised."""


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
        self._offer = policy.offer
        self._callbacks = policy.callbacks
        self._idempotency = idempotency
        once_a_day = OnceADay(operator, clock)
        self._ends = SubmitEnds(
            jobs, operator, clock, give_up_after_s=policy.give_up_after_s
        )
        self._accepted = AcceptedTasks(
            jobs,
            clock,
            idempotency=idempotency,
            schedule=policy.schedule,
            durations=policy.durations,
        )
        self._refusals = SubmitRefusals(
            self._ends,
            account,
            once_a_day,
            clock,
            offer=policy.offer,
            give_up_after_s=policy.give_up_after_s,
        )
        self.pictures = PictureUploads(jobs, uploads, self._ends, once_a_day, clock)
        """What is uploaded before the paid requests."""

    async def intend(
        self, job: Job, lease_until: datetime, slots: Slots
    ) -> Claim | None:
        """Record that a queued job's paid request is about to leave, and claim the job.

        A job whose picture has to be uploaded first is only claimed: its request leaves
        after `intend_again`.
        Returns None if the job is no longer queued, or no slot is free. Also if the job
        is from a restored copy and may have been paid for since: then it is due at
        once, like any other request whose outcome is unknown.
        """
        now = self._clock.now()
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
            callback_hash=self._callback_hash(job),
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
        offer = self._offer
        if offer.has_id(request.model, with_picture=request.with_picture):
            return request
        profile = offer.profile(offer.first.name, with_picture=request.with_picture)
        if profile is None or (profile.picture and profile.picture.exact_sizes):
            # Its picture was prepared in another size.
            return request
        ours = fitted(request, profile)
        return request if request_fault(ours, profile) else ours

    async def put_back(self, claim: Claim) -> None:
        """Put a job back into the queue: none of its requests was accepted."""
        await self._ends.back_to_queue(claim, new_key=False)

    async def intend_again(self, claim: Claim) -> Claim | None:
        """Record that the same request is about to leave again.

        Returns None if it must not leave, or not yet. Then the claim has ended.
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
        """Return when a request of unknown outcome may go again; None = never."""
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
        return job.callback_hash == self._callback_hash(job)

    def _callback_hash(self, job: Job) -> str | None:
        return None if self._callbacks is None else self._callbacks.kept(job.id)

    async def send(self, claim: Claim, call: Call, *, sure_before: bool) -> None:
        """Send the paid request of a job whose intent is recorded, and end the claim.

        `sure_before` says that no earlier attempt may have been accepted unseen. `call`
        learns whether EvoLink answers.
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
            await self._refusals.record(claim, error, sure_before=sure_before)
        else:
            call.answered()
            await side_by_side(
                self._accepted.record(claim, accepted), self._account.accepted(job.id)
            )

    def _callback_url(self, job: Job) -> str | None:
        return None if self._callbacks is None else self._callbacks.address(job.id)

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


def _after(then: datetime, wait_s: float) -> datetime:
    return then + timedelta(seconds=wait_s)


def _seconds(now: datetime, then: datetime) -> float:
    return (now - then).total_seconds()
