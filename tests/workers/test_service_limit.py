"""How many requests of one kind may wait for an answer, and for which items."""

import pytest
from structlog.testing import capture_logs

from bot.workers.limits import new_limits
from bot.workers.mixed_outcomes import MIXED_S
from bot.workers.service_evidence import SILENT_S, ServiceEvidence
from bot.workers.service_limit import (
    LATELY_S,
    LONGEST_RETRY_S,
    Call,
    EndpointLimit,
)
from tests.callbacks import alone
from tests.clock import FakeClock
from tests.pipeline.limits import warm
from tests.workers.asking import MAXIMUM, answer, fail, most_at_once


def test_one_asks_first_and_the_others_follow_its_answer(
    endpoint: EndpointLimit,
) -> None:
    assert most_at_once(endpoint) == 1

    answer(endpoint, "a")

    assert most_at_once(endpoint) == MAXIMUM


def test_after_a_moment_of_idleness_one_asks_first_again(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    answer(endpoint, "a")
    clock.advance(1)

    assert most_at_once(endpoint) == 1


@pytest.mark.parametrize("jump_s", [-3600.0, 3600.0])
def test_a_wall_clock_that_jumps_moves_no_wait_and_no_beginning(
    clock: FakeClock, jump_s: float
) -> None:
    wall = FakeClock()
    limits = new_limits(clock, wall=wall, living=alone)
    reads, creates = limits.reads, limits.creates
    began_at = wall.now()
    for key in "abcd":
        fail(reads, key)
        clock.advance(5)
        wall.advance(5)
    reads.hold_item("a", 30)
    limits.balance.hold(30)
    doubt_s = creates.wait_s("z"), reads.wait_s("z")
    wall.advance(jump_s)

    assert reads.outage_since == began_at
    assert (creates.wait_s("z"), reads.wait_s("z")) == doubt_s
    assert reads.wait_s("a") == limits.balance.wait_s(None) == 30
    answer(reads, "b")
    assert reads.outage_since is None


def test_an_item_that_fails_beside_others_slows_nobody(
    endpoint: EndpointLimit,
) -> None:
    warm(endpoint)
    broken, healthy = endpoint.begin("broken"), endpoint.begin("healthy")
    healthy.answered()
    broken.failed("500")

    assert endpoint.is_sure
    assert (endpoint.limit, endpoint.failing_since) == (MAXIMUM, None)


def test_different_items_that_fail_halve_the_limit_and_answers_raise_it(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    limits = []
    for key in "abcd":
        clock.advance(5)
        fail(endpoint, key)
        limits.append(endpoint.limit)
    for key in "abc":
        answer(endpoint, key)
        limits.append(endpoint.limit)

    assert limits == [8, 4, 2, 1, 2, 3, 4]


def test_one_item_that_fails_is_no_outage(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    with capture_logs() as logs:
        for _ in range(5):
            fail(endpoint, "broken")
            clock.advance(4)
            answer(endpoint, "healthy")
            clock.advance(4)

    assert logs == []
    assert endpoint.outage_since is None


def test_what_hangs_holds_only_itself(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    warm(endpoint)
    for number in range(MAXIMUM):
        endpoint.begin(f"hangs {number}")
    assert endpoint.wait_s("healthy") > 0

    clock.advance(SILENT_S)

    assert endpoint.wait_s("healthy") == 0


def test_of_one_item_no_more_than_its_number_are_asked_for(
    endpoint: EndpointLimit,
) -> None:
    warm(endpoint)
    first = endpoint.begin("channel")
    endpoint.begin("channel")

    assert endpoint.wait_s("channel") > 0
    assert endpoint.wait_s("another") == 0
    first.end()
    assert endpoint.wait_s("channel") == 0


def test_a_wait_that_an_item_was_asked_for_concerns_it_alone(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    warm(endpoint)
    call, other = endpoint.begin("channel"), endpoint.begin("another")
    call.throttled(60)
    other.answered()

    assert endpoint.wait_s("channel") == 60
    assert endpoint.wait_s("another") == 0
    clock.advance(60)
    assert endpoint.wait_s("channel") == 0


def test_a_wait_for_everybody_is_everybodys(
    endpoint: EndpointLimit, sibling: EndpointLimit
) -> None:
    call = endpoint.begin("channel")
    call.endpoint.service.hold(7)

    assert (endpoint.wait_s("another"), sibling.wait_s("any")) == (7, 7)
    assert endpoint.room == 0


def test_a_wait_of_one_kind_of_request_leaves_the_others_alone(
    endpoint: EndpointLimit, sibling: EndpointLimit
) -> None:
    call = endpoint.begin("channel")
    call.endpoint.hold(7)
    call.answered()
    call.end()

    assert (endpoint.wait_s("another"), sibling.wait_s("any")) == (7, 0)


def test_what_may_be_the_services_fault_costs_an_item_little(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    fail(endpoint, "a")
    assert endpoint.retry_s("a", 120) == LONGEST_RETRY_S

    clock.advance(LATELY_S)
    answer(endpoint, "b")
    fail(endpoint, "a")

    assert endpoint.retry_s("a", 120) == 120


def test_what_failed_goes_after_the_rest(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    fail(endpoint, "broken")
    clock.advance(4)
    assert endpoint.in_order(["broken", "b"], str) == ["b", "broken"]

    answer(endpoint, "b")
    clock.advance(MIXED_S)
    answer(endpoint, "b")

    assert endpoint.is_sure
    assert endpoint.in_order(["broken", "b", "c"], str) == ["c", "b", "broken"]


def test_in_doubt_what_was_answered_before_goes_first(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    """Where clips were posted lately, one more can be posted most likely."""
    answer(endpoint, "known")
    clock.advance(5)
    fail(endpoint, "broken")
    items = ["broken", *(f"new {n}" for n in range(20)), "known"]

    assert endpoint.in_order(items, str)[0] == "known"
    assert endpoint.in_order(items, str)[-1] == "broken"


def test_an_answer_about_several_items_is_each_ones(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    """Tasks are read together, and apart where that fails."""
    items = [*(f"new {n}" for n in range(20)), "often", "broken"]
    fail(endpoint, "broken")
    for _ in range(2):
        call = endpoint.begin(("often", "broken"))
        call.answered(["often", "broken"])
        call.end()
    clock.advance(5)
    fail(endpoint, "another")

    assert set(endpoint.in_order(items, str)[:2]) == {"often", "broken"}
    assert not endpoint.fails("broken")


def test_no_more_than_two_of_what_trickles_leave_before_an_answer(
    service: ServiceEvidence, clock: FakeClock
) -> None:
    edits = EndpointLimit(service, "edits", maximum=MAXIMUM, per_s=10.0)
    warm(edits)
    clock.advance(0.1)
    first, _ = edits.begin("a"), edits.begin("b")
    assert edits.wait_s("c") > 0

    clock.advance(0.1)
    first.answered()

    assert edits.wait_s("c") == 0


def test_what_trickles_comes_as_often_as_it_may(
    service: ServiceEvidence, clock: FakeClock
) -> None:
    """Ten a second that take 0.26 s each: two at once would be fewer than eight."""
    edits = EndpointLimit(service, "edits", maximum=MAXIMUM, per_s=10.0)
    under_way: list[Call] = []
    sent = 0
    for step in range(2_000):
        if step % 26 == 0:
            for call in under_way:
                call.answered()
                call.end()
            under_way = []
        while edits.wait_s("a") <= 0:
            under_way.append(edits.begin("a"))
            sent += step >= 1_000
        clock.advance(0.01)

    assert sent >= 100


def test_where_answers_take_long_as_many_of_what_trickles_leave_as_come(
    service: ServiceEvidence, clock: FakeClock
) -> None:
    """Two at a time would be fewer a second than there are to send."""
    edits = EndpointLimit(service, "edits", maximum=MAXIMUM, per_s=10.0)
    for _ in range(32):
        call = edits.begin("slow")
        clock.advance(0.8)
        call.answered()
        call.end()

    assert edits.room >= 7


def test_those_that_were_told_to_wait_are_woken(endpoint: EndpointLimit) -> None:
    woken: list[str] = []
    endpoint.when_free(lambda: woken.append("woken"))
    call = endpoint.begin("a")
    call.answered()
    call.end()
    assert woken == []

    call = endpoint.begin("a")
    endpoint.begin("a")
    assert endpoint.wait_s("a") > 0
    call.end()

    assert woken == ["woken"]
