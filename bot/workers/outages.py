"""Whether an endpoint fails as a whole: logged when that begins and when it ends."""

from collections.abc import Hashable
from datetime import datetime

import structlog

from bot.clock import Clock

log = structlog.get_logger(__name__)

SEVERAL, PROVES_OUTAGE, OUTAGE_AFTER_S = 2, 3, 5.0
"""So many items have to fail, for so long, and none to be answered."""
ALONE_S = 60.0
"""Where one item alone is asked for, and nothing but failure for so long, nobody can
tell its trouble from an outage."""


class Outages:
    """What failed at one endpoint since its latest answer."""

    def __init__(self, name: str, wall: Clock) -> None:
        """Keep the name, for the log, and the clock that people go by."""
        self.since: datetime | None = None
        """The time of day at which the endpoint began to fail as a whole; None = it
        does not."""
        self.failing_since: datetime | None = None
        """The time of day at which the first failure came, of whatever item."""
        self._name = name
        self._wall = wall
        self._first_at: datetime | None = None
        """When that was on the clock that `failed` and `answered` are told."""
        self._items: set[Hashable] = set()
        self._silences = 0

    def failed(self, key: Hashable, at: datetime, reason: str, *, silent: bool) -> bool:
        """Note a failure; return whether several items have failed for long."""
        self._items.add(key)
        self._silences += silent
        self.failing_since = self.failing_since or self._wall.now()
        self._first_at = self._first_at or at
        lasts_s = (at - self._first_at).total_seconds()
        many = max(len(self._items), self._silences) >= PROVES_OUTAGE
        if self.since is None and lasts_s >= (OUTAGE_AFTER_S if many else ALONE_S):
            self.since = self.failing_since
            log.warning("outage began", service=self._name, reason=reason)
        return len(self._items) >= SEVERAL and lasts_s >= OUTAGE_AFTER_S

    def answered(self, at: datetime) -> None:
        """Note an answer."""
        if self.since is not None and self._first_at is not None:
            lasted_s = round((at - self._first_at).total_seconds(), 1)
            log.info("outage ended", service=self._name, lasted_s=lasted_s)
        self.since = self.failing_since = self._first_at = None
        self._items.clear()
        self._silences = 0
