"""What deciding on requests needs of the jobs' memory. Declarations only."""

from datetime import datetime
from typing import Protocol, Unpack

from bot.jobs.jobs import Job, JobChanges
from bot.requests.decision import AdmissionFacts, Decide, Refusal


class AdmissionStore(Protocol):
    """Decides on requests. Implemented in `storage.requests.admission`."""

    async def admission_facts(self, job: Job) -> AdmissionFacts:
        """Read what a decision on a job depends on; it need not be stored yet."""
        ...

    async def accept(
        self, job: Job, at: datetime, decide: Decide, **changes: Unpack[JobChanges]
    ) -> Job | Refusal | None:
        """Load the facts, decide, and move a received job on: one transaction.

        `decide` must be pure: everybody waits for it, and it may be called again.
        What is admitted is reserved with the move. No other request of the same server
        is decided on meanwhile, also by another process on the same database. Returns
        the job as it is afterwards; the refusal, with nothing changed; or None, with
        nothing changed, if the job was not `received` any more.
        """
        ...
