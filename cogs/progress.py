"""How far a job looks to be between two polls. Pure arithmetic."""

from datetime import datetime

from bot.domain.jobs import Job

STEPS = 10
MOST_PERCENT = 95
"""Only EvoLink says when it is done; until then nothing is promised."""


def shown_percent(job: Job, now: datetime) -> int:
    """Return the progress to show, in percent, in whole steps of ten or the most.

    EvoLink's own figure, or where it lags behind, the share of the expected time that
    has gone by. Whole steps keep the message the same, and unedited, most of the time.
    """
    percent = min(max(job.progress, _elapsed_percent(job, now)), MOST_PERCENT)
    step = 100 // STEPS
    return MOST_PERCENT if percent == MOST_PERCENT else percent // step * step


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
