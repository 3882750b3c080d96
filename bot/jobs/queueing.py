"""When a job that waits in the queue can be expected. An estimate, or none at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskUnderWay:
    """A task in EvoLink's hands; each time is None until EvoLink has accepted it."""

    accepted_at: datetime | None
    expected_end_at: datetime | None


def expected_end(
    now: datetime, position: int, slots: int, making: Sequence[TaskUnderWay]
) -> datetime | None:
    """Return when the clip of the job at this place, from 1, can be expected.

    The first in the queue takes the slot that is left next, the second the one after
    that, and each holds it for as long as those before are expected to. None = nobody
    knows: no task is known to have an end, or a slot is free and yet the job waits, for
    whatever holds up the queue.
    """
    lengths_s = [
        (one.expected_end_at - one.accepted_at).total_seconds()
        for one in making
        if one.accepted_at is not None and one.expected_end_at is not None
    ]
    if not lengths_s or len(making) < slots or slots < 1:
        return None
    usual = timedelta(seconds=median(lengths_s))
    # What is overdue ends at any moment, and what was just sent has all before it.
    ends = sorted(max(one.expected_end_at or now + usual, now) for one in making)
    rounds, slot = divmod(position - 1, slots)
    # With a lower limit than before some of those at work leave no slot to anybody.
    left = ends[len(ends) - slots :]
    return left[slot] + (rounds + 1) * usual
