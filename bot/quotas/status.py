"""What a member may still make, and what has been made."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.ids import GuildId, UserId
from bot.quotas.limits import (
    Bound,
    Limit,
    LimitKind,
    Usage,
    bounds_of,
    member_limits,
    server_limits,
)
from bot.quotas.ports import QuotaStore
from bot.quotas.rules import QuotaFacts, QuotaRules
from bot.servers.people import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaStatus:
    """The limits in force for one member, and what counts against them."""

    user_id: UserId
    member_limits: Mapping[LimitKind, Limit]
    member: Usage
    server_limits: Mapping[LimitKind, Limit]
    server: Usage
    bounds: Sequence[Bound]
    """The operator's, for the whole server."""
    grants: int
    """Videos left that were granted beyond the member's day and month."""


class QuotaStatuses:
    """Reads limits and what counts against them."""

    def __init__(self, store: QuotaStore, rules: QuotaRules, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock

    async def of(self, actor: Actor) -> QuotaStatus:
        """Return the actor's status in this server."""
        return await self.of_member(actor.guild_id, actor.user_id, actor.role_ids)

    async def of_member(
        self, guild_id: GuildId, user_id: UserId, role_ids: Collection[int]
    ) -> QuotaStatus:
        """Return the status of a member with these roles in a server."""
        facts = await self._store.facts(guild_id, user_id, role_ids, self._clock.now())
        return self._status(user_id, facts)

    def _status(self, user_id: UserId, facts: QuotaFacts) -> QuotaStatus:
        defaults = self._rules.defaults
        return QuotaStatus(
            user_id=user_id,
            member_limits=member_limits(facts.limits, defaults),
            member=facts.member,
            server_limits=server_limits(facts.limits, defaults),
            server=facts.server,
            bounds=bounds_of(facts.made, defaults),
            grants=facts.grants,
        )
