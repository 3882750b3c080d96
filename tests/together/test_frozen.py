"""A process that is stopped and goes on later changes nothing that others now do."""

import asyncio
from collections import Counter

import pytest

from bot.processes.seats import Seat
from tests.together.conftest import OpenTown
from tests.together.holders import holder_of, shards_of, shared
from tests.together.takeover import kept_busy
from tests.together.town import Town
from tests.together.verdict import nothing_is_wrong

TAKEN_OVER_AFTER_S = 30.0
LONGER_S = 60.0


async def freeze_for(town: Town, frozen_s: float) -> None:
    """Stop who works for EvoLink while there is much to do, and let it go on later."""
    async with kept_busy(town):
        await shared(town)
        victim = await holder_of(town, Seat.EVOLINK)
        assert victim is not None
        shards = await shards_of(town, victim)
        victim.freeze()
        await asyncio.sleep(frozen_s)
        held = [
            await shards_of(town, one) for one in town.clappers if one is not victim
        ]
        assert shards <= set().union(*held)
        meanwhile = [await town.ask(place=place) for place in town.places]
        await town.answered(meanwhile)
        assert await holder_of(town, Seat.EVOLINK) is not victim
        victim.thaw()
        await shared(town)
    await town.until(lambda: not _doubled_shards(town))
    await nothing_is_wrong(town)
    assert all(one.accepted for one in meanwhile)


def _doubled_shards(town: Town) -> list[tuple[int, int]]:
    sessions = town.discord.gateway.sessions
    served = Counter(one.shard for one in sessions if one.connection is not None)
    return [shard for shard, times in served.items() if times > 1]


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_a_process_that_slept_finds_its_work_with_others(
    opened: OpenTown,
) -> None:
    async with opened() as town:
        await freeze_for(town, TAKEN_OVER_AFTER_S)


@pytest.mark.soak
async def test_a_process_that_slept_for_a_minute_finds_its_work_with_others(
    opened: OpenTown,
) -> None:
    """Discord, too, has given its connections up by then."""
    async with opened() as town:
        await freeze_for(town, LONGER_S)
