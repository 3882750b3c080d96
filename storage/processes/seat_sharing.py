"""When a process that has several seats gives one to another that came later."""

import time
from collections.abc import Set as AbstractSet

from bot.processes.seats import Seat

SHARE_AFTER_S = 30.0
"""How long another process has no seat before it is given one: a process that has died,
or ends, is gone by then."""
_GIVEN_FIRST = (Seat.HOUSEKEEPING, Seat.DISCORD, Seat.EVOLINK)
"""What costs least to move first."""


class SeatSharing:
    """Remembers for how long the seats of this process have been too many."""

    def __init__(self) -> None:
        self._unfair_since_s: float | None = None

    def surplus(self, ours: AbstractSet[Seat], *, without: int) -> AbstractSet[Seat]:
        """Return which of our seats to give away now: one, or none.

        `without` says how many living processes have no seat, though none is free.
        """
        now_s = time.monotonic()
        if len(ours) <= 1 or without <= 0:
            self._unfair_since_s = None
            return frozenset()
        if self._unfair_since_s is None:
            self._unfair_since_s = now_s
        if now_s - self._unfair_since_s < SHARE_AFTER_S:
            return frozenset()
        self._unfair_since_s = None
        return {next(one for one in _GIVEN_FIRST if one in ours)}
