"""What one process knows, the others know: edits, pauses and messages come once."""

import asyncio
import re
from collections import defaultdict
from itertools import pairwise

import aiohttp
import pytest

from bot.pipeline.status_board import MOST_EDITS_PER_S
from sandbox.evolink.faults import Fault
from tests.together.clapper import Clapper
from tests.together.conftest import OpenTown
from tests.together.holders import shared
from tests.together.town import PATIENT, PROCESSES, SLOTS, Town
from tests.together.verdict import nothing_is_wrong

COMMANDS = 40
STANDS_FOR_S = 15.0
"""Status messages are looked at every five seconds."""
EDITS = r"(/webhooks/\d+/[^/]+/messages/@original|/channels/\d+/messages/\d+)"


async def jobs_in(clapper: Clapper) -> dict[str, str]:
    """Return the gauges of jobs that a process shows, by their labels."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://{clapper.listen}/metrics") as answer,
    ):
        lines = (await answer.text()).splitlines()
    return dict(
        line.rsplit(" ", 1) for line in lines if line.startswith("clapper_jobs{")
    )


def shown(town: Town) -> dict[str, list[object]]:
    """Return what each status message was edited to show, in its order."""
    by_message: dict[str, list[object]] = defaultdict(list)
    for one in town.discord.requests_to("PATCH", EDITS):
        if one.status == 200:
            by_message[one.path].append(one.body)
    return by_message


def pauses_told(town: Town) -> int:
    """Return how often the operator was told that intake is paused."""
    told = re.findall(r"operator needed.*what='intake-paused'", town.logs())
    return len(told)


def busiest_second(town: Town) -> int:
    """Return how many edits there were in the second with the most of them."""
    at_s = sorted(one.at_s for one in town.discord.requests_to("PATCH", EDITS))
    return max(sum(0 <= one - first < 1 for one in at_s) for first in at_s)


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_each_change_is_edited_once_and_the_last_word_is_the_last(
    opened: OpenTown,
) -> None:
    async with opened() as town:
        down = town.evolink.faults.add(Fault(answer=503, host="results", times=None))
        for _ in range(SLOTS):
            await town.ask()
        await asyncio.sleep(STANDS_FOR_S)
        town.evolink.faults.clear(down)
        await nothing_is_wrong(town)

        for edits in shown(town).values():
            assert all(before != after for before, after in pairwise(edits))
        for asked in town.asked:
            message = asked.handle.message
            assert message is not None
            assert "is ready" in message.text
        # A busy machine may bring together what left one after another.
        assert busiest_second(town) <= 1.5 * MOST_EDITS_PER_S


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_all_processes_refuse_while_the_account_is_refused_and_one_tells(
    opened: OpenTown,
) -> None:
    async with opened() as town:
        town.evolink.faults.add(
            Fault(answer=402, method="POST", path="/v1/videos/generations", times=None)
        )
        first = await town.ask()
        await town.until(lambda: bool(pauses_told(town)))
        while not await town.rows("SELECT reason FROM intake_pause"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        later = [await town.ask(place=place) for place in town.places]
        await town.until(lambda: all(one.answered for one in later))

        assert first.accepted
        assert all(one.refused for one in later)
        assert pauses_told(town) == 1


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_what_the_database_sums_up_is_the_same_at_all_processes(
    opened: OpenTown,
) -> None:
    async with opened(discord=PATIENT) as town:
        await shared(town)
        await town.have_taken(COMMANDS)
        await nothing_is_wrong(town)
        for clapper in town.clappers:
            await clapper.stop()
            await town.start(clapper)
        await shared(town)

        gauges = [await jobs_in(one) for one in town.clappers]

        assert gauges[0]['clapper_jobs{state="delivered"}'] == f"{COMMANDS}.0"
        assert gauges == [gauges[0]] * PROCESSES
