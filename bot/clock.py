"""The time of day, and time that passes, as something that tests can replace."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Wall-clock time, unless it is said to be monotonic."""

    def now(self) -> datetime:
        """Return the time, aware and in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the time, aware and in UTC."""
        return datetime.now(UTC)


class MonotonicClock:
    """Counts on from the time of day at its beginning, whatever the clock is set to.

    For waits that are kept in memory: its times say nothing to people, the database or
    another process.
    """

    def __init__(self) -> None:
        self._began_at = datetime.now(UTC)
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Return a time that is never before one that was returned earlier."""
        return self._began_at + timedelta(seconds=time.monotonic() - self._began)
