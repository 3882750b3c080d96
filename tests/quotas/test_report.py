"""The report of a server whose time zone is no more."""

from datetime import date

from bot.ids import UserId
from bot.jobs.states import JobState
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
    sums = ReportSums(days, retired)
    sums.add([video])
    report = sums.report()

    assert days[-1] == date(NOON.year, NOON.month, NOON.day)
    assert report.delivered == 1
