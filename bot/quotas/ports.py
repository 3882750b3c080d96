"""What the use cases of quotas need from storage. Declarations only."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.ids import GuildId, UserId
from bot.quotas.limits import LimitSet
from bot.quotas.prices_shown import PricesShown
from bot.quotas.rules import QuotaFacts
from bot.quotas.settings import (
    AdminAction,
    GrantChanged,
    GuildQuotas,
    LimitsChanged,
    MadeVideo,
    Target,
)


class QuotaStore(Protocol):
    """Stores settings. Implemented by `storage.quotas.store.SqlQuotaStore`.

    Every method but `reset` is one transaction, with the audit row of what it changed
    in it.
    """

    async def facts(
        self,
        guild_id: GuildId,
        user_id: UserId,
        role_ids: Collection[int],
        at: datetime,
    ) -> QuotaFacts:
        """Read what is set for a member, and what counts in the windows around `at`."""
        ...

    async def settings(self, guild_id: GuildId) -> GuildQuotas:
        """Return all that a server has set."""
        ...

    async def set_limits(
        self, admin_action: AdminAction, target: Target, limits: LimitSet
    ) -> LimitsChanged:
        """Set the kinds that are given; the others stay as they are."""
        ...

    async def clear_limits(
        self, admin_action: AdminAction, target: Target
    ) -> LimitsChanged:
        """Remove what is set for somebody."""
        ...

    async def set_zone(self, admin_action: AdminAction, zone: str) -> str:
        """Set the time zone, and return the one before."""
        ...

    async def grant(
        self,
        admin_action: AdminAction,
        user_id: UserId,
        videos: int,
        reason: str | None,
    ) -> GrantChanged:
        """Grant videos, or take some back, but never more than are left."""
        ...

    async def reset(self, admin_action: AdminAction, user_id: UserId | None) -> int:
        """Set the usage of the current windows back to zero, by counter-entries.

        Of one member, or (None) of all and of the server. Returns how many videos no
        longer count. Where there are many, it takes several transactions, the last with
        the audit row; what is asked for meanwhile counts.
        """
        ...

    def made(
        self, guild_id: GuildId, since: datetime, until: datetime
    ) -> AsyncIterator[Sequence[MadeVideo]]:
        """Read what was asked for in that time, a manageable piece at once."""
        ...


class PriceStore(Protocol):
    """Knows who sees prices. Implemented in `storage.quotas.price_settings`."""

    async def prices(self, guild_id: GuildId) -> PricesShown:
        """Return who sees in a server what videos cost."""
        ...

    async def set_prices(self, admin_action: AdminAction, shown: PricesShown) -> None:
        """Set who sees what videos cost that are asked for from now on."""
        ...


class SpendStore(Protocol):
    """Warns of spending. Implemented in `storage.quotas.spend_warnings`."""

    async def warn_servers(
        self, ceiling: float, share: float, now: datetime
    ) -> Mapping[GuildId, float]:
        """Write a warning for each server that has used so much of its ceiling.

        Once in each server's month, as an audit row. Returns the shares used by the
        servers warned now.
        """
        ...

    async def warn_limited(
        self, share: float, now: datetime
    ) -> Mapping[GuildId, float]:
        """Write a warning for each server that has used so much of its admins' limit.

        Once in each server's month and for each value of the limit, as an audit row.
        Returns the shares used by the servers warned now.
        """
        ...

    async def warn_operator(
        self, ceiling: float, share: float, now: datetime
    ) -> float | None:
        """Return the share that all servers have used, if it is `share` or more.

        Only the first time in a month; else None.
        """
        ...
