"""One service that fails is tried by one job at a time, after waits that grow."""

import pytest

from bot.domain.jobs import Job
from bot.ports import Due, JobStore
from bot.workers.job_worker import JobWorker
from tests.clock import FakeClock
from tests.workers.stages import Stages

pytestmark = pytest.mark.usefixtures("database")


class Caller(JobWorker):
    """Asks a service for each due delivery; it may be down."""

    name = "caller"
    kind = Due.DELIVERY
    at_once = 8

    def __init__(self, jobs: JobStore, clock: FakeClock) -> None:
        super().__init__(jobs, clock)
        self.service = self.depends_on("a service")
        self.is_down = True
        self.asked = 0

    async def attend(self, job: Job) -> None:
        self.asked += 1
        if self.is_down:
            self.service.failed("down")
            await self.postpone(job, 1.0)
        else:
            self.service.worked()
            await self.postpone(job, 3600.0)


async def turn(caller: Caller) -> float:
    wait_s = await caller.look()
    await caller.drain()
    return wait_s


@pytest.fixture
async def caller(store: JobStore, clock: FakeClock, stages: Stages) -> Caller:
    for number in range(6):
        await stages.delivering(f"task-{number}")
    return Caller(store, clock)


async def test_what_was_under_way_together_is_one_failure(caller: Caller) -> None:
    await turn(caller)

    assert caller.asked == 6
    assert 1.2 <= caller.quiet_s <= 1.5


async def test_nothing_is_asked_while_it_is_quiet(
    caller: Caller, clock: FakeClock
) -> None:
    await turn(caller)
    clock.advance(1.1)

    assert 0 < await turn(caller) <= 1.5
    assert caller.asked == 6


async def test_then_one_job_tries_for_all(caller: Caller, clock: FakeClock) -> None:
    await turn(caller)
    clock.advance(2)
    await turn(caller)

    assert caller.asked == 7
    assert 2.4 <= caller.quiet_s <= 3.0


async def test_an_outage_of_half_a_minute_costs_few_questions(
    caller: Caller, clock: FakeClock
) -> None:
    """Fewer than one a second, over all jobs."""
    for _ in range(300):
        await turn(caller)
        clock.advance(0.1)

    assert caller.asked - 6 <= 6


async def test_once_it_answers_all_go(caller: Caller, clock: FakeClock) -> None:
    await turn(caller)
    caller.is_down = False
    clock.advance(2)
    await turn(caller)
    assert caller.asked == 7

    await turn(caller)
    assert caller.asked == 12
