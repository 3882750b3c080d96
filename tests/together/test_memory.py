"""What one process knows, the others know: edits, pauses and messages come once."""

import socket
from collections import defaultdict
from itertools import pairwise

import aiohttp
import pytest

from bot.pipeline.status_board import MOST_EDITS_PER_S
from sandbox.evolink import EvolinkConfig
from sandbox.evolink.faults import Fault
from tests.together.conftest import OpenTown
from tests.together.town import PROCESSES, Town
from tests.together.verdict import nothing_is_wrong

COMMANDS = 40
SLOW = EvolinkConfig(total_s=15.0, estimated_time_s=15)
EDITS = r"(/webhooks/\d+/[^/]+/messages/@original|/channels/\d+/messages/\d+)"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def jobs_in(port: int) -> dict[str, str]:
    """Return the gauges of jobs that a process shows, by their labels."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics") as answer,
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


def busiest_second(town: Town) -> int:
    """Return how many edits there were in the second with the most of them."""
    at_s = sorted(one.at_s for one in town.discord.requests_to("PATCH", EDITS))
    return max(sum(0 <= one - first < 1 for one in at_s) for first in at_s)


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_each_change_is_edited_once_and_the_last_word_is_the_last(
    opened: OpenTown,
) -> None:
    async with opened(evolink=SLOW) as town:
        for _ in range(COMMANDS):
            await town.ask()
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
        for clapper in town.clappers:
            await clapper.stop()
            channel = str(town.operators.id)
            await town.start(clapper, CLAPPER_OPERATOR__CHANNEL_ID=channel)
        await town.ready()
        town.evolink.faults.add(
            Fault(answer=402, method="POST", path="/v1/videos/generations", times=None)
        )
        first = await town.ask()
        await town.until(lambda: bool(town.discord.all_messages(town.operators)))

        later = [await town.ask(place=place) for place in town.places]
        await town.until(lambda: all(one.answered for one in later))

        assert first.accepted
        assert all(one.refused for one in later)
        assert len(town.discord.all_messages(town.operators)) == 1


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_what_the_database_sums_up_is_the_same_at_all_processes(
    opened: OpenTown,
) -> None:
    async with opened() as town:
        ports = [free_port() for _ in range(PROCESSES)]
        for clapper, port in zip(town.clappers, ports, strict=True):
            await clapper.stop()
            await town.start(clapper, CLAPPER_HTTP__LISTEN=f"127.0.0.1:{port}")
        await town.ready()
        for _ in range(COMMANDS):
            await town.ask()
        await nothing_is_wrong(town)

        gauges = [await jobs_in(port) for port in ports]

        assert gauges[0]['clapper_jobs{state="delivered"}'] == f"{COMMANDS}.0"
        assert gauges == [gauges[0]] * PROCESSES
