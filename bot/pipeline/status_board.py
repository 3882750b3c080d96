"""Keeps the status messages true: last words first, then news, then progress.

The store tells what is due in that order. What is left of the budget goes to the
progress that has been shown for the longest.
"""

import random
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import ClaimLost, MessengerDown, MessengerError
from bot.ids import JobId
from bot.jobs.claims import Claim
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges, live_token
from bot.jobs.queueing import expected_end
from bot.jobs.states import OPEN_STATES, JobState
from bot.jobs.store import JobStore
from bot.pipeline.ports import EditEnd, Messenger, StatusEdit
from bot.workers.attempts import more_attempts
from bot.workers.job_worker import JobWorker, Request
from bot.workers.outcomes import note_discord
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S
from bot.workers.rate import RatePerSecond
from bot.workers.service_limit import EndpointLimit

log = structlog.get_logger(__name__)

MOST_EDITS_PER_S = 10
"""Over all jobs. Discord allows 50 requests a second, and clips go first."""
PROGRESS_PAUSE_S = 5.0
"""From one edit of a message to the next that shows nothing but more progress."""
NOTICE_PAUSE_S = 5.0
QUEUE_PAUSE_S = 15.0
"""Between two edits that show a waiting job's place, times a little for each place."""
LONGEST_QUEUE_PAUSE_S = 600.0
MOST_FAILURES = 8
STALE_AFTER_S = 24 * 3600.0
"""After so many failures in a row, and so long after its end, the last word of a status
message is left unsaid."""
BACKOFF = Backoff(base_s=5.0, cap_s=300.0)


class StatusBoard(JobWorker):
    """Edits the status messages that are due."""

    name = "status board"
    kind = Due.STATUS
    at_once = 64

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        jobs: JobStore,
        messenger: Messenger,
        clock: Clock,
        *,
        edits: EndpointLimit,
        living: Callable[[], int],
        slots: int,
        queue_moves: Callable[[], Awaitable[bool]],
    ) -> None:
        """Keep the parts.

        `living` says how many processes make edits, `slots` how many tasks EvoLink
        runs at once, and `queue_moves` whether it accepts any at the moment.
        """
        super().__init__(jobs, clock)
        self._messenger = messenger
        self._edits = edits
        edits.when_free(self.wake)
        self._slots = slots
        self._queue_moves = queue_moves
        self._rate = RatePerSecond(lambda: MOST_EDITS_PER_S / living(), clock)
        self._taken: dict[JobId, datetime] = {}
        """What the jobs in progress took of the rate."""
        self._failures: dict[JobId, int] = {}

    @property
    def room(self) -> int:
        """How many more edits this second may have."""
        return min(super().room, self._rate.room)

    @property
    def room_in_s(self) -> float:
        """In how many seconds this second is over, unless all places are taken."""
        return super().room_in_s if super().room <= 0 else self._rate.room_in_s

    @property
    def least_read(self) -> int:
        """As many as may be edited: most passes have few edits to make.

        While Discord is in doubt, or fails for some, more are read, so that healthy
        ones are found among the broken.
        """
        is_well = not (self._edits.in_doubt or self._edits.is_mixed)
        return max(1, self.room) if is_well else super().least_read

    def hides_others(self, job: Job) -> bool:
        """Return whether a job leaves its room to others; one without an edit does."""
        return self.request_of(job) is None or super().hides_others(job)

    def in_order(self, due: Sequence[Job]) -> Sequence[Job]:
        """Return due jobs as the store ranks them, unless Discord is in doubt.

        What fails comes last all the same. While some fail, last words come by chance:
        many broken ones that ended together would else stand in front.
        """
        if self._edits.in_doubt:
            return super().in_order(due)

        def rank(job: Job) -> tuple[bool, float]:
            by_chance = self._edits.is_mixed and job.state not in OPEN_STATES
            chance = random.random() if by_chance else 1.0  # noqa: S311 - no secret
            return self._edits.fails(self._key(job)), chance

        return sorted(due, key=rank)

    def request_of(self, job: Job) -> Request | None:
        """Return the edit that a job wants, unless it has no message to edit now."""
        if _is_no_status(job) or _waits_for_notice(job):
            return None
        return self._edits, self._key(job)

    def reserve(self, job: Job) -> None:
        """Take a place for a job, as one of this second's."""
        super().reserve(job)
        if self.request_of(job) is not None:
            self._taken[job.id] = self._rate.take()

    def free(self, job_id: JobId) -> None:
        """Give the place of a job back; what has not asked anything was none."""
        super().free(job_id)
        self._give_back(self._taken.pop(job_id, None))

    async def handle(self, claim: Claim) -> None:
        """Show one job as it is now, and record when it is due again."""
        try:
            await self._show(claim)
        except ClaimLost:
            # Our edit may have come after that of the claim's new holder.
            await self._jobs.show_again(claim.job.id, self._clock.now())
            raise

    async def _show(self, claim: Claim) -> None:
        job = replace(claim.job, status_shown=_known_shown(claim))
        if _is_no_status(job):
            await self._jobs.finish(claim, JobChanges(status_due_at=None))
            return
        if _waits_for_notice(job):
            # Who posts it makes it due again.
            await self.postpone(claim, NOTICE_PAUSE_S)
            return
        job, position = await self._placed(job)
        edit = await self._edit(claim, job, position)
        if edit is not None:
            await self._shown(claim, position, edit)

    async def _placed(self, job: Job) -> tuple[Job, int | None]:
        """Return a job with what is told of its end while it waits, and its place."""
        if job.state is not JobState.QUEUED:
            return job, None
        position = await self._jobs.queue_position(job)
        expected_end_at = await self._expected_end(position)
        return replace(job, expected_end_at=expected_end_at), position

    def _give_back(self, taken: datetime | None) -> None:
        if taken is not None:
            self._rate.give_back(taken)

    def _key(self, job: Job) -> Hashable:
        """Return whose limit an edit counts for: its message's own, or its channel's.

        By bot token one is made after another in each channel: what waits for a
        channel's limit would hold up the others, and could not be overtaken by news.
        """
        token = live_token(job, self._clock.now())
        return job.channel_id if token is None else job.id

    async def _expected_end(self, position: int) -> datetime | None:
        """Return when the job at this place in the queue can be expected."""
        if not await self._queue_moves():
            return None
        making = await self._jobs.making()
        return expected_end(self._clock.now(), position, self._slots, making)

    async def _edit(
        self, claim: Claim, job: Job, position: int | None
    ) -> StatusEdit | None:
        """Show the job; return None if the claim has ended, for it cannot be shown."""
        # The claim may have taken a moment: it counts from now.
        self._give_back(self._taken.pop(job.id, None))
        taken = self._rate.take()
        key = self._key(job)
        call = self.ask(job, (self._edits, key))
        try:
            edit = await self._messenger.edit_status(job, position)
        except MessengerDown as error:
            note_discord(call, error)
            await self._later(claim, key, error)
            return None
        except MessengerError as error:
            note_discord(call, error)
            if type(error) is MessengerError and await self._refused(claim):
                return None
            # The message or its place is gone: there is nothing to keep true.
            log.info("status message lost", reason=str(error))
            self._failures.pop(job.id, None)
            await self._jobs.finish(claim, JobChanges(status_due_at=None))
            return None
        self._failures.pop(job.id, None)
        match edit.end:
            case EditEnd.ANSWERED:
                note_discord(call, None)
            case EditEnd.GIVEN_UP:
                call.give_up()
            case EditEnd.NOT_ASKED:
                self._give_back(taken)
        call.end()  # to record it takes a moment, in which others may ask
        return edit

    async def _shown(
        self, claim: Claim, position: int | None, edit: StatusEdit
    ) -> None:
        """Record when it is due again, unless there was news during the edit."""
        due_at = None
        if claim.job.state in OPEN_STATES:
            pause_s = _pause_s(claim.job, position)
            due_at = self._clock.now() + timedelta(seconds=pause_s)
        # Were it lost in a crash, what was done is done once more, unseen.
        await self._jobs.finish(
            claim,
            JobChanges(status_due_at=due_at, status_shown=_as_kept(claim, edit)),
        )

    async def _later(self, claim: Claim, key: Hashable, error: MessengerDown) -> None:
        job = claim.job
        ended_s = _seconds(self._clock.now(), job.state_since)
        stale = job.state not in OPEN_STATES and ended_s > STALE_AFTER_S
        failures = more_attempts(
            self._failures.get(job.id, 0),
            # Once it is stale each failure counts, or it would never end.
            fails_alone=self._edits.fails_alone(key) or stale,
        )
        if failures >= MOST_FAILURES and stale:
            self._failures.pop(job.id, None)
            await self._jobs.finish(claim, JobChanges(status_due_at=None))
            return
        self._failures[job.id] = failures
        wait_s = self._edits.retry_s(key, BACKOFF.wait_s(failures))
        await self.postpone(claim, max(wait_s, error.retry_after_s or 0.0))

    async def _refused(self, claim: Claim) -> bool:
        """Postpone a refused edit; return False if it was tried often enough."""
        job = claim.job
        failures = self._failures.get(job.id, 0) + 1
        if failures >= MOST_REFUSALS:
            return False
        self._failures[job.id] = failures
        await self.postpone(claim, REFUSED_WAIT_S)
        return True


def _as_kept(claim: Claim, edit: StatusEdit) -> str | None:
    """Return what is kept of an edit: with the claim that it was made under."""
    return None if edit.shows is None else f"{claim.fence} {edit.shows}"


def _known_shown(claim: Claim) -> str | None:
    """Return what a status message shows, if the claim before this one has said so.

    One that ended in another way may have ended in the middle of an edit.
    """
    fence, _, shows = (claim.job.status_shown or "").partition(" ")
    return shows if fence == str(claim.fence - 1) else None


def _is_no_status(job: Job) -> bool:
    """Return whether a job has none, or one that brings its clip or notice."""
    if job.status_message_id in {None, job.clip_message_id}:
        return True
    # A clip that came late after all is worth telling.
    told = job.state not in {JobState.DELIVERING, JobState.DELIVERED}
    return told and job.status_message_id == job.notice_message_id


def _waits_for_notice(job: Job) -> bool:
    """Return whether the last line will link to a notice that is not posted yet."""
    return job.state not in OPEN_STATES and job.notice_due_at is not None


def _pause_s(job: Job, position: int | None) -> float:
    """Return after how many seconds an open job is looked at without news."""
    if position is not None:
        return min(QUEUE_PAUSE_S + 2.0 * position, LONGEST_QUEUE_PAUSE_S)
    if job.state is JobState.AWAITING_REVIEW:
        return LONGEST_QUEUE_PAUSE_S
    return PROGRESS_PAUSE_S


def _seconds(now: datetime, then: datetime) -> float:
    return (now - then).total_seconds()
