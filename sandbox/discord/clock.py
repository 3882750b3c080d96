"""The stand-in's time: the real one, which a test may move forward or stop."""

import asyncio
import time
from contextlib import suppress


class Clock:
    """Tells the time in seconds since 1970 and lets waits be skipped.

    Everything Discord measures in its own time asks here: the acknowledgement
    window, the life of an interaction token, the memory for nonces, the expiry of
    links. Rate limits do not, because the client really waits them out.
    """

    def __init__(self) -> None:
        self._ahead_s = time.time() - time.monotonic()
        self._stopped_at_s: float | None = None
        self._moved = asyncio.Event()

    def now_s(self) -> float:
        """Return the moment, in seconds since 1970."""
        if self._stopped_at_s is not None:
            return self._stopped_at_s
        return time.monotonic() + self._ahead_s

    def advance(self, seconds: float) -> None:
        """Move the time forward; every wait it passes ends at once.

        Raises:
            ValueError: If `seconds` is negative: ids must keep growing with time.
        """
        if seconds < 0:
            msg = "time does not run backwards"
            raise ValueError(msg)
        self._ahead_s += seconds
        if self._stopped_at_s is not None:
            self._stopped_at_s += seconds
        self._wake()

    def stop(self) -> None:
        """Hold the time still, so that a slow machine misses no window."""
        if self._stopped_at_s is None:
            self._stopped_at_s = self.now_s()

    def run(self) -> None:
        """Let a stopped time go on from where it stands."""
        if self._stopped_at_s is not None:
            self._ahead_s = self._stopped_at_s - time.monotonic()
            self._stopped_at_s = None
            self._wake()

    async def reach(self, moment_s: float) -> None:
        """Return when the time is `moment_s` (seconds since 1970) or later."""
        while (left_s := moment_s - self.now_s()) > 0:
            moved = self._moved
            patience_s = None if self._stopped_at_s is not None else left_s
            with suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    await moved.wait()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()
