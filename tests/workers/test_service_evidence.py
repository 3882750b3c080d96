"""In doubt a service is asked by few probes, and any answer ends the doubt."""

from itertools import pairwise

import pytest

from bot.workers.service_evidence import (
    EARLY_GAP_S,
    GIVES_WAY_S,
    LONGEST_GAP_S,
    OVERDUE_S,
    SILENT_S,
    SLOWEST_S,
    ServiceEvidence,
)
from bot.workers.service_limit import PROVEN_BY, EndpointLimit
from tests.clock import FakeClock
from tests.pipeline.limits import warm
from tests.workers.asking import MAXIMUM, answer, fail, most_at_once


@pytest.mark.parametrize("silent", [False, True], ids=["503", "hang"])
@pytest.mark.parametrize("items", [1, 2, 100])
def test_a_service_that_fails_is_asked_once_a_second_and_recovery_is_seen(
    endpoint: EndpointLimit,
    sibling: EndpointLimit,
    clock: FakeClock,
    items: int,
    silent: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Over all items, and over both endpoints together; never later than 5 s apart."""
    asked_at_s: list[float] = []
    for tenth in range(600):
        for one in (endpoint, sibling):
            for item in one.in_order(range(items), lambda item: item):
                if one.wait_s(item) <= 0:
                    asked_at_s.append(tenth / 10)
                    _ask_in_vain(one, item, silent=silent)
        clock.advance(0.1)

    for bound_s in range(3, 60):
        assert sum(at <= bound_s for at in asked_at_s) <= bound_s
    if not (silent and items == 1):  # per item two are at work, and no third
        assert max(b - a for a, b in pairwise(asked_at_s)) < 5


def _ask_in_vain(endpoint: EndpointLimit, item: int, *, silent: bool) -> None:
    call = endpoint.begin(item)
    if not silent:
        call.failed("503")
        call.end()


def test_who_asked_nothing_after_all_lets_the_next_ask(
    endpoint: EndpointLimit,
) -> None:
    call = endpoint.begin("a")
    assert endpoint.wait_s("b") > 0

    call.end()

    assert endpoint.wait_s("b") == 0


def test_what_was_given_up_without_an_answer_is_doubt_until_the_next_answer(
    endpoint: EndpointLimit, sibling: EndpointLimit, clock: FakeClock
) -> None:
    answer(endpoint, "a")
    call = endpoint.begin("a")
    call.give_up()
    call.end()
    assert endpoint.wait_s("b") == 0

    clock.advance(OVERDUE_S)
    assert endpoint.wait_s("b") > 0

    answer(sibling, "c")
    assert endpoint.wait_s("b") == 0


def test_what_was_given_up_is_not_called_broken_by_a_later_answer(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    """It had no second to be answered in."""
    answer(endpoint, "a")
    call = endpoint.begin("a")
    call.give_up()
    call.end()
    clock.advance(2 * SILENT_S)

    answer(endpoint, "b")

    assert not endpoint.is_mixed


def test_a_beginning_answer_does_not_end_an_outage(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    """A host that breaks off each clip in the middle would be asked without pause."""
    for key in "abc":
        fail(endpoint, key)
        clock.advance(5)
    call = endpoint.begin("d")
    call.answers()

    assert endpoint.outage_since is not None
    assert endpoint.wait_s("e") > 0


def test_an_endpoint_that_waits_for_nothing_probes_at_once_and_ends_the_doubt(
    endpoint: EndpointLimit, sibling: EndpointLimit
) -> None:
    """The one that failed may go on with all its other items."""
    fail(endpoint, "down")
    assert endpoint.wait_s("another") > 0
    assert most_at_once(sibling) == 1

    answer(sibling, "a")

    assert most_at_once(sibling) == MAXIMUM
    assert most_at_once(endpoint) == MAXIMUM


def test_one_turn_is_left_to_the_endpoint_that_may_bring_evidence(
    endpoint: EndpointLimit, sibling: EndpointLimit, clock: FakeClock
) -> None:
    probes = 0
    for _ in range(30):
        if endpoint.wait_s(probes) <= 0:
            fail(endpoint, f"broken {probes}")
            probes += 1
        assert sibling.wait_s("a") == 0
        clock.advance(0.1)

    assert probes == 2


def test_where_nothing_failed_one_endpoints_answer_says_little_of_another(
    endpoint: EndpointLimit, sibling: EndpointLimit
) -> None:
    """It would else find out many times over that the service just fell silent."""
    answer(sibling, "a")

    assert most_at_once(endpoint) == 1


def test_an_answer_that_proves_no_others_leaves_them_in_doubt(
    service: ServiceEvidence, endpoint: EndpointLimit
) -> None:
    lookups = EndpointLimit(service, "lookups", maximum=MAXIMUM, proves_others=False)
    fail(endpoint, "down")

    answer(lookups, "a")

    assert endpoint.wait_s("another") > 0


def test_where_answers_take_long_none_is_overdue_before(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    """A slow service, or a busy machine, is no service in trouble."""
    for _ in range(16):
        call = endpoint.begin("slow")
        clock.advance(0.8)
        call.answered()
        call.end()
    endpoint.begin("slow")
    clock.advance(0.8)

    assert (endpoint.in_doubt, endpoint.is_sure) == (False, True)

    clock.advance(SILENT_S)

    assert (endpoint.in_doubt, endpoint.is_sure) == (True, False)


@pytest.mark.parametrize(
    ("latest_s", "overdue_s"), [(0.1, OVERDUE_S), (2.0, 2.5), (60.0, SLOWEST_S)]
)
def test_an_answer_may_take_a_little_longer_than_the_latest(
    endpoint: EndpointLimit, clock: FakeClock, latest_s: float, overdue_s: float
) -> None:
    call = endpoint.begin("a")
    clock.advance(latest_s)
    call.answered()
    call.end()
    endpoint.begin("another")

    clock.advance(overdue_s - 0.01)
    before = endpoint.in_doubt
    clock.advance(0.02)

    assert (before, endpoint.in_doubt) == (False, True)


def test_an_overdue_answer_is_doubt_until_the_next_answer(
    endpoint: EndpointLimit, sibling: EndpointLimit, clock: FakeClock
) -> None:
    warm(endpoint)
    clock.advance(0.1)
    endpoint.begin("hangs")
    assert endpoint.is_sure

    clock.advance(OVERDUE_S)
    assert (endpoint.in_doubt, endpoint.is_sure) == (True, False)
    answer(sibling, "a")

    assert (endpoint.in_doubt, endpoint.is_sure) == (False, True)


def test_many_broken_ones_let_go_together_do_not_hold_up_the_rest_for_long(
    endpoint: EndpointLimit, sibling: EndpointLimit, clock: FakeClock
) -> None:
    warm(endpoint)
    clock.advance(0.1)
    calls = [endpoint.begin(number) for number in range(MAXIMUM)]
    for call in calls:
        call.failed("500")

    assert endpoint.wait_s("healthy") <= LONGEST_GAP_S
    assert sibling.wait_s("healthy") == 0


def test_the_turn_that_is_left_may_be_taken_by_what_was_answered_often(
    endpoint: EndpointLimit, sibling: EndpointLimit, clock: FakeClock
) -> None:
    """Its answer is as likely as that of another endpoint."""
    for _ in range(PROVEN_BY):
        answer(endpoint, "often")
    clock.advance(5)
    for number in range(2):
        fail(endpoint, f"broken {number}")
        clock.advance(SILENT_S)

    assert endpoint.wait_s("another") > 0
    assert endpoint.wait_s("often") == 0
    fail(endpoint, "often")
    assert sibling.wait_s("a") > 0


def test_what_failed_before_leaves_the_next_probe_to_others(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    """Whoever wakes first: other workers have items of the same endpoint."""
    fail(endpoint, "broken")
    clock.advance(EARLY_GAP_S)

    assert endpoint.wait_s("broken") == pytest.approx(GIVES_WAY_S)
    assert endpoint.wait_s("another") == 0
    clock.advance(GIVES_WAY_S)
    assert endpoint.wait_s("broken") == 0
