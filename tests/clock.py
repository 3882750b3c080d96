"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Implements `bot.clock.Clock`. Starts on a Thursday noon in the middle of a month.

    Far from midnight and from the first of a month, so that a test has to ask for the
    edge of a quota's window if it wants one.
    """

    def __init__(self, start: datetime = datetime(2026, 1, 15, 12, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> datetime:
        """Let time pass, and return the new time."""
        self._now += timedelta(seconds=seconds)
        return self._now
