"""Numbers and times as an operator reads them."""

import pytest

from bot.plain_numbers import days_left


@pytest.mark.parametrize(
    ("days", "said"),
    [(0.5, "less than a day"), (1.9, "about 1 day"), (30.2, "about 30 days"),
     (900, "more than a year")],
)  # fmt: skip
def test_how_long_credits_last_is_said_roughly(days: float, said: str) -> None:
    assert days_left(days) == said
