"""What a process did, others do soon after it has ended.

`make soak` ends twenty processes in each way and prints how long the others took.
"""

import sys

import pytest

from bot.processes.seats import Seat
from tests.together.conftest import OpenTown
from tests.together.holders import holder_of, shared
from tests.together.takeover import Takeover, kept_busy, taken_over_from
from tests.together.town import Town
from tests.together.verdict import Terms, nothing_is_wrong

KILLED_WITHIN_S, STOPPED_WITHIN_S = 30.0, 5.0
BUSY_MACHINE_S = 2.0
"""So much longer it may take beside other tests."""
ENDS = 20


async def takeovers(town: Town, ends: int, *, politely: bool) -> list[Takeover]:
    """End processes one after another, beginning with who works for EvoLink."""
    seen: list[Takeover] = []
    async with kept_busy(town):
        for number in range(ends):
            await shared(town)
            holder = await holder_of(town, Seat.EVOLINK)
            assert holder is not None
            others = [one for one in town.clappers if one is not holder]
            victim = holder if number % 2 == 0 else others[number // 2 % len(others)]
            seen.append(await taken_over_from(town, victim, politely=politely))
            sys.stderr.write(f"  {'SIGTERM' if politely else 'SIGKILL'}: {seen[-1]}\n")
            await town.start(victim)
    await nothing_is_wrong(town, Terms(deaths=ends))
    return seen


def longest(seen: list[Takeover]) -> float:
    return max(one.longest_s for one in seen)


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_the_work_of_two_that_were_killed_is_taken_over(opened: OpenTown) -> None:
    async with opened() as town:
        seen = await takeovers(town, 2, politely=False)

    assert longest(seen) <= KILLED_WITHIN_S + BUSY_MACHINE_S, seen


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_the_work_of_two_that_end_in_order_is_handed_over(
    opened: OpenTown,
) -> None:
    async with opened() as town:
        seen = await takeovers(town, 2, politely=True)

    assert longest(seen) <= STOPPED_WITHIN_S + BUSY_MACHINE_S, seen


@pytest.mark.soak
@pytest.mark.parametrize("way", ["SIGKILL", "SIGTERM"])
async def test_twenty_takeovers_are_each_in_time(opened: OpenTown, way: str) -> None:
    politely = way == "SIGTERM"
    async with opened() as town:
        seen = await takeovers(town, ENDS, politely=politely)

    assert longest(seen) <= (STOPPED_WITHIN_S if politely else KILLED_WITHIN_S), seen
    assert any(one.deliveries_s is not None for one in seen), "no clip was ready"
