"""When to ask EvoLink about a task again, and when it will probably be done.

The policy estimates the whole duration from the progress so far, blended with the
duration that EvoLink promised; the less is known, the earlier it asks. Each question
makes EvoLink ask its own provider, so a fixed short interval is no option.
"""

import random
from dataclasses import dataclass

SURPRISE = 0.35
"""How far off a promised duration usually is, as a share of it."""
LONGEST_SLEEP_S = 20.0
"""Even a long task is asked about this often: it may fail early."""
OVERDUE_SHARE = 0.06
LONGEST_OVERDUE_SLEEP_S = 12.0
JITTER = 0.1
ASSUMED_TOTAL_S = 120.0
"""EvoLink's own example of `estimated_time` for this model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is known about a running task at one moment. Times in seconds."""

    elapsed_s: float
    """Since EvoLink accepted the task."""
    progress: int
    """Percent."""
    progress_elapsed_s: float
    """Since acceptance when this progress was first seen."""
    step: int
    """The smallest rise of progress seen, in percent; 0 = no rise seen yet."""
    promised_s: float | None
    """EvoLink's `estimated_time`."""


def expected_total_s(reading: Reading) -> float:
    """Return the whole duration that the task will probably take, in seconds."""
    promised_s = reading.promised_s or ASSUMED_TOTAL_S
    share = reading.progress / 100
    if share <= 0:
        return promised_s
    # Progress comes in steps: on average half a step more is done than is said.
    done = min(share + reading.step / 200, 0.99)
    measured_s = reading.progress_elapsed_s / done
    return share * measured_s + (1 - share) * promised_s


def next_poll_s(reading: Reading, *, min_interval_s: float) -> float:
    """Return how long to wait before the next question, in seconds, without jitter."""
    total_s = expected_total_s(reading)
    left_s = total_s - reading.elapsed_s
    if left_s <= 0:
        wait_s = min(min_interval_s - OVERDUE_SHARE * left_s, LONGEST_OVERDUE_SLEEP_S)
        return max(wait_s, min_interval_s)
    error = max(reading.step / 200, SURPRISE * (1 - reading.progress / 100))
    until_early_end_s = total_s * (1 - 0.8 * error) - reading.elapsed_s
    if until_early_end_s > min_interval_s:
        return min(until_early_end_s, LONGEST_SLEEP_S)
    return min(max(min_interval_s, 0.4 * error * total_s), LONGEST_SLEEP_S)


def jittered(wait_s: float) -> float:
    """Return the wait, up to a tenth longer or shorter, so that polls spread out."""
    return wait_s * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311


def shown_progress(progress: int, elapsed_s: float, total_s: float) -> int:
    """Return the percentage to show between two readings.

    Never less than EvoLink said, and never above 95 before the end is certain.
    """
    if total_s <= 0:
        return min(progress, 95)
    return min(95, max(progress, int(100 * elapsed_s / total_s)))
