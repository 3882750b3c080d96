"""What follows where EvoLink refuses a paid request.

The job fails, or waits in the queue while intake is paused. Where an earlier attempt
may have been accepted unseen, a refusal does not undo that: the job is unconfirmed.
"""

import structlog

from bot.clock import Clock
from bot.errors import (
    AccountFault,
    AccountRefused,
    ContentRefused,
    EvolinkRefused,
    PictureRefused,
)
from bot.jobs.claims import Claim
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.models.offer import Offer
from bot.operations.account import AccountGate
from bot.operations.once_a_day import OnceADay
from bot.pipeline.submit_ends import SubmitEnds
from bot.workers.storing import side_by_side

log = structlog.get_logger(__name__)


class SubmitRefusals:
    """Ends refused jobs, pauses intake, and tells the operator what to change."""

    def __init__(
        self,
        ends: SubmitEnds,
        account: AccountGate,
        once_a_day: OnceADay,
        clock: Clock,
        *,
        offer: Offer,
        give_up_after_s: float,
    ) -> None:
        """Keep the parts.

        Args:
            ends: Records what becomes of the job.
            account: Is paused where the account is refused.
            once_a_day: Tells the operator of a refused model.
            clock: The time of day.
            offer: The models in use.
            give_up_after_s: How long a job waits for an account that is refused.
        """
        self._ends = ends
        self._account = account
        self._once_a_day = once_a_day
        self._clock = clock
        self._offer = offer
        self._give_up_after_s = give_up_after_s

    async def record(
        self, claim: Claim, error: EvolinkRefused, *, sure_before: bool
    ) -> None:
        """Record a refusal, and end the claim.

        `sure_before` says that no earlier attempt may have been accepted unseen.
        """
        if self._is_of_one_model(claim.job, error):
            await self._refused_model(claim, error, sure_before=sure_before)
        else:
            await self._refused(claim, error, sure_before=sure_before)

    def _is_of_one_model(self, job: Job, error: EvolinkRefused) -> bool:
        """Whether EvoLink refuses one model while others are still offered."""
        return (
            isinstance(error, AccountRefused)
            and error.fault is AccountFault.MODEL
            and self._offer.has_words_without(job.request.model)
            and self._is_offered(job)
        )

    def _is_offered(self, job: Job) -> bool:
        request = job.request
        return self._offer.has_id(request.model, with_picture=request.with_picture)

    async def _refused_model(
        self, claim: Claim, error: EvolinkRefused, *, sure_before: bool
    ) -> None:
        """End the job: requests for other models need not wait for this one."""
        job = claim.job
        log.warning("model refused", job_id=job.id, error=str(error))
        if sure_before:
            end = self._ends.failed(claim, Failure.MODEL_REFUSED)
        else:
            end = self._ends.unconfirmed(claim)
        await side_by_side(
            end,
            self._once_a_day.tell("model-refused", str(error), model=job.request.model),
        )

    async def _refused(
        self, claim: Claim, error: EvolinkRefused, *, sure_before: bool
    ) -> None:
        job = claim.job
        log.warning("submit refused", job_id=job.id, error=str(error))
        pauses = isinstance(error, AccountRefused) and self._pauses(job, error)
        end = self._end(claim, error, sure_before=sure_before, waits=pauses)
        if pauses:
            # The end waits for the database as long as it takes; the operator need not.
            await side_by_side(end, self._account.report())
        else:
            await end

    def _pauses(self, job: Job, error: AccountRefused) -> bool:
        """Pause intake, unless the refusal is about this job alone."""
        if error.fault is AccountFault.MODEL and not self._is_offered(job):
            return False
        if self._account.is_of_the_job(job.id, error):
            return False
        # At once, before anything is awaited: the next job must not leave.
        self._account.note(error, job.id)
        return True

    async def _end(
        self, claim: Claim, error: EvolinkRefused, *, sure_before: bool, waits: bool
    ) -> None:
        if not sure_before:
            await self._ends.unconfirmed(claim)
        elif isinstance(error, AccountRefused) and waits:
            await self._wait_or_fail(claim, error)
        elif isinstance(error, ContentRefused):
            await self._ends.failed(claim, Failure.CONTENT_POLICY_VIOLATION)
        elif isinstance(error, PictureRefused):
            await self._ends.failed(claim, Failure.PICTURE_REFUSED)
        else:
            await self._ends.failed(claim, Failure.INVALID_PARAMETERS)

    async def _wait_or_fail(self, claim: Claim, error: AccountRefused) -> None:
        now = self._clock.now()
        tried_s = (now - (claim.job.first_submit_at or now)).total_seconds()
        if tried_s >= self._give_up_after_s:
            await self._ends.failed(claim, Failure.PAUSED)
            return
        # What was repeated to the key once would be repeated to it for ever.
        await self._ends.back_to_queue(claim, new_key=error.replayed)
