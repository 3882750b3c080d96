"""What several processes say of themselves, to the operator and to load balancers.

With one more than there are shards, so that one stands by.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import aiohttp
import pytest

from bot.cli.database import at_work
from bot.cli.process_lines import AtWork, as_text
from bot.jobs.due import Due
from bot.processes.seats import Seat
from sandbox.evolink import Fault
from tests.together.clapper import Clapper
from tests.together.conftest import OpenTown
from tests.together.holders import shared
from tests.together.town import PATIENCE_S, SHARDS, Town
from tests.together.verdict import nothing_is_wrong

COMMANDS = 12
FEW = 4
"""Of their clips are fetched at once, whoever does it."""


async def get(clapper: Clapper, path: str) -> str:
    """Ask a process that is healthy."""
    address = f"http://{clapper.listen}{path}"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        said = await answer.text()
        assert answer.status == 200, said
        return said


async def healths(town: Town) -> Sequence[dict[str, Any]]:
    """Ask each process how it is."""
    async with aiohttp.ClientSession() as session:
        found: list[dict[str, Any]] = []
        for one in town.clappers:
            async with session.get(f"http://{one.listen}/healthz") as answer:
                assert answer.status == 200
                found.append(await answer.json())
        return found


async def listed_at_work(town: Town) -> AtWork:
    """Wait until what the processes say of their deliveries is what is claimed."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = await at_work(town.database_url)
            said = [one.work.get("deliverer", 0) for one in found.processes]
            if sum(said) == found.claimed[Due.DELIVERY] >= FEW:
                return found
            await asyncio.sleep(0.2)


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_the_operator_sees_who_has_what_and_a_standby_is_healthy(
    opened: OpenTown,
) -> None:
    async with opened(processes=SHARDS + 1) as town:
        await shared(town)
        hang = town.evolink.faults.add(Fault(answer="hang", host="results", times=None))
        for _ in range(COMMANDS):
            await town.ask()
        await town.answered(town.asked)

        found = await listed_at_work(town)
        health = await healths(town)
        pages = [await get(one, "/") for one in town.clappers]
        scraped = [await get(one, "/metrics") for one in town.clappers]
        town.evolink.faults.clear(hang)
        await nothing_is_wrong(town)

    names = {one.name for one in found.processes}
    assert len(names) == SHARDS + 1
    assert all(one.is_alive for one in found.processes)
    held = [shard for one in found.processes for shard in one.shards]
    assert sorted(held) == list(range(SHARDS))
    seats = [seat for one in found.processes for seat in one.seats]
    assert sorted(seats) == sorted(Seat)
    text = as_text(found)
    assert f"delivery {found.claimed[Due.DELIVERY]}" in text.splitlines()[-1]
    assert "  deliverer " in text

    assert [one["standby"] for one in health].count(True) == 1
    for one in health:
        assert one["healthy"]
        assert one["living"] == SHARDS + 1
        assert bool(one["shards"]) is not one["standby"]

    for clapper, page in zip(town.clappers, pages, strict=True):
        assert page.count("(this one)") == 1
        (this,) = [one for one in names if one.startswith(f"{clapper.bot.pid} on ")]
        assert f"{this} (this one)" in page
        assert all(one in page for one in names)
        assert "Everything works." in page
        assert not any(one.prompt in page for one in town.asked)
    for page in scraped:
        assert f"clapper_processes {SHARDS + 1}.0" in page
    balances = ["clapper_balance_credits{" in page for page in scraped]
    assert balances.count(True) == 1
