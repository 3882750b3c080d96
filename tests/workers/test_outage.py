import pytest
from structlog.testing import capture_logs

from bot.domain.waiting import Backoff
from bot.workers.outage import Outage
from tests.clock import FakeClock


@pytest.fixture
def outage(clock: FakeClock) -> Outage:
    return Outage("evolink", clock, Backoff(base_s=2.0, cap_s=30.0))


def test_an_outage_is_logged_when_it_begins_and_when_it_ends(
    outage: Outage, clock: FakeClock
) -> None:
    """A service that is down for an hour must not fill the log."""
    with capture_logs() as logs:
        for _ in range(50):
            outage.failed("503")
            clock.advance(30)
        outage.worked()
        outage.worked()

    assert [one["event"] for one in logs] == ["outage begins", "outage ends"]
    assert logs[1]["lasted_s"] == 1500


def test_it_is_quiet_for_longer_each_time(outage: Outage, clock: FakeClock) -> None:
    waits_s = []
    for _ in range(6):
        outage.failed("503")
        waits_s.append(outage.quiet_s)
        clock.advance(outage.quiet_s)

    for wait_s, ceiling_s in zip(waits_s, [2, 4, 8, 16, 30, 30], strict=True):
        assert 0.8 * ceiling_s <= wait_s <= ceiling_s
    assert outage.quiet_s == 0


def test_failures_that_were_under_way_together_are_one(outage: Outage) -> None:
    for _ in range(20):
        outage.failed("503")

    assert outage.quiet_s <= 2


def test_a_wait_that_was_asked_for_is_kept(outage: Outage) -> None:
    outage.failed("429", retry_after_s=60)
    outage.failed("429", retry_after_s=1)

    assert outage.quiet_s == 60


def test_a_success_ends_the_quiet(outage: Outage, clock: FakeClock) -> None:
    outage.failed("503")
    assert outage.since == clock.now()

    outage.worked()

    assert outage.quiet_s == 0
    assert outage.since is None
