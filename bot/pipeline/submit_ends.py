"""How a job ends whose paid request led to no task that we know of."""

from datetime import datetime, timedelta

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import EvolinkError, RateLimited
from bot.jobs.claims import Claim
from bot.jobs.failures import Failure
from bot.jobs.jobs import JobChanges
from bot.jobs.showing import shown_if_it_lasts
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.ports import Operator
from bot.workers.service_limit import Call
from bot.workers.storing import until_stored

BUSY_BACKOFF = Backoff(base_s=2.0, cap_s=60.0)
"""After an answer that says that nothing was accepted."""


class SubmitEnds:
    """Ends jobs that are submitting, or has them wait, and the claims on that.

    One that was ended meanwhile is left as it is.

    Each end is recorded as often as it takes: the row still says that a request may
    have left, and would have it sent again.
    """

    def __init__(
        self,
        jobs: JobStore,
        operator: Operator,
        clock: Clock,
        *,
        give_up_after_s: float,
    ) -> None:
        """Keep the parts. What is not taken is tried for `give_up_after_s`."""
        self._jobs = jobs
        self._operator = operator
        self._clock = clock
        self._give_up_after_s = give_up_after_s

    async def not_taken(
        self, claim: Claim, error: EvolinkError, call: Call, *, sure_before: bool
    ) -> bool:
        """Record when what EvoLink did not take is tried again.

        Returns False if that has been done for too long: then the job has ended.
        """
        job = claim.job
        now = self._clock.now()
        tried_s = (now - (job.first_submit_at or now)).total_seconds()
        if tried_s > self._give_up_after_s:
            if sure_before:
                await self.failed(claim, Failure.SERVICE_UNAVAILABLE)
            else:
                await self.unconfirmed(claim)
            return False
        asked_s = error.retry_after_s if isinstance(error, RateLimited) else None
        own_s = call.retry_s(BUSY_BACKOFF.wait_s(job.submit_attempts))
        wait_s = max(own_s, asked_s or 0.0)
        changes = JobChanges(
            submit_due_at=now + timedelta(seconds=wait_s),
            submit_attempts=job.submit_attempts,
        )
        if sure_before:
            changes["unsure_since"] = None
        await until_stored(lambda: self._jobs.finish(claim, changes))
        return True

    async def failed(self, claim: Claim, failure: Failure) -> None:
        """Record that EvoLink took nothing, for certain. The quota is released."""
        await self._end(claim, JobState.FAILED, failure)

    async def back_to_queue(self, claim: Claim, *, new_key: bool) -> None:
        """Record that EvoLink took nothing, and that the job waits for another try.

        Its place in the queue is that of its request, as before. `new_key` says that
        this try has to have another Idempotency-Key.
        """
        now = self._clock.now()
        changes = JobChanges(
            submit_due_at=None, unsure_since=None, status_due_at=shown_if_it_lasts(now)
        )
        if new_key:
            changes["submit_key"] = None
        await self._move(claim, JobState.QUEUED, now, changes)

    async def unconfirmed(self, claim: Claim) -> None:
        """Record that nobody can know whether EvoLink took the request.

        The quota is released, and the operator told, who may look at EvoLink's logs.
        """
        job_id = claim.job.id
        now = await self._jobs.get(job_id)
        if now is not None and now.state is JobState.SUBMITTING:
            # In this order a crash between the two tells the operator twice; in the
            # other order it would never tell them.
            await self._operator.tell("unconfirmed", job_id=job_id)
        await self._end(claim, JobState.UNCONFIRMED, Failure.UNCONFIRMED)

    async def _end(self, claim: Claim, state: JobState, failure: Failure) -> None:
        now = self._clock.now()
        changes = JobChanges(
            failure=failure,
            submit_due_at=None,
            notice_due_at=now,
            status_due_at=now,
        )
        await self._move(claim, state, now, changes)

    async def _move(
        self, claim: Claim, state: JobState, now: datetime, changes: JobChanges
    ) -> None:
        async def store() -> None:
            moved = await self._jobs.move_claimed(
                claim, JobState.SUBMITTING, state, now, **changes
            )
            if moved is None:
                # It was ended meanwhile: the dispatcher clears its due time.
                await self._jobs.finish(claim, JobChanges())

        await until_stored(store)
