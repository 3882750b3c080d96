"""How a member stands, with good defaults, for tests of what is drawn."""

from bot.ids import UserId
from bot.quotas.limits import (
    UNSET,
    DefaultLimits,
    LimitSet,
    Made,
    SetLimits,
    Usage,
    bounds_of,
    member_limits,
    server_limits,
)
from bot.quotas.status import QuotaStatus
from tests.factories import NOON, make_rules

DEFAULTS = make_rules(
    server_per_day=50, member_per_day=5, member_per_month=50, member_at_once=2
).quotas.defaults


def make_standing(  # noqa: PLR0913 - each is a part of where they stand
    user_id: UserId,
    *,
    day: int = 0,
    month: int = 9,
    at_once: int = 1,
    grants: int = 0,
    own: LimitSet | None = None,
    server: LimitSet = UNSET,
    defaults: DefaultLimits = DEFAULTS,
    made: int = 20,
) -> QuotaStatus:
    """Return a member with 5 videos a day, unless `own` limits say otherwise.

    The server has used 20 today, and `made` so many.
    """
    limits = SetLimits(member=own or LimitSet(), server=server, roles={})
    in_utc = Made(day=made, month=100 + made, day_ends_at=NOON, month_ends_at=NOON)
    return QuotaStatus(
        user_id=user_id,
        member_limits=member_limits(limits, defaults),
        member=make_usage(day, month, at_once),
        server_limits=server_limits(limits, defaults),
        server=make_usage(20, 120, 3),
        bounds=bounds_of(in_utc, defaults),
        grants=grants,
    )


def make_usage(day: int, month: int, at_once: int) -> Usage:
    return Usage(
        day=day, month=month, at_once=at_once, day_ends_at=NOON, month_ends_at=NOON
    )
