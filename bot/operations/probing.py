"""When to find out with a paid request whether EvoLink takes any: pure arithmetic."""

from datetime import datetime, timedelta

from bot.backoff import Backoff
from bot.errors import AccountFault, AccountRefused
from bot.servers.windows import windows_at

PROBE_BACKOFF = Backoff(base_s=37.5, cap_s=600.0)
"""After refusals one after another: at least 30 s, doubling to 10 minutes."""
AFTER_MIDNIGHT = timedelta(seconds=30)
"""EvoLink's clock may be a little behind ours."""
NEW_DAY = timedelta(hours=1)
"""Refused so shortly after midnight, the limit goes by another clock than we think."""


def probe_at(error: AccountRefused, refusals: int, now: datetime) -> datetime:
    """Return when to probe after so many refusals in a row, the last of them `error`.

    A daily limit waits for the day's turn where EvoLink named its time zone. Where it
    did not, that turn is a guess (UTC), and the back-off goes on meanwhile.
    """
    by_backoff = now + timedelta(seconds=PROBE_BACKOFF.wait_s(refusals))
    if error.fault is not AccountFault.DAILY_LIMIT:
        return by_backoff
    turn = next_day(now, error.reset_zone) + AFTER_MIDNIGHT
    if error.reset_zone is None:
        return min(by_backoff, turn)
    today = windows_at(now, error.reset_zone)
    return by_backoff if now < today.day_starts_at + NEW_DAY else turn


def next_day(now: datetime, zone: str | None) -> datetime:
    """Return when the next day begins in an IANA time zone; None = in UTC."""
    return windows_at(now, zone or "UTC").day_ends_at
