"""The database, or the network to it, is away for a while: nothing is lost by that."""

import asyncio

import pytest

from tests.together.asked import BUSY, Asked
from tests.together.conftest import OpenTown
from tests.together.holders import shared
from tests.together.takeover import kept_busy
from tests.together.town import Town
from tests.together.verdict import nothing_is_wrong

CUT_S = 20.0
AWAY_S = 3.0
WORK_S = 5.0


async def at_work(town: Town) -> None:
    """Wait until jobs of every age are in hand."""
    await shared(town)
    await asyncio.sleep(WORK_S)


async def ask_everywhere(town: Town) -> list[Asked]:
    """Type one command on each shard and wait for what comes of it."""
    asked = [await town.ask(place=place) for place in town.places]
    await town.answered(asked)
    return asked


async def recovered(town: Town) -> None:
    """Wait until commands are taken on all shards, and demand that nothing was lost."""
    await shared(town)
    asked = await town.have_taken(len(town.places))
    assert [one.outcome for one in asked if not one.accepted] == []
    await nothing_is_wrong(town)


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_a_restart_of_the_server_is_told_to_members_and_passes(
    opened: OpenTown,
) -> None:
    async with opened() as town:
        async with kept_busy(town):
            await at_work(town)
            await asyncio.to_thread(town.cluster.stop)
            try:
                told = await ask_everywhere(town)
                await asyncio.sleep(AWAY_S)
            finally:
                await asyncio.to_thread(town.cluster.start)
            await asyncio.sleep(WORK_S)

        await recovered(town)

        assert [one.outcome for one in told if BUSY not in one.outcome] == []


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_a_cut_network_is_told_to_members_and_passes(opened: OpenTown) -> None:
    async with opened() as town:
        async with kept_busy(town):
            await at_work(town)
            for clapper in town.clappers:
                clapper.network.cut()
            told = await ask_everywhere(town)
            await asyncio.sleep(CUT_S)
            for clapper in town.clappers:
                clapper.network.restore()
            await asyncio.sleep(WORK_S)

        await recovered(town)

        assert [one.outcome for one in told if BUSY not in one.outcome] == []


@pytest.mark.lengthy
@pytest.mark.timeout(300)
@pytest.mark.parametrize("how", ["cut", "reset"])
async def test_one_process_that_loses_its_network_doubles_nothing(
    opened: OpenTown, how: str
) -> None:
    """The others take over what it had, or it goes on before they do."""
    async with opened() as town:
        async with kept_busy(town):
            await at_work(town)
            network = town.clappers[0].network
            if how == "reset":
                network.reset()
            else:
                network.cut()
                await asyncio.sleep(CUT_S)
                network.restore()
            await asyncio.sleep(WORK_S)

        await recovered(town)
