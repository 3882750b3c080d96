"""Cancelling a job. EvoLink has no cancel call: what is being made is paid for."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.errors import NotAllowed, NotFound, TooLate
from bot.ids import JobId
from bot.jobs.jobs import Job
from bot.jobs.states import BEING_MADE_STATES, CANCELLABLE_STATES, JobState
from bot.jobs.store import JobStore
from bot.servers.people import Actor

MOST_CHOICES = 25
"""Discord shows no more choices than this for an autocompleted option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """How an attempt to cancel went."""

    job: Job
    done: bool
    """False if the video is being made and nobody confirmed that it may count."""
    free: bool
    """False if EvoLink had already started: then the video counts."""


class Cancelling:
    """Ends jobs for their requester or a moderator."""

    def __init__(self, jobs: JobStore, clock: Clock) -> None:
        self._jobs = jobs
        self._clock = clock

    async def cancel(
        self, job_id: JobId, actor: Actor, *, confirmed: bool
    ) -> Cancellation:
        """End a job that waits (free) or, if `confirmed`, is being made (it counts).

        One whose picture is being uploaded waits, too: nothing has been paid for.

        A task at EvoLink is still polled, so that its slot and credits stay true; its
        clip is discarded.

        Raises:
            NotFound: If the server has no such job.
            NotAllowed: If somebody else's job is cancelled by no moderator.
            TooLate: If the clip is on its way, or the job has ended; or too early,
                while the request is being taken.
        """
        job = await self._jobs.get(job_id)
        if job is None or job.guild_id != actor.guild_id:
            raise NotFound("not-found-job")
        if job.user_id != actor.user_id and not actor.is_moderator:
            raise NotAllowed("not-allowed-cancel")
        ended = await self._end_free(job_id)
        if ended is not None:
            return Cancellation(job=ended, done=True, free=True)
        if confirmed:
            ended = await self._end(job_id, BEING_MADE_STATES)
            if ended is not None:
                return Cancellation(job=ended, done=True, free=False)
        else:
            job = await self._jobs.get(job_id)
            if job is not None and job.state in BEING_MADE_STATES:
                return Cancellation(job=job, done=False, free=False)
        if job is not None and job.state is JobState.RECEIVED:
            raise TooLate("too-early-cancel")
        raise TooLate("too-late-cancel")

    async def _end_free(self, job_id: JobId) -> Job | None:
        now = self._clock.now()
        waiting = await self._jobs.move(
            job_id,
            CANCELLABLE_STATES - BEING_MADE_STATES,
            JobState.CANCELLED,
            now,
            # EvoLink took nothing of what was sent: the job's message says so.
            first_submit_at=None,
            status_due_at=now,
        )
        return waiting or await self._jobs.cancel_unpaid(job_id, now)

    async def _end(self, job_id: JobId, states: frozenset[JobState]) -> Job | None:
        now = self._clock.now()
        return await self._jobs.move(
            job_id, states, JobState.CANCELLED, now, status_due_at=now
        )

    async def cancellable(self, actor: Actor) -> Sequence[Job]:
        """Return the member's own jobs that may still be cancelled, newest first."""
        return await self._jobs.of_member(
            actor.guild_id,
            actor.user_id,
            states=CANCELLABLE_STATES,
            limit=MOST_CHOICES,
            offset=0,
        )
