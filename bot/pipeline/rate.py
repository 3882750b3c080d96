"""So many in a second, and no more, over everything that is counted together."""

from collections import deque
from datetime import datetime, timedelta

from bot.clock import Clock

WINDOW = timedelta(seconds=1)
LATE = timedelta(seconds=0.15)
"""What begins so much later than it could have counts as if it had not: what is lost on
the way would else be lost to all that follow."""


class RatePerSecond:
    """A sliding window of a second."""

    def __init__(self, most: int, clock: Clock) -> None:
        self._clock = clock
        self._most = most
        self._counted: deque[datetime] = deque(maxlen=most)
        """The latest ones, by when each could have begun."""

    @property
    def room(self) -> int:
        """How many more may begin now."""
        now = self._clock.now()
        # Those of the future are from before the clock was set back.
        recent = sum(timedelta() <= now - at < WINDOW for at in self._counted)
        return self._most - recent

    @property
    def room_in_s(self) -> float:
        """For how many seconds none may begin; 0 = one may now."""
        if self.room > 0:
            return 0.0
        return (self._counted[0] + WINDOW - self._clock.now()).total_seconds()

    def take(self) -> datetime:
        """Count one that begins now, and return what `give_back` takes."""
        at = self._clock.now()
        if len(self._counted) == self._most:
            could_at = self._counted[0] + WINDOW
            if could_at <= at < could_at + LATE:
                at = could_at
        self._counted.append(at)
        return at

    def give_back(self, taken: datetime) -> None:
        """Take one back that did nothing after all."""
        if taken in self._counted:
            self._counted.remove(taken)
