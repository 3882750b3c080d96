"""When to ask EvoLink about a task again, and when it will probably be done.

Progress bounds the whole duration from both sides: 30 % first seen after 40 s cannot
be a task of more than 133 s. So the policy sleeps until the task can be done at all,
and then asks in parts of what is still uncertain. Each question makes EvoLink ask its
own provider, so a fixed short interval is no option.
"""

import random
from dataclasses import dataclass

PROMISE_TOLERANCE = 0.45
"""How wrong a promised duration often is, as a share of it."""
ASSUMED_STEP = 10
"""The assumed step of progress until two rises were seen, in percent."""
LONGEST_SLEEP_S = 20.0
"""Even a long task is asked about this often: it may fail early."""
LONGEST_BLIND_SLEEP_S = 8.0
"""The same once a task may be done, but has shown no progress to judge by."""
UNCERTAINTY_SHARE = 0.2
"""Once a task may be done, it is asked about after this share of the doubt."""
LITTLE_DOUBT_S = 2.2
"""Less doubt than this is waited out, so that one question finds the end."""
LATENESS_S = 1.0
"""With more doubt, the first question waits this much longer, to save a question."""
OVERDUE_SHARE = 0.06
LONGEST_OVERDUE_SLEEP_S = 12.0
JITTER = 0.1
SWEEP_S = 60.0
"""Between two questions about a task whose end a callback will tell."""
SWEEP_EARLIEST_S, SWEEP_LATEST_S = 30.0, 90.0
"""A task expected to end within this time is asked about right after that instead."""
SWEEP_LATENESS = 1.15
"""Times the expected duration, by which a callback should have come."""
ASSUMED_TOTAL_S = 120.0
"""EvoLink's own example of `estimated_time` for this model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskProgress:
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
    correction: float = 1.0
    """What recent tasks of its kind took, as a share of what was promised for them."""

    @property
    def foreseen_s(self) -> float:
        """The expected duration, judged without the task's progress."""
        return (self.promised_s or ASSUMED_TOTAL_S) * self.correction


def expected_total_s(task: TaskProgress) -> float:
    """Return the whole duration that the task will probably take, in seconds."""
    share = task.progress / 100
    if share <= 0:
        return task.foreseen_s
    earliest_s, latest_s = _bounds_s(task, share)
    measured_s = (earliest_s + latest_s) / 2
    blended_s = share * measured_s + (1 - share) * task.foreseen_s
    return min(max(blended_s, earliest_s), latest_s)


def next_poll_s(task: TaskProgress, *, min_interval_s: float) -> float:
    """Return how long to wait before the next question, in seconds, without jitter.

    Never less than `min_interval_s`, and never more than `LONGEST_SLEEP_S` unless
    that is less.
    """
    earliest_s, latest_s = _likely_end_s(task)
    doubt_s = latest_s - max(earliest_s, task.elapsed_s)
    until_earliest_s = earliest_s - task.elapsed_s
    longest_s = LONGEST_SLEEP_S
    if until_earliest_s > min_interval_s:
        little = doubt_s <= LITTLE_DOUBT_S
        wait_s = until_earliest_s + (doubt_s if little else LATENESS_S)
    elif doubt_s > 0:
        wait_s = max(UNCERTAINTY_SHARE * doubt_s, min(doubt_s, LITTLE_DOUBT_S))
        if task.progress <= 0:
            longest_s = LONGEST_BLIND_SLEEP_S
    else:
        wait_s = min_interval_s - OVERDUE_SHARE * doubt_s
        longest_s = LONGEST_OVERDUE_SLEEP_S
    return max(min(wait_s, longest_s), min_interval_s)


def next_sweep_s(task: TaskProgress) -> float:
    """Return how long to wait where a callback will tell the end, without jitter.

    A question while the task still runs is wasted; one soon after its expected end
    detects a lost callback.
    """
    until_over_s = SWEEP_LATENESS * expected_total_s(task) - task.elapsed_s
    if SWEEP_EARLIEST_S <= until_over_s <= SWEEP_LATEST_S:
        return until_over_s
    return SWEEP_S


def _likely_end_s(task: TaskProgress) -> tuple[float, float]:
    """Return between which durations the task probably ends."""
    foreseen_s = task.foreseen_s
    # Durations have a long tail: twice as far above what was foreseen as below it.
    promise = (
        foreseen_s * (1 - PROMISE_TOLERANCE),
        foreseen_s * (1 + 2 * PROMISE_TOLERANCE),
    )
    share = task.progress / 100
    if share <= 0:
        return promise
    earliest_s, latest_s = _bounds_s(task, share)
    # What was foreseen only narrows what was measured, where the two agree.
    return (
        max(earliest_s, promise[0]) if promise[0] < latest_s else earliest_s,
        min(latest_s, promise[1]) if promise[1] > earliest_s else latest_s,
    )


def _bounds_s(task: TaskProgress, share: float) -> tuple[float, float]:
    """Return the least and the most that a task of even progress can take."""
    next_share = min(1.0, share + (task.step or ASSUMED_STEP) / 100)
    latest_s = task.progress_elapsed_s / share
    return min(task.elapsed_s / next_share, latest_s), latest_s


def jittered(wait_s: float, *, at_least_s: float = 0.0) -> float:
    """Return the wait, up to a tenth longer or shorter, so that polls spread out.

    Never less than `at_least_s`, whatever the jitter.
    """
    share = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - not cryptography
    wait_s *= share
    return max(wait_s, at_least_s)
