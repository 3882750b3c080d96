"""So many in a second, and no more, over everything that is counted together."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.clock import Clock

LATE = timedelta(seconds=0.15)
"""What begins so much later than it could have counts as if it had not: what is lost on
the way would else be lost to all that follow."""
MOST_COUNTED = 100
"""Higher rates are none."""


class RatePerSecond:
    """A sliding window of a second, or longer for less than one in a second."""

    def __init__(self, most: Callable[[], float], clock: Clock) -> None:
        """Count nothing yet. `most` is asked each time: it may change."""
        self._clock = clock
        self._most = most
        self._counted: deque[datetime] = deque(maxlen=MOST_COUNTED)
        """The latest ones, by when each could have begun."""

    @property
    def room(self) -> int:
        """How many more may begin now."""
        most, window = self._most_in_window()
        if most > MOST_COUNTED:
            return most
        now = self._clock.now()
        recent = 0
        for at in reversed(self._counted):
            if now - at >= window:
                break
            # Those of the future are from before the clock was set back.
            recent += at <= now
        return max(0, most - recent)

    @property
    def room_in_s(self) -> float:
        """For how many seconds none may begin; 0 = one may now."""
        if self.room > 0:
            return 0.0
        most, window = self._most_in_window()
        return (self._counted[-most] + window - self._clock.now()).total_seconds()

    def take(self) -> datetime:
        """Count one that begins now, and return what `give_back` takes."""
        most, window = self._most_in_window()
        at = self._clock.now()
        if len(self._counted) >= most:
            could_at = self._counted[-most] + window
            if could_at <= at < could_at + LATE:
                at = could_at
        self._counted.append(at)
        return at

    def give_back(self, taken: datetime) -> None:
        """Take one back that did nothing after all."""
        if taken in self._counted:
            self._counted.remove(taken)

    def _most_in_window(self) -> tuple[int, timedelta]:
        most = self._most()
        if most >= 1:
            return int(most), timedelta(seconds=1)
        return 1, timedelta(seconds=1 / most)
