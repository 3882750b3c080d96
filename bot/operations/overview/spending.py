"""What a month will cost, and how long the balance lasts. Pure arithmetic."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.operations.overview.values import Ceilings, Day, Spending
from bot.plain_numbers import plural
from bot.servers.windows import DEFAULT_ZONE, windows_at

RATE_DAYS = 7
"""Days before today whose average is the present cost of a day."""
LOW_BELOW_DAYS = 7.0
"""A balance that lasts for less needs a person."""
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
        rate_days=rate_days(now, days),
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
    lately = _lately(now, days)
    return sum(one.credits for one in lately) / rate_days(now, days)


def rate_days(now: datetime, days: Sequence[Day]) -> float:
    """Return how many days `credits_per_day` is the average of, today in part."""
    today = windows_at(now, DEFAULT_ZONE).day_starts_at
    lately = _lately(now, days)
    # Days without any job count, but not those before the very first one.
    is_young = bool(lately) and lately[0].day == days[0].day
    since = lately[0].day if is_young else today - RATE_DAYS * _DAY
    # An hour of an installation's first day says nothing of the other 23.
    return max(1.0, (now - since) / _DAY)


def average_of(rate_days: float) -> str:
    """Say what a rate is the average of."""
    whole = int(rate_days)
    if whole >= RATE_DAYS:
        return f"the average of the last {RATE_DAYS} days"
    return f"the average since the first video, {plural(whole, 'day')}"


def _lately(now: datetime, days: Sequence[Day]) -> Sequence[Day]:
    today = windows_at(now, DEFAULT_ZONE).day_starts_at
    return [one for one in days if one.day >= today - RATE_DAYS * _DAY]
