"""What a month will cost, and how long the balance lasts. Pure arithmetic."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.operations.overview.values import Ceilings, Day, Spending
from bot.servers.windows import DEFAULT_ZONE, windows_at

RATE_DAYS = 7
"""Days before today whose average is the present cost of a day."""
_DAY = timedelta(days=1)


def spending_at(
    now: datetime,
    days: Sequence[Day],
    month: float,
    balance: float | None,
    ceilings: Ceilings,
) -> Spending:
    """Return what is used, and what that comes to if it goes on like that.

    Args:
        now: Any moment.
        days: The latest days that anything was asked for on, the oldest first.
        month: Credits of this month so far, in UTC.
        balance: What the account can still pay; None = unknown.
        ceilings: What the operator has set.
    """
    windows = windows_at(now, DEFAULT_ZONE)
    today = sum(one.credits for one in days if one.day >= windows.day_starts_at)
    per_day = credits_per_day(now, days)
    left_days = (windows.month_ends_at - now) / _DAY
    return Spending(
        today=today,
        month=month,
        month_forecast=month + per_day * left_days,
        per_day=per_day,
        ceiling=ceilings.total_credits_per_month,
        balance=balance,
        lasts_days=None if balance is None else lasts_days(balance, per_day),
    )


def lasts_days(balance: float, per_day: float) -> float | None:
    """Return for how many days credits are enough; None = nothing is used."""
    return max(0.0, balance) / per_day if per_day > 0 else None


def credits_per_day(now: datetime, days: Sequence[Day]) -> float:
    """Return the average of the last days; of fewer where there are no more yet.

    `days` are the latest that anything was asked for on, the oldest first: more than a
    week of them, where there are more.
    """
    today = windows_at(now, DEFAULT_ZONE).day_starts_at
    lately = [one for one in days if one.day >= today - RATE_DAYS * _DAY]
    if not lately:
        return 0.0
    # Days without any job count, but not those before the very first one.
    is_young = lately[0].day == days[0].day
    since = lately[0].day if is_young else today - RATE_DAYS * _DAY
    # An hour of an installation's first day says nothing of the other 23.
    return sum(one.credits for one in lately) / max(1.0, (now - since) / _DAY)
