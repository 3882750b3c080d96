"""Estimates when the clip of a queued job will be ready."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskUnderWay:
    """A task in EvoLink's hands; each time is None until EvoLink has accepted it."""

    accepted_at: datetime | None
    expected_end_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """How many tasks there may be at once, and which of them take no place."""

    most: int
    doubted_before: datetime
    """A task asked for by then, and not accepted yet, may never be."""


def expected_end(
    now: datetime, position: int, slots: int, making: Sequence[TaskUnderWay]
) -> datetime | None:
    """Return when the clip of the job at this place, from 1, can be expected.

    The first in the queue takes the slot that becomes free next, the second the one
    after that, and each holds it for the median of the expected durations. None =
    unknown: no task has an expected end, or a slot is free and something else holds up
    the queue.
    """
    lengths_s = [
        (one.expected_end_at - one.accepted_at).total_seconds()
        for one in making
        if one.accepted_at is not None and one.expected_end_at is not None
    ]
    if not lengths_s or len(making) < slots or slots < 1:
        return None
    usual = timedelta(seconds=median(lengths_s))
    # An overdue task may end at any moment; a task just sent takes the usual time.
    ends = sorted(max(one.expected_end_at or now + usual, now) for one in making)
    rounds, slot = divmod(position - 1, slots)
    # If the limit was lowered, the first tasks to end free no slot.
    left = ends[len(ends) - slots :]
    return left[slot] + (rounds + 1) * usual
