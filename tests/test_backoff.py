"""How waits grow."""

import pytest
from hypothesis import given, strategies as st

from bot.backoff import Backoff

BACKOFF = Backoff(base_s=1.25, cap_s=30.0)


def test_waits_double_up_to_the_cap() -> None:
    assert [BACKOFF.ceiling_s(failures) for failures in range(8)] == [
        1.25,
        1.25,
        2.5,
        5,
        10,
        20,
        30,
        30,
    ]


@given(st.integers(-5, 10**9))
def test_a_wait_lies_within_a_fifth_below_its_ceiling(failures: int) -> None:
    """Also after a week of failures, which must not overflow a float."""
    ceiling_s = BACKOFF.ceiling_s(failures)

    assert 0.8 * ceiling_s <= BACKOFF.wait_s(failures) <= ceiling_s <= 30


@given(st.integers(1, 50), st.none() | st.floats(0, 1000))
def test_a_wait_that_was_asked_for_is_kept(
    failures: int, asked_s: float | None
) -> None:
    assert BACKOFF.wait_s(failures, at_least_s=asked_s) >= (asked_s or 0)


def test_the_shortest_wait_of_a_lost_answer_is_a_second() -> None:
    """EvoLink must not get the same key twice within one."""
    assert min(BACKOFF.wait_s(1) for _ in range(500)) >= 1.0


def test_what_failed_together_does_not_come_back_together() -> None:
    assert len({BACKOFF.wait_s(5) for _ in range(20)}) > 10


@pytest.mark.parametrize("failures", [31, 1024, 10**6])
def test_the_exponent_is_bounded(failures: int) -> None:
    assert Backoff(base_s=1, cap_s=float("inf")).ceiling_s(failures) == 2.0**30
