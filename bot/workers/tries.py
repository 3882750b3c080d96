"""How often something was tried in vain, and when it may be tried again."""

from datetime import datetime, timedelta

from bot.domain.waiting import Backoff
from bot.ports import Clock


class Tries:
    """Counts tries in a row that nobody answered, and says when the next may be."""

    def __init__(self, clock: Clock, backoff: Backoff) -> None:
        self._clock = clock
        self._backoff = backoff
        self._count = 0
        self._next_at: datetime | None = None

    @property
    def wait_s(self) -> float:
        """Seconds until the next try; 0 = now."""
        if self._next_at is None:
            return 0.0
        return max(0.0, (self._next_at - self._clock.now()).total_seconds())

    def another(self, at_least_s: float | None = None) -> None:
        """Note a try, or the failure of one whose wait is over."""
        self._count += 1
        self._next_at = None
        self.wait_again(at_least_s)

    def wait_again(self, at_least_s: float | None = None) -> None:
        """Wait from now on as after the latest try."""
        wait_s = self._backoff.wait_s(self._count, at_least_s=at_least_s)
        self.not_before(wait_s)

    def not_before(self, wait_s: float) -> None:
        """Let the next be no sooner. A short wait does not undo a longer one."""
        next_at = self._clock.now() + timedelta(seconds=wait_s)
        self._next_at = max(next_at, self._next_at or next_at)

    def take_back(self) -> None:
        """Forget the latest, which asked nothing."""
        self._count = max(0, self._count - 1)
        self._next_at = None

    def forget(self) -> None:
        """Begin anew: there was an answer."""
        self._count = 0
        self._next_at = None
