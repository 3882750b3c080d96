"""An outage is logged when it begins and when it ends."""

from structlog.testing import capture_logs

from bot.workers.outages import ALONE_S
from bot.workers.service_limit import EndpointLimit
from tests.clock import FakeClock
from tests.workers.asking import answer, fail


def test_an_outage_is_logged_when_it_begins_and_when_it_ends(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    """A service that is down for an hour must not fill the log."""
    began = clock.now()
    with capture_logs() as logs:
        for number in range(50):
            fail(endpoint, f"item {number}")
            clock.advance(30)
        assert endpoint.outage_since == began
        answer(endpoint, "a")
        answer(endpoint, "b")

    assert [one["event"] for one in logs] == ["outage began", "outage ended"]
    assert logs[1]["lasted_s"] == 1500


def test_where_one_item_is_all_there_is_its_failing_becomes_an_outage(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    fail(endpoint, "only")
    fail(endpoint, "only")
    assert endpoint.outage_since is None

    clock.advance(ALONE_S)
    fail(endpoint, "only")

    assert endpoint.outage_since is not None
