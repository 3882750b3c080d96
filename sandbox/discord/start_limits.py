"""How often clients may begin a session (Discord docs: Session Start Limit).

A day passes by the clock, the seconds between two sessions in real time: clients wait
those out.
"""

import time

from sandbox.discord.clock import Clock
from sandbox.discord.wire import Json

PER_DAY = 1000
_DAY_S = 24 * 3600.0


class StartLimits:
    """Counts the sessions begun with one token, over all connections, by the clock."""

    def __init__(
        self, clock: Clock, *, max_concurrency: int, interval_s: float
    ) -> None:
        """Let all sessions of a day be left.

        Args:
            clock: What a day is measured by.
            max_concurrency: How many buckets the shards are divided among.
            interval_s: Real seconds between two sessions of one bucket.
        """
        self._clock = clock
        self._max_concurrency = max_concurrency
        self._interval_s = interval_s
        self._left = PER_DAY
        self._resets_s = clock.now_s() + _DAY_S
        self._begun_s: dict[int, float] = {}
        """By the bucket: when a session was last begun, in monotonic seconds."""

    def take(self) -> bool:
        """Count one more session of the day; False if none was left."""
        self._renew()
        self._left -= 1
        return self._left >= 0

    def admit(self, shard: int) -> bool:
        """Let a session of this shard begin; False if it is too early for its bucket.

        Who comes too early does not make the bucket wait longer.
        """
        bucket, now_s = shard % self._max_concurrency, time.monotonic()
        begun_s = self._begun_s.get(bucket)
        if begun_s is not None and now_s - begun_s < self._interval_s:
            return False
        self._begun_s[bucket] = now_s
        return True

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
