"""When each job of the queue is expected to begin."""

from datetime import timedelta

import pytest

from bot.jobs.queueing import TaskUnderWay, expected_end
from tests.factories import NOON


def after(seconds: float) -> TaskUnderWay:
    """Return a task of two minutes that ends so many seconds from now."""
    ends_at = NOON + timedelta(seconds=seconds)
    return TaskUnderWay(
        accepted_at=ends_at - timedelta(minutes=2), expected_end_at=ends_at
    )


SENT = TaskUnderWay(accepted_at=None, expected_end_at=None)


@pytest.mark.parametrize(
    ("position", "seconds"),
    [(1, 20 + 120), (2, 50 + 120), (3, 20 + 240), (4, 50 + 240), (41, 20 + 21 * 120)],
)
def test_each_waits_for_the_slot_that_is_left_in_its_turn(
    position: int, seconds: float
) -> None:
    ends = expected_end(NOON, position, 2, [after(50), after(20)])

    assert ends == NOON + timedelta(seconds=seconds)


def test_what_is_overdue_is_expected_to_end_now() -> None:
    assert expected_end(NOON, 1, 1, [after(-300)]) == NOON + timedelta(minutes=2)


def test_what_was_just_sent_takes_as_long_as_the_others() -> None:
    ends = expected_end(NOON, 2, 2, [after(30), SENT])

    assert ends == NOON + timedelta(minutes=4)


def test_with_fewer_slots_than_tasks_the_first_ends_leave_none() -> None:
    making = [after(10), after(20), after(30)]

    assert expected_end(NOON, 1, 1, making) == NOON + timedelta(seconds=30 + 120)


@pytest.mark.parametrize(
    ("slots", "making"), [(2, [after(30)]), (1, [SENT]), (3, []), (0, [])]
)
def test_where_nobody_knows_nothing_is_promised(
    slots: int, making: list[TaskUnderWay]
) -> None:
    """A slot is free, yet the job waits; or no end is known."""
    assert expected_end(NOON, 1, slots, making) is None
