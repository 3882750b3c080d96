"""When a service that may be failing is tried: a few times soon, then once a second."""

from datetime import datetime, timedelta

from bot.backoff import Backoff
from bot.clock import Clock

SILENT_S = 1.1
"""What has found no answer for so long no longer holds up the others."""
MANY_PROBES, EARLY_GAP_S = 3, 0.75
"""Before so many, probes follow each other a little faster: three leave within the
first three seconds, and one a second from then on. What left together before the first
failed counts among them."""
PROBE_BACKOFF = Backoff(base_s=1.5, cap_s=4.0)
"""Between two tries of what has failed already. Recovery is seen within 5 s."""


class ProbePace:
    """When the next probe may leave, counted from the first since the latest answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began_at: datetime | None = None
        self._latest_at: datetime | None = None
        self._probes = 0
        self._failures = 0
        self._again_at: datetime | None = None
        """For what has failed already."""

    def wait_s(self, *, again: bool) -> float:
        """Return the seconds until the next probe; `again`: of what failed already."""
        at = self._fresh_at
        if again and at is not None:
            at = max(at, self._again_at or at)
        return 0.0 if at is None else max(0.0, (at - self._clock.now()).total_seconds())

    def began(self, at: datetime) -> None:
        """Note a probe that left then."""
        self._probes += 1
        self._began_at = min(self._began_at or at, at)
        self._latest_at = max(self._latest_at or at, at)

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing was tried since the latest answer."""
        return self._began_at is None

    def take_back(self) -> None:
        """Forget the latest probe, which asked nothing."""
        self._probes = max(0, self._probes - 1)
        self._latest_at = self._began_at
        if self._probes == 0:
            self._began_at = self._latest_at = None

    def failed(self) -> None:
        """Note that a probe failed."""
        self._failures += 1
        wait_s = PROBE_BACKOFF.wait_s(self._failures)
        self._again_at = self._clock.now() + timedelta(seconds=wait_s)

    def forget(self) -> None:
        """Let the next leave at once: there was an answer."""
        self._began_at = self._latest_at = self._again_at = None
        self._failures = self._probes = 0

    @property
    def _fresh_at(self) -> datetime | None:
        if self._began_at is None or self._latest_at is None:
            return None
        few = self._probes < MANY_PROBES
        after_s = self._probes * EARLY_GAP_S if few else self._probes + SILENT_S
        return max(
            self._began_at + timedelta(seconds=after_s),
            self._latest_at + timedelta(seconds=EARLY_GAP_S if few else SILENT_S),
        )
