"""How a job ends whose paid request led to no task that we know of."""

from datetime import datetime

from bot.clock import Clock
from bot.jobs.claims import Claim
from bot.jobs.failures import Failure
from bot.jobs.jobs import JobChanges
from bot.jobs.showing import shown_if_it_lasts
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.ports import Operator
from bot.workers.storing import until_stored


class SubmitEnds:
    """Ends jobs that are submitting, and the claims on that.

    One that was ended meanwhile is left as it is.

    Each end is recorded as often as it takes: the row still says that a request may
    have left, and would have it sent again.
    """

    def __init__(self, jobs: JobStore, operator: Operator, clock: Clock) -> None:
        self._jobs = jobs
        self._operator = operator
        self._clock = clock

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
