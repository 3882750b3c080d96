"""Whether the other side answers: logged on the edge, and asked less while it does not.

An outage hits all jobs at once, so its back-off is one for all of them.
"""

from datetime import datetime, timedelta

import structlog

from bot.domain.waiting import Backoff
from bot.ports import Clock

log = structlog.get_logger(__name__)


class Outage:
    """Counts failures in a row of one service, and says when to try it again."""

    def __init__(self, service: str, clock: Clock, backoff: Backoff) -> None:
        self._service = service
        self._clock = clock
        self._backoff = backoff
        self._failures = 0
        self._quiet_until: datetime | None = None
        self.since: datetime | None = None
        """When it began, or None while the service answers."""

    @property
    def quiet_s(self) -> float:
        """For how many seconds nothing should be asked; 0 = ask."""
        if self._quiet_until is None:
            return 0.0
        return max(0.0, (self._quiet_until - self._clock.now()).total_seconds())

    def failed(self, reason: str, *, retry_after_s: float | None = None) -> None:
        """Note a failure. Only the first of a row is logged."""
        now = self._clock.now()
        if self.since is None:
            self.since = now
            log.warning("outage begins", service=self._service, reason=reason)
        wait_s = retry_after_s or 0.0
        if self.quiet_s <= 0:
            # Else several requests were under way together: they are one failure.
            self._failures += 1
            wait_s = self._backoff.wait_s(self._failures, at_least_s=retry_after_s)
        quiet_until = now + timedelta(seconds=wait_s)
        # A short wait must not undo a longer one that was asked for.
        self._quiet_until = max(quiet_until, self._quiet_until or quiet_until)

    def worked(self) -> None:
        """Note a success. The first one after failures is logged."""
        if self.since is not None:
            lasted_s = (self._clock.now() - self.since).total_seconds()
            log.info("outage ends", service=self._service, lasted_s=round(lasted_s, 1))
        self.since = None
        self._failures = 0
        self._quiet_until = None
