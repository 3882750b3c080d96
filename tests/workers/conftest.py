"""The invariant that holds after every test of a worker."""

import pytest

from bot.workers.limits import TOLERATED
from bot.workers.service_evidence import ServiceEvidence
from bot.workers.service_limit import EndpointLimit
from tests.clock import FakeClock
from tests.workers.asking import MAXIMUM


@pytest.fixture(autouse=True)
def _nothing_is_stuck(nothing_is_stuck: None) -> None:
    """A job that somebody waits for is looked at again."""


@pytest.fixture
def service(clock: FakeClock) -> ServiceEvidence:
    return ServiceEvidence(clock, wall=clock, tolerance=TOLERATED)


@pytest.fixture
def endpoint(service: ServiceEvidence) -> EndpointLimit:
    return EndpointLimit(service, "posts", maximum=MAXIMUM, per_key=2)


@pytest.fixture
def sibling(service: ServiceEvidence) -> EndpointLimit:
    return EndpointLimit(service, "edits", maximum=MAXIMUM)
