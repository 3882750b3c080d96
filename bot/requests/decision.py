"""Whether a request is admitted, from a snapshot of all that the database knows. Pure.

The same decision is made twice: first without writing anything, then in the transaction
that reserves.
"""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from bot.ids import GuildId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.models.choices import quality_of
from bot.moderation.records import ModerationFacts
from bot.quotas.prices_shown import PricesShown
from bot.quotas.rules import (
    QuotaFacts,
    QuotaRefusal,
    QuotaRule,
    QuotaRules,
    decide_quota,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionFacts:
    """Everything in the database that a decision on one request depends on."""

    quota: QuotaFacts
    moderation: ModerationFacts
    prices: PricesShown
    """Who sees what videos cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionRules:
    """The operator's part in the decision, from the configuration."""

    quotas: QuotaRules
    guilds_allowed: Collection[GuildId] | None
    """The only servers that may ask; None = all."""
    guilds_barred: Collection[GuildId]

    def serves(self, guild_id: GuildId) -> bool:
        """Return whether the operator lets this server ask."""
        if guild_id in self.guilds_barred:
            return False
        return self.guilds_allowed is None or guild_id in self.guilds_allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The request is taken."""

    state: JobState
    """Where the job goes: `queued` or `awaiting_review`."""
    from_grant: bool = False
    """It uses a video granted beyond the member's limits."""
    shows_price: bool = False
    """Its messages say what it costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The request is not taken, by the id of a text and the values in it."""

    text_id: str
    values: Mapping[str, object] = field(default_factory=lambda: NO_VALUES)


NO_VALUES: Final[Mapping[str, object]] = MappingProxyType({})

Verdict = Admitted | Refusal

Decide = Callable[[AdmissionFacts], Verdict]
"""Decides on one request. Must be pure: it is called within a transaction."""


def decide(
    job: Job,
    facts: AdmissionFacts,
    rules: AdmissionRules,
    state: JobState = JobState.QUEUED,
) -> Verdict:
    """Return whether a job that is `received` may go on.

    `state` is where moderation would have it go: `queued` or `awaiting_review`.
    Where credits are limited, what the job is expected to cost has to be known.
    """
    if not rules.serves(job.guild_id):
        return Refusal(text_id="refused-guild")
    leave = decide_quota(
        facts.quota,
        rules.quotas,
        request=job.request,
        requested_at=job.requested_at,
        at_once=state is JobState.QUEUED,
        credits_estimated=job.credits_estimated,
    )
    if isinstance(leave, QuotaRefusal):
        return _refusal(leave)
    return Admitted(
        state=state,
        from_grant=leave.from_grant,
        shows_price=facts.prices is PricesShown.EVERYONE,
    )


def _refusal(refusal: QuotaRefusal) -> Refusal:
    values: dict[str, object] = {}
    if refusal.limit is not None:
        values["limit"] = refusal.limit.value
    if refusal.rule is QuotaRule.TOO_FINE and refusal.limit is not None:
        values["limit"] = quality_of(refusal.limit.value)
    if refusal.resets_at is not None:
        values["when"] = refusal.resets_at
    if refusal.costs is not None and refusal.over is not None:
        values["costs"] = round(refusal.costs, 1)
        # Never as nothing.
        values["over"] = math.ceil(refusal.over * 10) / 10
    if refusal.rule in {QuotaRule.SERVER_DAY, QuotaRule.MEMBER_DAY}:
        # -1 where the month has no limit: the text then leaves that part out.
        left = refusal.left_this_month
        values["left"] = -1 if left is None else left
    return Refusal(text_id=f"refused-{refusal.rule}", values=values)
