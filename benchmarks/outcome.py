"""What came of the jobs of one competitor, as the stand-ins saw it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.report import Row, percentile
from sandbox.evolink import EvolinkSandbox

TASK_PATH = "/v1/tasks/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The counted figures of one way to poll."""

    name: str
    jobs: int
    requests: int
    """Questions about tasks, each batch one."""
    discord_calls: int
    detection_s: Sequence[float]
    """From the end of each task to the question that was answered with it."""
    posted_s: Sequence[float]
    """From the end of each task that made a clip until its clip was posted."""
    told_s: Sequence[float]
    """The same for tasks that failed, and the notice of that."""
    cpu_ms_per_job: float | None = None

    @property
    def requests_per_job(self) -> float:
        """How often EvoLink was asked about a task."""
        return self.requests / self.jobs

    @property
    def lost(self) -> int:
        """How many jobs had neither a clip nor a notice in the end."""
        return self.jobs - len(self.posted_s) - len(self.told_s)

    @property
    def mean_s(self) -> float:
        """Done to posted."""
        return fmean(self.posted_s)

    @property
    def p95_s(self) -> float:
        """Done to posted: what 95 % of the clips stay below."""
        return percentile(self.posted_s, 0.95)

    def row(self) -> Row:
        """Return the figures for the table."""
        return {
            "polling": self.name,
            "jobs": self.jobs,
            "lost": self.lost,
            "requests_per_job": self.requests_per_job,
            "discord_calls_per_job": self.discord_calls / self.jobs,
            "detection_mean_s": fmean(self.detection_s),
            "posted_mean_s": self.mean_s,
            "posted_p95_s": self.p95_s,
            "failure_told_mean_s": fmean(self.told_s) if self.told_s else None,
            "cpu_ms_per_job": self.cpu_ms_per_job,
        }


def questions(evolink: EvolinkSandbox) -> int:
    """Return how many requests asked about tasks."""
    return sum(one.path.startswith(TASK_PATH) for one in evolink.requests)


def detection_s(evolink: EvolinkSandbox) -> Sequence[float]:
    """Return, for each task that ended, how late the first question after it was."""
    first: dict[str, float] = {}
    for request in evolink.requests:
        if not request.path.startswith(TASK_PATH):
            continue
        last = request.path.removeprefix(TASK_PATH)
        asked = request.body["task_ids"] if last == "batch" else [last]
        for task_id in asked:
            ends_at = evolink.tasks[task_id].ends_at
            if ends_at is not None and request.at >= ends_at:
                first.setdefault(task_id, request.at - ends_at)
    return list(first.values())


def delays_s(
    evolink: EvolinkSandbox, posted_at: Mapping[str, float]
) -> tuple[Sequence[float], Sequence[float]]:
    """Return the delays of clips, and those of notices, from each task's end."""
    clips: list[float] = []
    notices: list[float] = []
    for task_id, at in posted_at.items():
        task = evolink.tasks[task_id]
        assert task.ends_at is not None
        kind = clips if task.charged else notices
        kind.append(at - task.ends_at)
    return clips, notices
