"""How long healthy items wait for broken ones, counted in simulated time.

By its failures alone nobody can tell a broken item from an outage, and to a service
that fails no more than three requests may leave in the first three seconds. So where a
service has but one endpoint, was not asked lately, and broken and healthy items that it
never saw come in the same moment, it is left to chance when the first healthy one is
probed; all others follow it at once.
"""

import random
from statistics import median

import pytest

from bot.workers.limits import TOLERATED
from bot.workers.service_evidence import ServiceEvidence
from bot.workers.service_limit import Call, EndpointLimit
from tests.clock import FakeClock

HEALTHY, BROKEN = 8, 15
RUNS = 100
STEP_S = 0.05
LONGEST_S = 30.0
COMES_EVERY_S = 0.5
ALL = [f"broken {n}" for n in range(BROKEN)] + [f"healthy {n}" for n in range(HEALTHY)]


@pytest.fixture(autouse=True)
def the_same_every_time() -> None:
    random.seed(11)


def last_healthy_s(clock: FakeClock, *, sibling_every_s: float | None) -> float:
    """Ask for all of them; return when the last healthy one was answered.

    With `sibling_every_s` another endpoint of the service is asked that often.
    """
    service = ServiceEvidence(clock, wall=clock, tolerance=TOLERATED)
    endpoint = EndpointLimit(service, "results", maximum=16)
    sibling = endpoint
    if sibling_every_s is not None:
        sibling = EndpointLimit(service, "edits", maximum=10, per_s=10.0)
    due = dict.fromkeys(ALL, 0.0)
    sibling_due_s = sibling_every_s or LONGEST_S
    for step in range(round(LONGEST_S / STEP_S)):
        now_s = step * STEP_S
        if now_s >= sibling_due_s and sibling.wait_s("message") <= 0:
            call = sibling.begin("message")
            call.answered()
            call.end()
            sibling_due_s = now_s + (sibling_every_s or LONGEST_S)
        waiting = [one for one, at_s in due.items() if at_s <= now_s]
        for item in endpoint.in_order(waiting, str):
            if endpoint.wait_s(item) > 0:
                continue
            call = endpoint.begin(item)
            if item.startswith("healthy"):
                call.answered()
                del due[item]
            else:
                call.failed("500")
                due[item] = now_s + call.retry_s(30.0)
            call.end()
        if not any(one.startswith("healthy") for one in due):
            return now_s
        clock.advance(STEP_S)
    return LONGEST_S


@pytest.mark.thorough
def test_without_other_evidence_most_wait_for_two_probes_and_none_for_sixteen(
    clock: FakeClock,
) -> None:
    took_s = sorted(last_healthy_s(clock, sibling_every_s=None) for _ in range(RUNS))

    assert median(took_s) <= 1.0
    assert sum(one <= 3.0 for one in took_s) >= 0.7 * RUNS
    assert sum(one <= 6.5 for one in took_s) >= 0.9 * RUNS
    assert took_s[-1] <= BROKEN + 2.5  # each broken one had its turn, at most once


@pytest.mark.parametrize("every_s", [0.2, 1.0])
def test_an_answer_of_another_endpoint_settles_it(
    clock: FakeClock, every_s: float
) -> None:
    took_s = [last_healthy_s(clock, sibling_every_s=every_s) for _ in range(RUNS)]

    assert max(took_s) <= every_s + 0.2


@pytest.mark.parametrize("answer_s", [2.0, 3.0])
def test_where_every_answer_takes_long_none_waits_for_others(
    clock: FakeClock, answer_s: float
) -> None:
    """A host of results that is asked whether it lives is as slow as its downloads."""
    service = ServiceEvidence(clock, wall=clock, tolerance=TOLERATED)
    results = EndpointLimit(service, "results", maximum=16)
    hosts = EndpointLimit(service, "hosts", maximum=4, per_key=1, tolerant=False)
    came_s: dict[str, float] = {}
    under_way: list[tuple[float, Call]] = []
    waited_s: list[float] = []
    for step in range(round(60.0 / STEP_S)):
        now_s = step * STEP_S
        if now_s % COMES_EVERY_S < STEP_S:
            came_s[f"clip {step}"] = now_s
        for ends_s, call in [one for one in under_way if one[0] <= now_s]:
            call.answered()
            call.end()
            under_way.remove((ends_s, call))
        if results.in_doubt and hosts.wait_s("host") <= 0:
            under_way.append((now_s + answer_s, hosts.begin("host")))
        for clip in results.in_order([*came_s], str):
            if results.wait_s(clip) <= 0:
                under_way.append((now_s + answer_s, results.begin(clip)))
                waited_s.append(now_s - came_s.pop(clip))
        clock.advance(STEP_S)

    assert max(waited_s) <= 2 * answer_s
    assert len(came_s) <= answer_s / COMES_EVERY_S
