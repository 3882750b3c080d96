"""The stand-in's time: real time, faster or slower, and pushed forward on demand.

Everything EvoLink does after an answer (progress, settlement, callbacks, the end of a
result link) follows this clock, so that a day passes in one call.
"""

import time
from collections.abc import Callable


class MovableClock:
    """Seconds since 1970, as the stand-in believes them.

    With a `speed` of 0 time stands still and moves only through `advance`.
    """

    def __init__(self, *, speed: float = 1.0, starts_at: float | None = None) -> None:
        self._speed = speed
        self._base = time.time() if starts_at is None else starts_at
        self._started = time.monotonic()
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> float:
        """Return the time in unix seconds."""
        return self._base + (time.monotonic() - self._started) * self._speed

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once.

        Raises:
            ValueError: If `seconds` is negative: time does not run backwards.
        """
        if seconds < 0:
            msg = f"cannot advance by {seconds:g} s"
            raise ValueError(msg)
        self._base += seconds
        for listener in self._listeners:
            listener()

    def real_seconds_until(self, moment: float) -> float | None:
        """Return how long to sleep until then; `None` if only `advance` leads there."""
        left = moment - self.now()
        if left <= 0:
            return 0.0
        return left / self._speed if self._speed else None

    def when_moved(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every `advance`."""
        self._listeners.append(listener)
