"""The days and months that quotas count in, by a server's own clock. Pure arithmetic.

A window begins at the first midnight of its date, and the windows of a zone follow one
another without gap or overlap, whatever its clocks do.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DEFAULT_ZONE = "UTC"

_DAYS_REMEMBERED = 1024
"""Of all zones together; those of a server are few at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """The day and the month around one moment. Aware, in UTC; ends are exclusive."""

    day_starts_at: datetime
    day_ends_at: datetime
    month_starts_at: datetime
    month_ends_at: datetime


def windows_at(at: datetime, zone: str) -> Windows:
    """Return the windows of a moment in a zone, by its IANA name."""
    day = at.astimezone(clock_of(zone)).date()
    windows = _windows_of(day, zone)
    if at >= windows.day_ends_at:
        # Clocks that go back over midnight show a date again that had ended already.
        windows = _windows_of(day + timedelta(days=1), zone)
    return windows


@lru_cache(maxsize=_DAYS_REMEMBERED)
def _windows_of(day: date, zone: str) -> Windows:
    """Return the windows of a date. Every request asks, mostly for today's."""
    clock = clock_of(zone)
    month = day.replace(day=1)
    # No month has more than 31 days, so this lands in the next one.
    next_month = (month + timedelta(days=31)).replace(day=1)
    return Windows(
        day_starts_at=_midnight(day, clock),
        day_ends_at=_midnight(day + timedelta(days=1), clock),
        month_starts_at=_midnight(month, clock),
        month_ends_at=_midnight(next_month, clock),
    )


def clock_of(zone: str) -> ZoneInfo:
    """Return a zone's clock, by its IANA name.

    A zone that the time zone database no longer has counts as UTC: nothing must fail
    because a name was retired.
    """
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(DEFAULT_ZONE)


def _midnight(day: date, clock: ZoneInfo) -> datetime:
    """Return when a date begins.

    Of two midnights it is the first. One that clocks jump over is read with the offset
    before the jump (Python docs: `fold`), which gives the moment of the jump itself.
    """
    local = datetime(day.year, day.month, day.day, tzinfo=clock)
    return local.astimezone(UTC)
