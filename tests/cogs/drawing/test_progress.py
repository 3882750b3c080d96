"""The progress that a status message shows."""

from datetime import timedelta

import pytest

from cogs.drawing.progress import progress_bar, shown_percent
from tests.factories import NOON, make_job


@pytest.mark.parametrize(
    ("said", "gone_s", "shown"),
    [
        (0, 0, 0),
        (0, 9, 9),
        (0, 10, 10),
        (0, 59, 59),
        (72, 10, 72),
        (10, 72, 72),
        (0, 94, 94),
        (0, 95, 95),
        (0, 5000, 95),
        (100, 0, 95),
        (0, -50, 0),
    ],
)
def test_progress_is_the_further_of_what_is_said_and_what_is_expected(
    said: int, gone_s: int, shown: int
) -> None:
    job = make_job(
        progress=said,
        accepted_at=NOON,
        expected_end_at=NOON + timedelta(seconds=100),
    )

    assert shown_percent(job, NOON + timedelta(seconds=gone_s)) == shown


def test_without_an_expected_end_only_what_is_said_counts() -> None:
    assert shown_percent(make_job(progress=34, accepted_at=NOON), NOON) == 34


def test_an_end_expected_at_once_is_no_division_by_nothing() -> None:
    job = make_job(accepted_at=NOON, expected_end_at=NOON)

    assert shown_percent(job, NOON) == 0


@pytest.mark.parametrize("percent", range(0, 101, 5))
def test_the_bar_has_ten_steps(percent: int) -> None:
    bar = progress_bar(percent)

    assert len(bar) == 10
    assert bar.count("▰") == percent // 10
