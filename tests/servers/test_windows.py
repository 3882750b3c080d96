"""Days and months by a server's own clock, also where clocks jump."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from bot.servers.windows import windows_at
from bot.servers.zones import zone_names

ZONES = (
    "Europe/Berlin",  # clocks jump at two in the night
    "America/New_York",
    "Asia/Kathmandu",  # a quarter of an hour off
    "Africa/Cairo",  # clocks jump over midnight
    "Australia/Lord_Howe",  # by half an hour
)
HOUR = timedelta(hours=1)


def local(zone: str, *moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("month", range(1, 13))
def test_a_month_ends_at_its_last_midnight_there(zone: str, month: int) -> None:
    """A moment before is still this month, the moment itself the next one."""
    year, following = (2027, 1) if month == 12 else (2026, month + 1)
    end = local(zone, year, following, 1)

    before = windows_at(end - timedelta(microseconds=1), zone)
    after = windows_at(end, zone)

    assert before.month_starts_at == local(zone, 2026, month, 1)
    assert before.month_ends_at == before.day_ends_at == end
    assert after.month_starts_at == after.day_starts_at == end


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 29), 23),
        ("Europe/Berlin", (2026, 10, 25), 25),
        ("America/New_York", (2026, 3, 8), 23),
        ("America/New_York", (2026, 11, 1), 25),
        ("Asia/Kathmandu", (2026, 3, 29), 24),
        ("Africa/Cairo", (2026, 4, 24), 23),
        ("Africa/Cairo", (2026, 10, 29), 25),
        ("Australia/Lord_Howe", (2026, 4, 5), 24.5),
        ("Australia/Lord_Howe", (2026, 10, 4), 23.5),
    ],
)
def test_the_day_of_a_change_is_as_long_as_it_is(
    zone: str, day: tuple[int, int, int], hours: float
) -> None:
    noon = local(zone, *day, 12)

    windows = windows_at(noon, zone)

    assert windows.day_ends_at - windows.day_starts_at == hours * HOUR
    for moment in (windows.day_starts_at, windows.day_ends_at - HOUR / 60):
        assert windows_at(moment, zone) == windows


def test_a_midnight_that_does_not_exist_is_the_moment_of_the_jump() -> None:
    """In Cairo clocks went from 23:59:59 to 01:00 on 24 April 2026."""
    jump = datetime(2026, 4, 23, 22, tzinfo=UTC)

    assert windows_at(jump, "Africa/Cairo").day_starts_at == jump
    assert windows_at(jump - HOUR, "Africa/Cairo").day_ends_at == jump


def test_a_date_that_was_skipped_is_no_window() -> None:
    """Samoa had no 30 December 2011."""
    last = windows_at(datetime(2011, 12, 30, 9, tzinfo=UTC), "Pacific/Apia")
    first = windows_at(datetime(2011, 12, 30, 10, tzinfo=UTC), "Pacific/Apia")

    assert last.day_ends_at == first.day_starts_at
    assert first.day_ends_at - first.day_starts_at == 24 * HOUR


def test_a_zone_that_is_no_more_counts_as_utc() -> None:
    noon = datetime(2026, 5, 5, 12, tzinfo=UTC)

    assert windows_at(noon, "Atlantis/Capital") == windows_at(noon, "UTC")
    assert windows_at(noon, "../etc/passwd") == windows_at(noon, "UTC")


moments = st.datetimes(
    min_value=datetime(1975, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
    max_value=datetime(2037, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(at=moments, zone=st.sampled_from(zone_names()))
def test_every_moment_lies_in_exactly_one_window(at: datetime, zone: str) -> None:
    """Whatever a zone's clocks have ever done: no gap, no overlap."""
    windows = windows_at(at, zone)
    before = windows_at(windows.day_starts_at - timedelta(microseconds=1), zone)
    after = windows_at(windows.day_ends_at, zone)

    assert windows.day_starts_at <= at < windows.day_ends_at
    assert windows.month_starts_at <= windows.day_starts_at
    assert windows.day_ends_at <= windows.month_ends_at
    assert before.day_ends_at == windows.day_starts_at
    assert after.day_starts_at == windows.day_ends_at
    assert windows_at(windows.day_starts_at, zone) == windows
