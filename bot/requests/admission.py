"""Decides on requests by what the database knows.

Once before anything is written, to tell the member at once; and again in the
transaction that reserves, so that no load gets past a limit.
"""

from datetime import datetime
from typing import Unpack

from bot.errors import Refused
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.requests.decision import (
    AdmissionFacts,
    AdmissionRules,
    Refusal,
    Verdict,
    decide,
)
from bot.requests.moderation_gate import ModerationGate
from bot.requests.store import AdmissionStore


class Admission:
    """The rules that are in force, and the store they are applied in."""

    def __init__(
        self,
        decisions: AdmissionStore,
        rules: AdmissionRules,
        moderation: ModerationGate,
    ) -> None:
        self._decisions = decisions
        self._rules = rules
        self._moderation = moderation

    async def check(self, job: Job, *, is_restricted: bool | None = None) -> JobState:
        """Decide on a job that may not be stored yet. Nothing is written.

        `is_restricted` is what Discord said of the place with the request; None = it is
        looked up in what the gateway told us last.

        Returns where it would go: `queued` or `awaiting_review`.

        Raises:
            Refused: If it may not be made as things stand.
        """
        facts = await self._decisions.admission_facts(job)
        await self._moderation.prepare(job, facts.moderation)
        verdict = self._verdict(
            job, facts, is_restricted=is_restricted, now=job.requested_at
        )
        if isinstance(verdict, Refusal):
            raise Refused(verdict.text_id, **verdict.values)
        return verdict.state

    async def accept(
        self,
        job: Job,
        at: datetime,
        *,
        is_restricted: bool | None = None,
        **changes: Unpack[JobChanges],
    ) -> Job | None:
        """Decide once more, reserve, and move a received job on, as one transaction.

        `is_restricted` is as in `check`.

        Returns the job as it is then, or None, with nothing changed, if it is not
        `received` any more.

        Raises:
            Refused: If it may not be made; nothing has changed, and dropping the job is
                the caller's.
        """
        accepted = await self._decisions.accept(
            job,
            at,
            lambda facts: self._verdict(
                job, facts, is_restricted=is_restricted, now=at
            ),
            **changes,
        )
        if isinstance(accepted, Refusal):
            raise Refused(accepted.text_id, **accepted.values)
        return accepted

    def _verdict(
        self,
        job: Job,
        facts: AdmissionFacts,
        *,
        is_restricted: bool | None,
        now: datetime,
    ) -> Verdict:
        moderated = self._moderation.verdict(
            job, facts.moderation, is_restricted=is_restricted, now=now
        )
        if isinstance(moderated, Refusal):
            return moderated
        return decide(job, facts, self._rules, moderated)
