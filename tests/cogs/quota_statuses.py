"""How a member stands, with good defaults, for tests of what is drawn."""

from bot.ids import UserId
from bot.quotas.limits import LimitSet, SetLimits, Usage, member_limits, server_limits
from bot.quotas.status import QuotaStatus
from tests.factories import NOON, make_rules

DEFAULTS = make_rules(
    server_per_day=50, member_per_day=5, member_per_month=50, member_at_once=2
).quotas.defaults


def make_standing(
    user_id: UserId,
    *,
    day: int = 0,
    month: int = 9,
    at_once: int = 1,
    grants: int = 0,
    own: LimitSet | None = None,
) -> QuotaStatus:
    """Return a member with 5 videos a day, unless `own` limits say otherwise."""
    limits = SetLimits(member=own or LimitSet(), roles={})
    return QuotaStatus(
        user_id=user_id,
        member_limits=member_limits(limits, DEFAULTS),
        member=make_usage(day, month, at_once),
        server_limits=server_limits(limits, DEFAULTS),
        server=make_usage(20, 120, 3),
        grants=grants,
    )


def make_usage(day: int, month: int, at_once: int) -> Usage:
    return Usage(
        day=day, month=month, at_once=at_once, day_ends_at=NOON, month_ends_at=NOON
    )
