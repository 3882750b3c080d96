"""Spans of time by a clock, in seconds."""

from datetime import datetime, timedelta

from bot.clock import Clock


def later(at: datetime | None, clock: Clock, wait_s: float) -> datetime:
    """Return the later of a time and that in so many seconds."""
    until = clock.now() + timedelta(seconds=wait_s)
    return until if at is None else max(at, until)


def left_s(until: datetime | None, clock: Clock) -> float:
    """Return the seconds that are left until a time; 0 = it is over."""
    return 0.0 if until is None else max(0.0, seconds(until, clock.now()))


def seconds(later_at: datetime, earlier_at: datetime) -> float:
    """Return the seconds between two times."""
    return (later_at - earlier_at).total_seconds()
