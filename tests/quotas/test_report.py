"""The report of a server: its sums, its month, and a time zone that is no more."""

from datetime import date, timedelta

import pytest

from bot.ids import UserId
from bot.jobs.states import JobState
from bot.quotas.month import month_at
from bot.quotas.report import ReportSums, days_until
from bot.quotas.settings import MadeVideo
from tests.factories import NOON


def test_a_zone_that_is_no_more_still_has_a_report() -> None:
    """Windows count such a zone as UTC; the report must not be the one that fails."""
    retired = "Mars/Olympus_Mons"
    video = MadeVideo(
        user_id=UserId(7),
        requested_at=NOON,
        state=JobState.DELIVERED,
        counts=True,
        credits=5.0,
    )

    days = days_until(NOON, 2, retired)
    sums = ReportSums(days, retired, month_at(NOON, retired))
    sums.add([video])
    report = sums.report(limits_credits=False, credits_limit=None)

    assert days[-1] == date(NOON.year, NOON.month, NOON.day)
    assert report.delivered == 1


def video(hours_ago: float, state: JobState, cost: float) -> MadeVideo:
    return MadeVideo(
        user_id=UserId(7),
        requested_at=NOON - timedelta(hours=hours_ago),
        state=state,
        counts=state is not JobState.FAILED,
        credits=cost,
    )


def test_the_month_has_what_its_days_have_whichever_days_are_asked_for() -> None:
    """A report of one day still knows the whole month, and nothing of the last one."""
    sums = ReportSums(days_until(NOON, 1, "UTC"), "UTC", month_at(NOON, "UTC"))
    in_december = 24 * 15
    sums.add(
        [
            video(0, JobState.QUEUED, 3.0),
            video(1, JobState.DELIVERED, 5.0),
            video(24 * 14, JobState.DELIVERED, 7.0),
            video(24 * 3, JobState.FAILED, 0.0),
            video(in_december, JobState.DELIVERED, 11.0),
        ]
    )

    known = sums.report(limits_credits=True, credits_limit=100)

    (line,) = known.members
    assert (line.requested, line.credits, line.credits_open) == (2, 8.0, 3.0)
    assert (known.month.videos, known.month.credits) == (3, 15.0)
    assert known.month.credits_by_day == [7.0, *[0.0] * 13, 8.0]
    assert known.month.forecast is not None
    assert known.month.forecast.credits == pytest.approx(15.0 * 31 / 14.5)
