"""Many ask side by side only while there are answers; silence counts as an outage."""

import asyncio

import pytest

from bot.domain.waiting import Backoff
from bot.workers.outage import LATELY_S, SILENCE_S, NotNow, Outage, one_service
from tests.clock import FakeClock

BACKOFF = Backoff(base_s=1.5, cap_s=30.0)


@pytest.fixture
def outage(clock: FakeClock) -> Outage:
    return Outage("a service", clock, BACKOFF)


@pytest.fixture
def sibling(clock: FakeClock, outage: Outage) -> Outage:
    other = Outage("another endpoint", clock, BACKOFF)
    one_service(outage, other)
    return other


class Callers:
    """People at one service; `answer` is what each of them waits for."""

    def __init__(self, outage: Outage, count: int) -> None:
        self.outage = outage
        self.asked = 0
        self.sent_away = 0
        self.answer = asyncio.Event()
        self.is_down = False
        self.tasks = [asyncio.create_task(self._ask()) for _ in range(count)]

    async def _ask(self) -> None:
        try:
            async with self.outage.asking():
                self.asked += 1
                await self.answer.wait()
                if self.is_down:
                    self.outage.failed("down")
                else:
                    self.outage.worked()
        except NotNow:
            self.sent_away += 1

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def test_one_asks_first_and_the_others_follow_its_answer(outage: Outage) -> None:
    callers = Callers(outage, 5)
    await callers.settle()
    assert callers.asked == 1

    callers.answer.set()
    await callers.settle()

    assert callers.asked == 5


async def test_who_waits_for_one_that_fails_is_sent_away(outage: Outage) -> None:
    callers = Callers(outage, 5)
    callers.is_down = True
    await callers.settle()

    callers.answer.set()
    await callers.settle()

    assert (callers.asked, callers.sent_away) == (1, 4)


async def test_silence_is_asked_again_after_waits_that_grow(
    outage: Outage, clock: FakeClock
) -> None:
    """Half a minute of it costs a handful of requests, and none waits for another."""
    asked_at_s = []
    for tenth in range(300):
        if outage.quiet_s <= 0:
            outage.begin()
            asked_at_s.append(tenth / 10)
        clock.advance(0.1)

    assert 4 <= len(asked_at_s) <= 6
    assert len([at for at in asked_at_s if at < 3]) <= 2


async def test_after_answers_few_are_unanswered_at_once(outage: Outage) -> None:
    outage.most_unanswered = 2
    outage.worked()
    callers = Callers(outage, 5)
    await callers.settle()

    assert callers.asked == 2
    await callers.end()


async def test_an_answer_that_has_begun_lets_the_next_ask(outage: Outage) -> None:
    outage.most_unanswered = 1
    outage.worked()
    asked = outage.begin()
    callers = Callers(outage, 1)
    await callers.settle()
    assert callers.asked == 0

    outage.answered(asked)
    await callers.settle()

    assert callers.asked == 1
    await callers.end()


async def test_who_asked_nothing_after_all_lets_the_next_ask(outage: Outage) -> None:
    async with outage.asking():
        pass

    assert outage.quiet_s == 0


async def test_a_beginning_answer_does_not_end_an_outage(outage: Outage) -> None:
    """A host that breaks off each clip in the middle would be asked without pause."""
    outage.failed("broken off")
    asked = outage.begin()

    outage.answered(asked)

    assert outage.since is not None
    assert outage.quiet_s > 0


async def test_endpoints_that_fail_together_are_tried_by_turns(
    outage: Outage, sibling: Outage, clock: FakeClock
) -> None:
    outage.failed("down")
    clock.advance(0.1)

    assert sibling.quiet_s > 0
    tries = 0
    for _ in range(300):
        for one in (outage, sibling):
            if one.quiet_s <= 0:
                tries += 1
                asked = one.begin()
                one.failed("down")
                one.end(asked)
        clock.advance(0.1)
    assert 3 <= tries <= 8


async def test_an_endpoint_that_answers_is_not_held_back(
    outage: Outage, sibling: Outage, clock: FakeClock
) -> None:
    outage.failed("down")
    clock.advance(2)
    assert sibling.quiet_s == 0

    sibling.worked()
    outage.failed("down")

    assert sibling.quiet_s == 0
    assert outage.quiet_s > 0


async def test_silence_of_one_endpoint_makes_the_others_careful(
    outage: Outage, sibling: Outage, clock: FakeClock
) -> None:
    outage.begin()
    assert sibling.quiet_s == 0

    clock.advance(LATELY_S + 0.1)
    sibling.begin()

    assert sibling.quiet_s > 0


def test_who_has_found_no_answer_asks_for_all_for_a_while(
    outage: Outage, sibling: Outage, clock: FakeClock
) -> None:
    """More requests would find no answer either."""
    outage.worked()
    sibling.worked()
    clock.advance(0.5)
    outage.begin()

    clock.advance(LATELY_S + 0.1)
    assert sibling.quiet_s == pytest.approx(SILENCE_S - 0.1)
    clock.advance(SILENCE_S)
    assert sibling.quiet_s == 0
