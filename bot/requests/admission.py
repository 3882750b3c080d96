"""Decides on requests by what the database knows.

Once before anything is written, to tell the member at once; and again in the
transaction that reserves, so that no load gets past a limit.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, Unpack

from bot.errors import Refused
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.quotas.estimates import Estimates
from bot.requests.decision import (
    AdmissionFacts,
    AdmissionRules,
    Decide,
    Refusal,
    Verdict,
    decide,
)
from bot.requests.moderation_gate import ModerationGate, Screening


class AdmissionStore(Protocol):
    """Decides on requests. Implemented in `storage.requests.admission`."""

    async def admission_facts(self, job: Job) -> AdmissionFacts:
        """Read what a decision on a job depends on; it need not be stored yet."""
        ...

    async def accept(
        self,
        job: Job,
        at: datetime,
        decide: Decide,
        *,
        picture: bytes | None = None,
        **changes: Unpack[JobChanges],
    ) -> Job | Refusal | None:
        """Load the facts, decide, and move a received job on: one transaction.

        With the move its picture is kept, if it has one.

        `decide` must be pure: everybody waits for it, and it may be called again.
        What is admitted is reserved with the move. No other request of the same server
        is decided on meanwhile, also by another process on the same database. Returns
        the job as it is afterwards; the refusal, with nothing changed; or None, with
        nothing changed, if the job was not `received` any more.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionInputs:
    """What a decision needs that is not read in its transaction. A value."""

    screening: Screening
    credits_estimated: float
    """What the clip is expected to cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A request that may currently be made."""

    state: JobState
    """Where it would go: `queued` or `awaiting_review`."""
    inputs: DecisionInputs


class Admission:
    """The rules that are in force, and the store they are applied in."""

    def __init__(
        self,
        decisions: AdmissionStore,
        rules: AdmissionRules,
        moderation: ModerationGate,
        estimates: Estimates,
    ) -> None:
        self._decisions = decisions
        self._estimates = estimates
        self._rules = rules
        self._moderation = moderation

    async def check(self, job: Job, *, is_restricted: bool) -> Checked:
        """Decide on a job that may not be stored yet. Nothing is written.

        `is_restricted` is what Discord said of the place with the request.

        Raises:
            Refused: If it may currently not be made.
        """
        facts = await self._decisions.admission_facts(job)
        inputs = await self._gather_with(job, facts, is_restricted=is_restricted)
        verdict = _verdict(job, facts, self._rules, inputs, job.requested_at)
        if isinstance(verdict, Refusal):
            raise Refused(verdict.text_id, **verdict.values)
        return Checked(state=verdict.state, inputs=inputs)

    async def gather(self, job: Job) -> DecisionInputs:
        """Gather what `accept` needs for a job whose interaction is over.

        Its place is looked up in what the gateway told us last.

        Raises:
            MessengerError: If Discord has to be asked, and does not say.
        """
        facts = await self._decisions.admission_facts(job)
        return await self._gather_with(job, facts, is_restricted=None)

    async def accept(
        self,
        job: Job,
        at: datetime,
        inputs: DecisionInputs,
        *,
        picture: bytes | None = None,
        **changes: Unpack[JobChanges],
    ) -> Job | None:
        """Decide once more, reserve, and move a received job on, as one transaction.

        With it is stored what the clip is expected to cost.
        `picture` is the one that the clip is to begin with.

        The decision is taken on the database's thread: from values alone.

        Returns the job as it is then, or None, with nothing changed, if it is not
        `received` any more.

        Raises:
            Refused: If it may not be made; nothing has changed, and dropping the job is
                the caller's.
            ValueError: If the request is about a picture and none is given, or the
                other way round.
        """
        if (picture is None) != (job.request.picture is None):
            msg = f"{job.id} goes on with the picture that it is about, and no other"
            raise ValueError(msg)
        rules = self._rules
        changes["credits_estimated"] = inputs.credits_estimated
        accepted = await self._decisions.accept(
            job,
            at,
            lambda facts: _verdict(job, facts, rules, inputs, at),
            picture=picture,
            **changes,
        )
        if isinstance(accepted, Refusal):
            raise Refused(accepted.text_id, **accepted.values)
        return accepted

    async def _gather_with(
        self, job: Job, facts: AdmissionFacts, *, is_restricted: bool | None
    ) -> DecisionInputs:
        screening = await self._moderation.screen(
            job, facts.moderation.settings, is_restricted=is_restricted
        )
        estimated = await self._estimates.of(job.request)
        return DecisionInputs(screening=screening, credits_estimated=estimated)


def _verdict(
    job: Job,
    facts: AdmissionFacts,
    rules: AdmissionRules,
    inputs: DecisionInputs,
    now: datetime,
) -> Verdict:
    moderated = inputs.screening.verdict(job, facts.moderation, now)
    if isinstance(moderated, Refusal):
        return moderated
    estimated = replace(job, credits_estimated=inputs.credits_estimated)
    return decide(estimated, facts, rules, moderated)
