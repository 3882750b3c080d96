"""One item's trouble is its own; a service that fails is asked once a second."""

from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from bot.workers.limits import TOLERATED, new_limits
from bot.workers.mixed_outcomes import BROKEN_S, MIXED_S
from bot.workers.outages import ALONE_S
from bot.workers.service_evidence import (
    EARLY_GAP_S,
    GIVES_WAY_S,
    LONGEST_GAP_S,
    OVERDUE_S,
    SILENT_S,
    ServiceEvidence,
)
from bot.workers.service_limit import (
    LATELY_S,
    LONGEST_RETRY_S,
    PROVEN_BY,
    Call,
    EndpointLimit,
)
from tests.callbacks import alone
from tests.clock import FakeClock
from tests.pipeline.limits import warm

MAXIMUM = 8


@pytest.fixture
def service(clock: FakeClock) -> ServiceEvidence:
    return ServiceEvidence(clock, wall=clock, tolerance=TOLERATED)


@pytest.fixture
def endpoint(service: ServiceEvidence) -> EndpointLimit:
    return EndpointLimit(service, "posts", maximum=MAXIMUM, per_key=2)


@pytest.fixture
def sibling(service: ServiceEvidence) -> EndpointLimit:
    return EndpointLimit(service, "edits", maximum=MAXIMUM)


def answer(endpoint: EndpointLimit, key: str) -> None:
    call = endpoint.begin(key)
    call.answered()
    call.end()


def fail(endpoint: EndpointLimit, key: str) -> None:
    call = endpoint.begin(key)
    call.failed("503")
    call.end()


def most_at_once(endpoint: EndpointLimit) -> int:
    calls: list[Call] = []
    while endpoint.room > 0:
        calls.append(endpoint.begin(len(calls)))
    for call in calls:
        call.end()
    return len(calls)


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


def test_who_asked_nothing_after_all_lets_the_next_ask(
    endpoint: EndpointLimit,
) -> None:
    call = endpoint.begin("a")
    assert endpoint.wait_s("b") > 0

    call.end()

    assert endpoint.wait_s("b") == 0


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
