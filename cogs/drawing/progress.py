"""The progress to show between two polls. Pure arithmetic."""

from datetime import datetime

from bot.jobs.jobs import Job

STEPS = 10
MOST_PERCENT = 95
"""Only EvoLink says when it is done; until then nothing is promised."""


def shown_percent(job: Job, now: datetime) -> int:
    """Return the progress to show, in whole percent, at most `MOST_PERCENT`.

    EvoLink's own figure, or where it lags behind, the share of the expected time that
    has gone by.
    """
    return min(max(job.progress, _elapsed_percent(job, now)), MOST_PERCENT)


def progress_bar(percent: int, *, steps: int = STEPS) -> str:
    """Draw a percentage as so many steps."""
    done = percent * steps // 100
    return "▰" * done + "▱" * (steps - done)


def _elapsed_percent(job: Job, now: datetime) -> int:
    if job.accepted_at is None or job.expected_end_at is None:
        return 0
    whole_s = (job.expected_end_at - job.accepted_at).total_seconds()
    if whole_s <= 0:
        return 0
    gone_s = (now - job.accepted_at).total_seconds()
    return max(0, min(100, int(100 * gone_s / whole_s)))
