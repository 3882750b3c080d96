"""How often clients may begin a session (Discord docs: Session Start Limit)."""

from sandbox.discord.clock import Clock
from sandbox.discord.wire import Json

PER_DAY = 1000
_DAY_S = 24 * 3600.0


class StartLimits:
    """Counts the sessions that were begun since the last reset, by the clock."""

    def __init__(self, clock: Clock, *, max_concurrency: int) -> None:
        self._clock = clock
        self._max_concurrency = max_concurrency
        self._left = PER_DAY
        self._resets_s = clock.now_s() + _DAY_S

    def take(self) -> bool:
        """Count one more session; False if none was left."""
        self._renew()
        self._left -= 1
        return self._left >= 0

    def leave(self, left: int, *, resets_in_s: float = _DAY_S) -> None:
        """Let so many sessions be left, until so many seconds have passed."""
        self._left = left
        self._resets_s = self._clock.now_s() + resets_in_s

    def payload(self) -> Json:
        """Return what clients are told."""
        self._renew()
        return {
            "total": PER_DAY,
            "remaining": max(0, self._left),
            "reset_after": int((self._resets_s - self._clock.now_s()) * 1000),
            "max_concurrency": self._max_concurrency,
        }

    def _renew(self) -> None:
        if self._clock.now_s() >= self._resets_s:
            self.leave(PER_DAY)
