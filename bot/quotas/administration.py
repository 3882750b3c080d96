"""What admins can do about quotas. Everything here needs Manage Server."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.errors import Refused
from bot.ids import UserId
from bot.models.choices import LINES
from bot.quotas.limits import (
    NO_LIMIT,
    UNSET,
    DefaultLimits,
    LimitKind,
    LimitSet,
    Scope,
    exceeds,
)
from bot.quotas.month import month_at
from bot.quotas.ports import PriceStore, QuotaStore
from bot.quotas.prices_shown import PricesShown
from bot.quotas.report import QuotaReport, ReportSums, days_until
from bot.quotas.settings import (
    LARGEST,
    MOST_GRANTED,
    AdminAction,
    GrantChanged,
    GuildQuotas,
    LimitsChanged,
    Target,
)
from bot.quotas.status import QuotaStatus, QuotaStatuses
from bot.servers.audit import REASON_MAX_CHARS
from bot.servers.people import Actor, require_manager
from bot.servers.zones import known_zone

MOST_DAYS = 365
"""Of a report."""
_MARGIN = timedelta(days=2)
"""A day of any zone lies within so much of the same day in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSummary:
    """A server's quotas at a glance."""

    settings: GuildQuotas
    quota: QuotaStatus
    """Of no particular member: the members' default, and the server."""


class Quotas:
    """Shows and changes a server's limits. Each change leaves an audit row.

    Every method raises `NotAllowed` to anybody who does not manage the server.
    """

    def __init__(
        self,
        store: QuotaStore,
        prices: PriceStore,
        usage: QuotaStatuses,
        defaults: DefaultLimits,
        clock: Clock,
    ) -> None:
        self._defaults = defaults
        self._store = store
        self._prices = prices
        self._usage = usage
        self._clock = clock

    async def view(self, actor: Actor) -> GuildSummary:
        """Return what is set for the server, and what counts in it."""
        require_manager(actor)
        nobody = UserId(0)
        return GuildSummary(
            settings=await self._store.settings(actor.guild_id),
            quota=await self._usage.of_member(actor.guild_id, nobody, ()),
        )

    async def view_member(
        self, actor: Actor, user_id: UserId, role_ids: Collection[int]
    ) -> QuotaStatus:
        """Return a member's status."""
        require_manager(actor)
        return await self._usage.of_member(actor.guild_id, user_id, role_ids)

    async def set_limits(
        self, actor: Actor, target: Target, limits: LimitSet
    ) -> LimitsChanged:
        """Set the kinds that are given; the others stay as they are.

        Raises:
            Refused: If nothing is given, or a value is none that a limit can have.
        """
        require_manager(actor)
        if limits == UNSET:
            raise Refused("quota-nothing-given")
        for value in limits.given().values():
            if not NO_LIMIT <= value <= LARGEST:
                raise Refused("quota-bad-number", most=LARGEST)
        if limits.best_quality not in {None, NO_LIMIT, *LINES.values()}:
            raise Refused("quota-bad-quality")
        if target.scope is Scope.SERVER:
            self._require_allowed(limits)
        return await self._store.set_limits(self._action_of(actor), target, limits)

    async def clear_limits(self, actor: Actor, target: Target) -> LimitsChanged:
        """Remove what is set for somebody."""
        require_manager(actor)
        return await self._store.clear_limits(self._action_of(actor), target)

    async def grant(
        self, actor: Actor, user_id: UserId, videos: int, reason: str | None
    ) -> GrantChanged:
        """Grant videos beyond the limits, or take back at most as many as are left.

        Raises:
            Refused: If the number or the reason is beyond what is taken.
        """
        require_manager(actor)
        if not -MOST_GRANTED <= videos <= MOST_GRANTED or videos == 0:
            raise Refused("quota-bad-grant", most=MOST_GRANTED)
        if reason is not None and len(reason) > REASON_MAX_CHARS:
            raise Refused("quota-long-reason", most=REASON_MAX_CHARS)
        return await self._store.grant(self._action_of(actor), user_id, videos, reason)

    async def reset(self, actor: Actor, user_id: UserId | None) -> int:
        """Set usage back to zero, and return how many videos no longer count.

        Of one member, or (None) of everybody and of the server.
        """
        require_manager(actor)
        return await self._store.reset(self._action_of(actor), user_id)

    async def set_zone(self, actor: Actor, typed: str) -> str:
        """Set the time zone that days and months go by, and return its name.

        Raises:
            Refused: If there is no such zone.
        """
        require_manager(actor)
        zone = known_zone(typed)
        if zone is None:
            raise Refused("quota-bad-zone")
        await self._store.set_zone(self._action_of(actor), zone)
        return zone

    async def set_prices(self, actor: Actor, shown: PricesShown) -> None:
        """Set who sees what videos cost that are asked for from now on."""
        require_manager(actor)
        await self._prices.set_prices(self._action_of(actor), shown)

    async def report(self, actor: Actor, days: int) -> QuotaReport:
        """Return who made how much in the last so many days, today included.

        With it comes what this month has cost so far, and a forecast of its end. It is
        read piece by piece, and added up beside the event loop.

        Raises:
            Refused: If it cannot be made for so many days.
        """
        require_manager(actor)
        if not 1 <= days <= MOST_DAYS:
            raise Refused("quota-bad-days", most=MOST_DAYS)
        now = self._clock.now()
        settings = await self._store.settings(actor.guild_id)
        wanted = days_until(now, days, settings.zone)
        month = month_at(now, settings.zone)
        since = now - timedelta(days=max(days, month.today + 1)) - _MARGIN
        sums = ReportSums(wanted, settings.zone, month)
        async for piece in self._store.made(actor.guild_id, since, now + _MARGIN):
            await asyncio.to_thread(sums.add, piece)
        limit = settings.server.credits_per_month
        return await asyncio.to_thread(
            sums.report,
            limits_credits=settings.limits_credits,
            credits_limit=None if limit == NO_LIMIT else limit,
        )

    def _require_allowed(self, limits: LimitSet) -> None:
        """Refuse what is beyond the most that the operator lets admins allow."""
        for kind in LimitKind:
            value, most = limits.of(kind), self._defaults.most_for_admins(kind)
            if value is not None and most is not None and exceeds(value, most):
                text_id = f"quota-too-much-{kind}"
                raise Refused(text_id, most=int(most))

    def _action_of(self, actor: Actor) -> AdminAction:
        return AdminAction(
            guild_id=actor.guild_id, actor_id=actor.user_id, at=self._clock.now()
        )
