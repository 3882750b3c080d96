from datetime import date

from bot.domain.ids import UserId
from bot.domain.quota_report import add_up, days_until
from bot.domain.quota_settings import MadeVideo
from bot.domain.states import JobState
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
    report = add_up([video], days, retired)

    assert days[-1] == date(NOON.year, NOON.month, NOON.day)
    assert report.delivered == 1
