"""How members stand, for what is drawn of limits."""

from datetime import timedelta

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
from tests.gallery.scene import NOW, Scene

DEFAULTS = DefaultLimits(
    server=LimitSet(per_day=50, per_month=-1, at_once=10),
    member=LimitSet(per_day=5, per_month=50, at_once=2, cooldown_s=0),
    server_most=UNSET,
)


def quota_status(  # noqa: PLR0913 - each is a part of where they stand
    scene: Scene,
    *,
    day: int = 0,
    grants: int = 0,
    own: LimitSet | None = None,
    limits: SetLimits | None = None,
    defaults: DefaultLimits = DEFAULTS,
    made: int = 20,
) -> QuotaStatus:
    """Return Mia with 5 videos a day and 50 a month, unless limits say otherwise."""
    limits = limits or SetLimits(member=own or LimitSet(), roles={})
    server = _usage(20, 120, 3)
    in_utc = Made(
        day=made,
        month=100 + made,
        day_ends_at=server.day_ends_at,
        month_ends_at=server.month_ends_at,
    )
    return QuotaStatus(
        user_id=scene.mia,
        member_limits=member_limits(limits, defaults),
        member=_usage(day, 9 + day, 1 if day else 0),
        server_limits=server_limits(limits, defaults),
        server=server,
        bounds=bounds_of(in_utc, defaults),
        grants=grants,
    )


def _usage(day: int, month: int, at_once: int) -> Usage:
    return Usage(
        day=day,
        month=month,
        at_once=at_once,
        credits_day=14.8 * day,
        credits_month=14.8 * month,
        day_ends_at=NOW + timedelta(hours=11),
        month_ends_at=NOW + timedelta(days=17),
    )
