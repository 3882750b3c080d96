"""The month so far, and where a straight line over its days leads."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.quotas.month import FEWEST_DAYS, MonthSoFar, MonthSpan, month_at
from bot.servers.windows import windows_at

ZONES = ("UTC", "Europe/Berlin", "Asia/Tokyo", "America/St_Johns", "Pacific/Apia")


def so_far(span: MonthSpan, *, videos: int = 10, amount: float = 50.0) -> MonthSoFar:
    return MonthSoFar(
        span=span,
        videos=videos,
        credits=amount,
        credits_by_day=[amount / (span.today + 1)] * (span.today + 1),
    )


def test_half_a_month_is_half_of_what_it_will_be() -> None:
    span = month_at(datetime(2026, 4, 16, tzinfo=UTC), "UTC")

    forecast = so_far(span).forecast

    assert forecast is not None
    assert (forecast.videos, forecast.credits) == (20, 100)


@pytest.mark.parametrize(
    ("now", "zone", "last", "today", "passed", "in_all"),
    [
        # It is December in Tokyo already, and still November elsewhere.
        ("2026-11-30T16:00", "Asia/Tokyo", "2026-12-31", 0, 1 / 24, 31),
        ("2026-11-30T16:00", "UTC", "2026-11-30", 29, 29 + 16 / 24, 30),
        # Clocks change on the 29th of March: its month is an hour shorter.
        (
            "2026-03-30T22:00",
            "Europe/Berlin",
            "2026-03-31",
            30,
            30 - 1 / 24,
            31 - 1 / 24,
        ),
        ("2028-02-29T00:00", "UTC", "2028-02-29", 28, 28, 29),
    ],
)
def test_a_month_is_one_of_the_servers_own_clock(
    now: str, zone: str, last: str, today: int, passed: float, in_all: float
) -> None:
    span = month_at(datetime.fromisoformat(now).replace(tzinfo=UTC), zone)

    assert span.days[0] == span.days[-1].replace(day=1)
    assert span.days[-1] == date.fromisoformat(last)
    assert span.today == today
    assert span.days_passed == pytest.approx(passed)
    assert span.days_in_all == pytest.approx(in_all)


def test_nothing_is_foretold_of_the_first_days_or_from_nothing() -> None:
    first = datetime(2026, 4, 1, tzinfo=UTC)
    early = month_at(first + timedelta(days=FEWEST_DAYS, seconds=-1), "UTC")
    later = month_at(first + timedelta(days=FEWEST_DAYS), "UTC")

    assert so_far(early).forecast is None
    assert so_far(later).forecast is not None
    assert so_far(later, videos=0, amount=0.0).forecast is None


@given(
    now=st.datetimes(
        min_value=datetime(2024, 1, 1),  # noqa: DTZ001 - made aware below
        max_value=datetime(2030, 1, 1),  # noqa: DTZ001 - made aware below
        timezones=st.just(UTC),
    ),
    zone=st.sampled_from(ZONES),
    videos=st.integers(1, 10_000),
    amount=st.floats(0, 1e6),
)
def test_a_forecast_is_never_below_what_was_spent_and_right_at_the_end(
    now: datetime, zone: str, videos: int, amount: float
) -> None:
    span = month_at(now, zone)
    windows = windows_at(now, zone)

    assert 0 <= span.today < len(span.days)
    assert 28 <= len(span.days) <= 31
    month = so_far(span, videos=videos, amount=amount)
    if month.forecast is not None:
        assert month.forecast.videos >= videos
        assert month.forecast.credits >= amount
    ended = month_at(windows.month_ends_at - timedelta(microseconds=1), zone)
    final = replace(month, span=ended).forecast
    assert final is not None
    assert final.credits == pytest.approx(amount)
