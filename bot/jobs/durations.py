"""How long tasks really take, beside what EvoLink promises for them.

A promise may be wrong for weeks: for a model, a length, or a busy season. What the
latest tasks took corrects it. It is a median, so that a few odd ones change nothing.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from bot.jobs.cadence import ASSUMED_TOTAL_S
from bot.jobs.video import VideoRequest

FEWEST = 5
"""Fewer tasks than this prove nothing."""
REMEMBERED = 50
"""Tasks of one kind: older ones tell of older days."""
LEAST, MOST = 0.5, 2.0
"""However wrong a promise seems to be, it is not corrected by more than this."""
LONGEST_UNSEEN_S = 75.0
"""On average between two questions. A task that was asked about more seldom may have
ended long before that was seen, as after a night without Clapper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskKind:
    """What of a request decides how long it takes."""

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
    """How often it was asked about, the answer that told of the end included."""

    @property
    def share(self) -> float | None:
        """What it took as a share of what was promised; None = nobody knows."""
        if not 0 < self.seconds <= LONGEST_UNSEEN_S * self.polls:
            return None
        return self.seconds / (self.promised_s or ASSUMED_TOTAL_S)


def correction(shares: Iterable[float]) -> float:
    """Return what tasks usually take as a share of the promise; 1 for too few."""
    known = list(shares)
    if len(known) < FEWEST:
        return 1.0
    return min(max(median(known), LEAST), MOST)


class RecentDurations:
    """Remembers the latest tasks of each kind. Its memory is the process.

    A wrong belief costs questions or seconds, never a job.
    """

    def __init__(self, earlier: Iterable[TaskDuration] = ()) -> None:
        """Begin with what earlier processes saw, the oldest first."""
        self._shares: dict[TaskKind, deque[float]] = {}
        self._usual: dict[TaskKind, float] = {}
        for took in earlier:
            self.note(took)

    def note(self, took: TaskDuration) -> None:
        """Remember a task, if it is known when it ended."""
        share = took.share
        if share is None:
            return
        shares = self._shares.setdefault(took.kind, deque(maxlen=REMEMBERED))
        shares.append(share)
        self._usual[took.kind] = correction(shares)

    def correction(self, request: VideoRequest) -> float:
        """Return what tasks like this took lately, as a share of the promise."""
        return self._usual.get(TaskKind.of(request), 1.0)
