"""How long tasks really take, compared with what EvoLink promises.

A promise may be wrong for weeks, for a model, a length or a busy season. The median of
what recent tasks took corrects it; a few outliers change nothing.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from bot.jobs.cadence import ASSUMED_TOTAL_S
from bot.jobs.video import VideoRequest

FEWEST = 5
"""Below this many tasks, nothing is corrected."""
REMEMBERED = 50
"""Tasks of one kind; older ones are forgotten."""
LEAST, MOST = 0.5, 2.0
"""The bounds of a correction, however wrong the promise seems."""
LONGEST_UNSEEN_S = 75.0
"""The longest average time between polls. A task polled less often may have ended long
before we saw it, for example while Clapper was down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskKind:
    """The part of a request that decides how long it takes."""

    model: str
    duration_s: int
    quality: str | None

    @classmethod
    def of(cls, request: VideoRequest) -> "TaskKind":
        """Return the kind of a request."""
        return cls(
            model=request.model,
            duration_s=request.duration_s,
            quality=request.quality,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDuration:
    """A task that made a clip. Times in seconds."""

    kind: TaskKind
    seconds: float
    """From acceptance until its end was seen."""
    promised_s: float | None
    polls: int
    """How often it was polled, including the poll that saw its end."""

    @property
    def share(self) -> float | None:
        """What it took as a share of what was promised; None = unknown."""
        if not 0 < self.seconds <= LONGEST_UNSEEN_S * self.polls:
            return None
        return self.seconds / (self.promised_s or ASSUMED_TOTAL_S)


def correction(shares: Iterable[float]) -> float:
    """Return the median share, within the bounds; 1 if there are too few."""
    known = list(shares)
    if len(known) < FEWEST:
        return 1.0
    return min(max(median(known), LEAST), MOST)


class RecentDurations:
    """Remembers the latest tasks of each kind, in memory only.

    A wrong value costs polls or seconds, never a job.
    """

    def __init__(self, earlier: Iterable[TaskDuration]) -> None:
        """Start with tasks from before this process, the oldest first."""
        self._shares: dict[TaskKind, deque[float]] = {}
        self._usual: dict[TaskKind, float] = {}
        self.begin_with(earlier)

    def begin_with(self, earlier: Iterable[TaskDuration]) -> None:
        """Begin again with these tasks, the oldest first."""
        self._shares.clear()
        self._usual.clear()
        for took in earlier:
            self.note(took)

    def note(self, took: TaskDuration) -> None:
        """Remember a task, unless its end was seen too late to be of use."""
        share = took.share
        if share is None:
            return
        shares = self._shares.setdefault(took.kind, deque(maxlen=REMEMBERED))
        shares.append(share)
        self._usual[took.kind] = correction(shares)

    def correction(self, request: VideoRequest) -> float:
        """Return what recent tasks of this kind took, as a share of the promise."""
        return self._usual.get(TaskKind.of(request), 1.0)
