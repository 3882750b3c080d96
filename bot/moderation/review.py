"""Spicy requests that wait for a moderator. Each is decided once, or lapses."""

from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import NotAllowed, NotFound, TooLate
from bot.ids import JobId, UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobLookups
from bot.moderation.blocks import Blocks
from bot.moderation.ports import Decision, ReviewStore
from bot.processes.seats import Seat
from bot.servers.audit import REASON_MAX_CHARS, AuditEntry, AuditValue, job_subject
from bot.servers.people import Actor, require_moderator
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

LAPSES_AFTER = timedelta(hours=24)
PAGE = 100
PAUSE_S = 60.0


class Review:
    """Decides on requests under review."""

    def __init__(
        self, jobs: JobLookups, reviews: ReviewStore, blocks: Blocks, clock: Clock
    ) -> None:
        self._jobs = jobs
        self._reviews = reviews
        self._blocks = blocks
        self._clock = clock

    async def approve(self, actor: Actor, job_id: JobId) -> Job:
        """Let a request join the queue.

        Raises:
            NotAllowed: To anybody but moderators, and to the requester.
            NotFound: If the server has no such request.
            TooLate: If it was decided or cancelled meanwhile.
        """
        job = await self.waiting(actor, job_id)
        if job.user_id == actor.user_id:
            raise NotAllowed("not-allowed-own-review")
        return await self._decide(actor, job, JobState.QUEUED, "review.approved")

    async def deny(self, actor: Actor, job_id: JobId, reason: str) -> Job:
        """End a request; the requester is told, with the reason if there is one.

        Raises:
            NotAllowed: To anybody but moderators.
            NotFound: If the server has no such request.
            TooLate: If it was decided or cancelled meanwhile.
        """
        job = await self.waiting(actor, job_id)
        cut = reason.strip()[:REASON_MAX_CHARS] or None
        return await self._decide(actor, job, JobState.DENIED, "review.denied", cut)

    async def block(self, actor: Actor, job_id: JobId) -> Job:
        """Block the requester until they are unblocked, and deny the request.

        Raises:
            NotAllowed: To anybody but moderators.
            NotFound: If the server has no such request.
            TooLate: If it was decided or cancelled meanwhile. They are blocked.
        """
        job = await self._request(actor, job_id)
        await self._blocks.block(actor, job.user_id)
        return await self._decide(actor, job, JobState.DENIED, "review.denied")

    async def waiting(self, actor: Actor, job_id: JobId) -> Job:
        """Return a request that still waits, to a moderator.

        Raises:
            NotAllowed: To anybody but moderators.
            NotFound: If the server has no such request.
            TooLate: If it was decided or cancelled meanwhile.
        """
        job = await self._request(actor, job_id)
        if job.state is not JobState.AWAITING_REVIEW:
            raise TooLate("too-late-review")
        return job

    async def lapse(self) -> int:
        """End what nobody has decided for a day, and return how many there were."""
        now = self._clock.now()
        lapsed = 0
        for job in await self._reviews.waiting_since(now - LAPSES_AFTER, PAGE):
            decision = Decision(
                state=JobState.DENIED,
                decided_by=None,
                reason=None,
                at=now,
                entry=_entry(job, None, now, "review.lapsed"),
            )
            if await self._reviews.decide(job.id, decision) is not None:
                lapsed += 1
                log.info("request lapsed", job_id=job.id)
        return lapsed

    async def _request(self, actor: Actor, job_id: JobId) -> Job:
        require_moderator(actor)
        job = await self._jobs.get(job_id)
        if job is None or job.guild_id != actor.guild_id:
            raise NotFound("not-found-job")
        return job

    async def _decide(
        self,
        actor: Actor,
        job: Job,
        state: JobState,
        action: str,
        reason: str | None = None,
    ) -> Job:
        now = self._clock.now()
        decision = Decision(
            state=state,
            decided_by=actor.user_id,
            reason=reason,
            at=now,
            entry=_entry(job, actor.user_id, now, action, reason),
        )
        decided = await self._reviews.decide(job.id, decision)
        if decided is None:
            raise TooLate("too-late-review")
        log.info("request decided", job_id=job.id, state=state.value)
        return decided


def _entry(
    job: Job,
    actor_id: UserId | None,
    at: datetime,
    action: str,
    reason: str | None = None,
) -> AuditEntry:
    before: dict[str, AuditValue] = {"state": JobState.AWAITING_REVIEW.value}
    after: dict[str, AuditValue] = {
        "state": JobState.QUEUED.value
        if action == "review.approved"
        else JobState.DENIED.value,
        # As text, because a spreadsheet would round so long a number.
        "requester": str(job.user_id),
    }
    return AuditEntry(
        guild_id=job.guild_id,
        actor_id=actor_id,
        at=at,
        action=action,
        subject=job_subject(job.id),
        before=before,
        after=after,
        reason=reason,
    )


class ReviewClock(Worker):
    """Lets requests lapse that nobody has decided on, every minute."""

    name = "review clock"
    seat = Seat.HOUSEKEEPING

    def __init__(self, review: Review) -> None:
        super().__init__()
        self._review = review

    async def run_once(self) -> float:
        """Let lapse what has waited for too long."""
        await self._review.lapse()
        return PAUSE_S
