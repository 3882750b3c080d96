"""What a month will cost and how long the balance lasts, from the latest days."""

from datetime import datetime, timedelta

import pytest

from bot.operations.overview.spending import average_of, spending_at
from bot.operations.overview.values import Ceilings, Day

# The middle of a month of thirty days.
NOW = datetime.fromisoformat("2026-11-16T00:00:00+00:00")
CEILINGS = Ceilings(
    total_credits_per_month=1_000.0, credit_reserve=0.0, max_active_tasks=20
)


def days(*credits_back: tuple[int, float]) -> list[Day]:
    return [
        Day(day=NOW - timedelta(days=back), ended={}, credits=used)
        for back, used in sorted(credits_back, reverse=True)
    ]


def test_the_rate_is_the_average_of_the_last_seven_days() -> None:
    found = spending_at(
        NOW, days((30, 900.0), *((back, 10.0) for back in range(1, 8))), 500.0, 70.0,
        CEILINGS,
    )  # fmt: skip

    assert found.per_day == pytest.approx(10.0)
    assert found.today == 0
    assert found.month_forecast == pytest.approx(500.0 + 15 * 10.0)
    assert found.lasts_days == pytest.approx(7.0)


def test_days_without_any_job_count() -> None:
    found = spending_at(NOW, days((30, 5.0), (2, 70.0)), 70.0, 20.0, CEILINGS)

    assert found.per_day == pytest.approx(10.0)
    assert found.lasts_days == pytest.approx(2.0)


def test_a_young_installation_goes_by_the_days_it_has() -> None:
    at = NOW + timedelta(hours=12)

    first_day = spending_at(at, days((0, 6.0)), 6.0, None, CEILINGS)
    third_day = spending_at(at, days((2, 20.0), (0, 5.0)), 25.0, None, CEILINGS)

    assert first_day.today == 6.0
    assert first_day.per_day == pytest.approx(6.0)
    assert third_day.per_day == pytest.approx(10.0)
    assert (first_day.rate_days, third_day.rate_days) == (1.0, 2.5)


@pytest.mark.parametrize(
    ("back", "said"),
    [
        (0, "the average since the first video, 1 day"),
        (6, "the average since the first video, 6 days"),
        (7, "the average of the last 7 days"),
        (30, "the average of the last 7 days"),
    ],
)
def test_the_rate_says_what_it_is_the_average_of(back: int, said: str) -> None:
    found = spending_at(NOW, days((back, 6.0), (0, 1.0)), 7.0, None, CEILINGS)

    assert average_of(found.rate_days) == said


def test_without_spending_nothing_is_foretold() -> None:
    found = spending_at(NOW, days((20, 90.0)), 90.0, 50.0, CEILINGS)

    assert (found.per_day, found.lasts_days) == (0.0, None)
    assert found.month_forecast == 90.0
    assert spending_at(NOW, [], 0.0, None, CEILINGS).balance is None


def test_a_balance_below_zero_lasts_no_time() -> None:
    found = spending_at(NOW, days((1, 7.0)), 7.0, -3.0, CEILINGS)

    assert found.lasts_days == 0.0
