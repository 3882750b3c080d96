"""What the month has cost so far, and a forecast of what it will cost. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.servers.windows import clock_of, windows_at

FEWEST_DAYS = 3
"""Below this many days of a month it is too early to tell how it will end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSpan:
    """The month around a moment, by a server's own clock."""

    days: Sequence[date]
    """All days of the month."""
    today: int
    """The index of today among them."""
    days_passed: float
    """Since the month began, in days of usual length; today counts in part."""
    days_in_all: float
    """Likewise of the whole month: not whole where clocks change in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSoFar:
    """What was asked for since the month began, and a forecast of its end."""

    span: MonthSpan
    videos: int
    """Those that count against the quotas."""
    credits: float
    """As EvoLink says or, until it does, as expected."""
    credits_by_day: Sequence[float]
    """Of each day from the first of the month to today."""
    credits_limit: int | None = None
    """What the server's admins allow for the month; None = no limit in credits."""

    @property
    def forecast(self) -> "Forecast | None":
        """Return where a straight line leads; None where it is too early to tell."""
        if self.span.days_passed < FEWEST_DAYS or self.videos == 0:
            return None
        growth = self.span.days_in_all / self.span.days_passed
        return Forecast(videos=self.videos * growth, credits=self.credits * growth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What the whole month will come to at the present rate."""

    videos: float
    credits: float


def month_at(now: datetime, zone: str) -> MonthSpan:
    """Return the month around a moment in a zone, by its IANA name."""
    windows = windows_at(now, zone)
    clock = clock_of(zone)
    first = windows.month_starts_at.astimezone(clock).date()
    end = windows.month_ends_at.astimezone(clock).date()
    today = windows.day_starts_at.astimezone(clock).date()
    day = timedelta(days=1)
    return MonthSpan(
        days=[first + number * day for number in range((end - first).days)],
        today=(today - first).days,
        days_passed=(now - windows.month_starts_at) / day,
        days_in_all=(windows.month_ends_at - windows.month_starts_at) / day,
    )
