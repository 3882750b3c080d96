"""What deciding on requests needs of the jobs' memory. Declarations only."""

from datetime import datetime
from typing import Protocol, Unpack

from bot.ids import GuildId, UserId
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.store import JobStore
from bot.quotas.usage import Usage
from bot.requests.decision import AdmissionFacts, Decide, Refusal


class AdmissionStore(JobStore, Protocol):
    """The jobs' memory with what deciding on requests needs beside it."""

    async def admission_facts(self, job: Job) -> AdmissionFacts:
        """Read what a decision on a job depends on; it need not be stored yet."""
        ...

    async def accept(
        self, job: Job, at: datetime, decide: Decide, **changes: Unpack[JobChanges]
    ) -> Job | Refusal | None:
        """Load the facts, decide, and move a received job on: one transaction.

        What is admitted is reserved with the move. No other request of the same server
        is decided on meanwhile, also by another process on the same database. Returns
        the job as it is afterwards; the refusal, with nothing changed; or None, with
        nothing changed, if the job was not `received` any more.
        """
        ...

    async def usage(
        self, guild_id: GuildId, user_id: UserId | None, now: datetime
    ) -> Usage:
        """Return what counts this day and month, of a member or (None) of a server.

        Windows begin at midnight and on the first of the month, in the server's zone.
        """
        ...
