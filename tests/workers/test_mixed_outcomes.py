"""While some items are answered, the failures of others are their own."""

import pytest

from bot.workers.limits import TOLERATED
from bot.workers.mixed_outcomes import BROKEN_S, MIXED_S
from bot.workers.service_evidence import OVERDUE_S, SILENT_S, ServiceEvidence
from bot.workers.service_limit import EndpointLimit
from tests.clock import FakeClock
from tests.pipeline.limits import warm
from tests.workers.asking import MAXIMUM, answer, fail


def test_what_hangs_while_a_later_one_is_answered_is_in_trouble_of_its_own(
    endpoint: EndpointLimit, sibling: EndpointLimit, clock: FakeClock
) -> None:
    """So several that hang do not take turns to hold up the rest."""
    warm(endpoint)
    for number in range(2):
        endpoint.begin(f"hangs {number}")
    clock.advance(SILENT_S)
    answer(sibling, "a")
    assert endpoint.is_mixed

    for number in range(2, 6):
        endpoint.begin(f"hangs {number}")
    clock.advance(OVERDUE_S)

    assert endpoint.wait_s("healthy") == 0


def test_after_a_failure_beside_answers_some_more_failures_are_no_doubt(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    """Broken items would else take turns to bring everybody into doubt."""
    warm(endpoint)
    fail(endpoint, "broken")
    clock.advance(0.1)
    answer(endpoint, "healthy")
    clock.advance(0.1)

    for number in range(TOLERATED):
        fail(endpoint, f"broken {number}")
        assert endpoint.is_sure
    fail(endpoint, "one more")

    assert endpoint.in_doubt


def test_where_an_endpoint_answers_and_answers_its_next_failure_is_doubt(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    """So the outage that follows another one is met with caution."""
    warm(endpoint)
    fail(endpoint, "broken")
    clock.advance(0.1)
    for number in range(TOLERATED + 2):
        answer(endpoint, f"healthy {number}")
    clock.advance(0.1)

    fail(endpoint, "broken")

    assert endpoint.in_doubt


def test_where_each_failure_is_doubt_none_of_another_endpoint_is_borne(
    service: ServiceEvidence, clock: FakeClock
) -> None:
    """Readings go on beside broken tasks, and a paid request asks first."""
    reads = EndpointLimit(service, "reads", maximum=MAXIMUM)
    creates = EndpointLimit(service, "creates", maximum=MAXIMUM, tolerant=False)
    break_two(reads, clock)

    fail(reads, "broken 0")

    assert (reads.in_doubt, creates.in_doubt) == (False, True)


def test_failures_where_each_is_doubt_let_no_other_endpoint_bear_more(
    service: ServiceEvidence, clock: FakeClock
) -> None:
    reads = EndpointLimit(service, "reads", maximum=MAXIMUM)
    creates = EndpointLimit(service, "creates", maximum=MAXIMUM, tolerant=False)
    warm(reads)
    fail(creates, "broken")
    clock.advance(0.1)
    answer(reads, "healthy")
    clock.advance(0.1)

    fail(reads, "a task")

    assert reads.in_doubt


@pytest.mark.parametrize("is_batch", [True, False])
def test_a_batch_that_fails_breaks_none_of_what_it_asks_for(
    endpoint: EndpointLimit,
    clock: FakeClock,
    is_batch: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Nobody knows which it is, so the outage that follows is met with caution."""
    warm(endpoint)
    for tasks in (("a", "b"), ("c", "d")):
        call = endpoint.begin(tasks, is_batch=is_batch)
        call.failed("500")
        call.end()
    clock.advance(0.1)
    for number in range(TOLERATED + 2):
        answer(endpoint, f"healthy {number}")
    clock.advance(0.1)

    fail(endpoint, "a")

    assert endpoint.in_doubt is is_batch


def test_what_an_answer_is_about_is_broken_no_more(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    break_two(endpoint, clock)
    call = endpoint.begin("all", is_batch=True)
    call.answered(["broken 0", "broken 1"])
    call.end()
    for number in range(TOLERATED + 2):
        answer(endpoint, f"healthy {number}")
    clock.advance(0.1)

    fail(endpoint, "broken 1")

    assert endpoint.in_doubt


def break_two(endpoint: EndpointLimit, clock: FakeClock) -> None:
    """Let two items fail beside an answer."""
    warm(endpoint)
    for number in range(2):
        fail(endpoint, f"broken {number}")
    clock.advance(0.1)
    answer(endpoint, "healthy")
    clock.advance(0.1)


def test_while_several_items_stay_broken_no_number_of_answers_brings_doubt_back(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    """However often others are answered: the broken ones are tried again and again."""
    break_two(endpoint, clock)
    for number in range(4 * TOLERATED):
        answer(endpoint, f"healthy {number}")
        clock.advance(MIXED_S / 4)

    fail(endpoint, "broken 0")
    fail(endpoint, "broken 1")

    assert endpoint.is_sure


@pytest.mark.parametrize("end", ["answered", "long ago"])
def test_what_is_broken_no_more_tells_nothing(
    endpoint: EndpointLimit, clock: FakeClock, end: str
) -> None:
    break_two(endpoint, clock)
    if end == "answered":
        answer(endpoint, "broken 0")
    else:
        clock.advance(BROKEN_S)
    for number in range(TOLERATED + 2):
        answer(endpoint, f"healthy {number}")
    clock.advance(0.1)

    fail(endpoint, "broken 1")

    assert endpoint.in_doubt


@pytest.mark.thorough
def test_an_outage_that_begins_beside_broken_items_is_soon_asked_once_a_second(
    endpoint: EndpointLimit, sibling: EndpointLimit, clock: FakeClock
) -> None:
    break_two(endpoint, clock)
    asked = 0
    for second in range(1, 31):
        for _ in range(10):
            for one in (endpoint, sibling):
                for item in one.in_order([f"item {n}" for n in range(100)], str):
                    if one.wait_s(item) <= 0:
                        asked += 1
                        fail(one, item)
            clock.advance(0.1)
        assert asked <= TOLERATED + 1 + max(3, second)


def test_what_hangs_beside_answers_is_broken(
    endpoint: EndpointLimit, clock: FakeClock
) -> None:
    warm(endpoint)
    for number in range(2):
        endpoint.begin(f"hangs {number}")
    clock.advance(SILENT_S)
    for number in range(4 * TOLERATED):
        answer(endpoint, f"healthy {number}")
        clock.advance(0.1)

    for number in range(2, 6):
        endpoint.begin(f"hangs {number}")
    clock.advance(OVERDUE_S)

    assert endpoint.wait_s("healthy") == 0
