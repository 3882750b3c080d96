"""Decides on requests by what the database knows.

Once before anything is written, to tell the member at once; and again in the
transaction that reserves, so that no load gets past a limit.
"""

from datetime import datetime
from typing import Unpack

from bot.domain.admission import (
    AdmissionFacts,
    AdmissionRules,
    Refusal,
    Verdict,
    decide,
)
from bot.domain.jobs import Job, JobChanges
from bot.errors import Refused
from bot.ports import JobStore


class Admission:
    """The rules that are in force, and the store they are applied in."""

    def __init__(self, jobs: JobStore, rules: AdmissionRules) -> None:
        self._jobs = jobs
        self._rules = rules

    async def check(self, job: Job) -> None:
        """Decide on a job that may not be stored yet. Nothing is written.

        Raises:
            Refused: If it may not be made as things stand.
        """
        verdict = self._verdict(job, await self._jobs.admission_facts(job))
        if isinstance(verdict, Refusal):
            raise Refused(verdict.text_id, **verdict.values)

    async def accept(
        self, job: Job, at: datetime, **changes: Unpack[JobChanges]
    ) -> Job | None:
        """Decide once more, reserve, and move a received job on, as one transaction.

        Returns the job as it is then, or None, with nothing changed, if it is not
        `received` any more.

        Raises:
            Refused: If it may not be made; nothing has changed, and dropping the job is
                the caller's.
        """
        accepted = await self._jobs.accept(
            job, at, lambda facts: self._verdict(job, facts), **changes
        )
        if isinstance(accepted, Refusal):
            raise Refused(accepted.text_id, **accepted.values)
        return accepted

    def _verdict(self, job: Job, facts: AdmissionFacts) -> Verdict:
        return decide(job, facts, self._rules)
