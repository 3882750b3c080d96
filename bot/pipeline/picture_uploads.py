"""The upload before the paid request of a job with a picture. It costs nothing."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import (
    AccountRefused,
    EvolinkError,
    EvolinkRefused,
    EvolinkUnavailable,
    PictureLost,
)
from bot.ids import JobId
from bot.jobs.claims import Claim
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.store import JobStore
from bot.operations.once_a_day import OnceADay
from bot.pictures.uploads import Uploads
from bot.pipeline.submit_ends import SubmitEnds
from bot.workers.outcomes import note_evolink
from bot.workers.service_limit import Call
from bot.workers.storing import side_by_side

log = structlog.get_logger(__name__)

LACKING_FOR_S = 120.0
"""Until a job that lacked its picture is taken to have ended; each tries more often."""
_OF_THE_ACCOUNT = frozenset({"401", "402", "403"})
"""As a status, or as a code in a body."""


class PictureUploads:
    """Uploads the pictures of jobs of whose requests none has left.

    What the host of files says of the key or the account holds up pictures alone: that
    it is another host's word, and jobs without pictures may be paid for all the same.
    """

    def __init__(
        self,
        jobs: JobStore,
        uploads: Uploads,
        ends: SubmitEnds,
        once_a_day: OnceADay,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._uploads = uploads
        self._ends = ends
        self._once_a_day = once_a_day
        self._clock = clock
        self._lacking: dict[JobId, datetime] = {}
        """When the picture of a job was last not uploaded; it waits to be."""

    @property
    def lacking(self) -> int:
        """Return how many jobs wait for another try."""
        since = self._clock.now() - timedelta(seconds=LACKING_FOR_S)
        self._lacking = {one: at for one, at in self._lacking.items() if at > since}
        return len(self._lacking)

    def is_due(self, job: Job) -> bool:
        """Return whether a job's picture has to be uploaded before its request."""
        return self._uploads.is_due(job)

    def forget(self, job_id: JobId) -> bool:
        """Note that a job waits for no further try; return whether it did."""
        return self._lacking.pop(job_id, None) is not None

    async def upload(self, claim: Claim, call: Call) -> Claim | None:
        """Upload a picture; its address is recorded before anything is paid for.

        Returns None if there is none: then the claim has ended. `call` hears whether
        the host of files answers.
        """
        job = claim.job
        try:
            uploaded = await self._uploads.upload(job)
        except (EvolinkUnavailable, AccountRefused) as error:
            log.warning("picture not uploaded", job_id=job.id, error=str(error))
            note_evolink(call, error)
            later = self._later(claim, error, call)
            if _is_of_the_account(error):
                tell = self._once_a_day.tell("files-refused", str(error))
                await side_by_side(later, tell)
            else:
                await later
        except PictureLost:
            reference = secrets.token_hex(4)
            log.exception("picture lost", job_id=job.id, reference=reference)
            call.answered()
            await self._jobs.note_claimed(claim, JobChanges(reference=reference))
            await self._end(claim, Failure.UNEXPECTED)
        except EvolinkRefused as error:
            log.warning("picture refused", job_id=job.id, error=str(error))
            call.answered()
            await self._end(claim, Failure.PICTURE_REFUSED)
        else:
            call.answered()
            job = replace(
                job,
                picture_url=uploaded.url,
                picture_uploaded_at=self._clock.now(),
                submit_attempts=0,
            )
            changes = JobChanges(
                picture_url=job.picture_url,
                picture_uploaded_at=job.picture_uploaded_at,
                submit_attempts=job.submit_attempts,
            )
            await self._jobs.note_claimed(claim, changes)
            return replace(claim, job=job)
        return None

    async def _end(self, claim: Claim, failure: Failure) -> None:
        if _is_sure(claim.job):
            await self._ends.failed(claim, failure)
        else:
            await self._ends.unconfirmed(claim)

    async def _later(self, claim: Claim, error: EvolinkError, call: Call) -> None:
        job = claim.job
        # Before anything is awaited: no other is to begin meanwhile.
        self._lacking[job.id] = self._clock.now()
        tried = replace(job, submit_attempts=job.submit_attempts + 1)
        is_tried_again = await self._ends.not_taken(
            replace(claim, job=tried), error, call, sure_before=_is_sure(job)
        )
        if not is_tried_again:
            self.forget(job.id)


def _is_sure(job: Job) -> bool:
    """Whether none of a job's requests has left: of a restored copy nobody knows."""
    return job.unsure_since is None


def _is_of_the_account(error: EvolinkError) -> bool:
    said = {str(error.status), error.code}
    return isinstance(error, AccountRefused) or not said.isdisjoint(_OF_THE_ACCOUNT)
