"""What is broken stays alone: healthy clips beside it come as soon as without it."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sandbox.discord.faults import Fault as DiscordFault, Trouble
from sandbox.discord.records import Channel
from sandbox.evolink import Fault as EvolinkFault
from sandbox.evolink.tasks import Task
from tests.brownout.town import HEALTHY, MOST_BROKEN, Town, open_town
from tests.selection import thorough

LATER_S = {1: 3.0, MOST_BROKEN: 10.0}
"""So much later than without a fault healthy clips may come.

Where twice as many broken ones come in the same moment, to a service that was not asked
for anything lately, nobody can tell them from an outage. Then no more than three
requests may leave within three seconds, and one a second from then on: mostly one of
the first three is healthy, and all others follow it at once, but it is a lottery.
"""

Break = Callable[[Town, Sequence[Channel], Sequence[Task]], None]
"""Breaks what concerns these channels and tasks alone, until all faults are cleared."""


def link(answer: object) -> Break:
    def broken(town: Town, _channels: Sequence[Channel], tasks: Sequence[Task]) -> None:
        for task in tasks:
            fault = EvolinkFault(
                host="results",
                path=task.result_path,
                answer=answer,  # type: ignore[arg-type]
                times=None,
            )
            town.stage.evolink.faults.add(fault)

    return broken


def reading(answer: object) -> Break:
    def broken(town: Town, _channels: Sequence[Channel], tasks: Sequence[Task]) -> None:
        for task in tasks:
            fault = EvolinkFault(
                path="/v1/tasks/.*",
                mentions=task.id,
                answer=answer,  # type: ignore[arg-type]
                times=None,
            )
            town.stage.evolink.faults.add(fault)

    return broken


def channel(method: str = "POST", **fault: object) -> Break:
    def broken(town: Town, channels: Sequence[Channel], _tasks: Sequence[Task]) -> None:
        for one in channels:
            path = rf"^/channels/{one.id}/messages"
            town.stage.discord.faults.add(
                DiscordFault(method=method, path=path, **fault)  # type: ignore[arg-type]
            )

    return broken


WAYS: dict[str, Break] = {
    "link 400": link(400),
    "link 404": link(404),
    "link 500": link(500),
    "link unparsable": link("no-http"),
    "link hangs": link("hang"),
    "link reset": link("reset"),
    "reading 500": reading(500),
    "reading unreadable": reading("no-json"),
    "reading hangs": reading("hang"),
    "channel 400": channel(status=400, code=50035),
    "channel 403": channel(status=403, code=50013),
    "channel 429": channel(status=429, retry_after_s=5.0),
    "channel 500": channel(status=500),
    "channel reset": channel(trouble=Trouble.RESET),
    "channel hangs": channel(trouble=Trouble.HANG),
    "edits 500": channel("PATCH", status=500),
    "edits hang": channel("PATCH", trouble=Trouble.HANG),
}
CREATES = (500, "reset", "hang", "no-json")


async def without_fault(town: Town) -> float:
    """Return how long healthy clips take."""
    tasks = await town.begun(await town.ask(town.healthy, "fine"))
    town.end(tasks)
    return await town.seconds_until_posted(town.healthy, HEALTHY)


async def beside(town: Town, broken: int, break_: Break) -> float:
    """Let healthy and broken tasks end together; return when the healthy are posted."""
    places = town.broken[:broken]
    bad = await town.begun(await town.ask(places, "bad"))
    good = await town.begun(await town.ask(town.healthy, "good"))
    break_(town, places, bad)
    town.end([*bad, *good])
    took_s = await town.seconds_until_posted(town.healthy, HEALTHY)
    town.stage.evolink.faults.clear()
    town.stage.discord.faults.clear()
    return took_s


@pytest.mark.lengthy
@pytest.mark.parametrize("broken", [1, *thorough(MOST_BROKEN)])
@pytest.mark.parametrize("service", ["link", *thorough("reading", "channel", "edits")])
async def test_broken_clips_keep_no_healthy_one_waiting(
    zygote_path: Path, service: str, broken: int
) -> None:
    late: dict[str, float] = {}
    async with open_town(zygote_path) as town:
        usual_s = await without_fault(town)
        for name, break_ in WAYS.items():
            if name.startswith(service):
                took_s = await beside(town, broken, break_)
                late[name] = round(took_s - usual_s, 1)
                await asyncio.sleep(0.5)

    assert {name: by for name, by in late.items() if by > LATER_S[broken]} == {}


@pytest.mark.lengthy
@pytest.mark.parametrize("answer", [CREATES[0], *thorough(*CREATES[1:])])
@pytest.mark.parametrize("broken", [1, *thorough(MOST_BROKEN)])
async def test_prompts_that_evolink_cannot_take_keep_no_other_waiting(
    zygote_path: Path, answer: object, broken: int
) -> None:
    async with open_town(zygote_path, max_active_tasks=20) as town:
        began = asyncio.get_running_loop().time()
        await without_fault(town)
        usual_s = asyncio.get_running_loop().time() - began
        fault = EvolinkFault(
            path="/v1/videos/generations",
            mentions="bad",
            answer=answer,  # type: ignore[arg-type]
            times=None,
        )
        town.stage.evolink.faults.add(fault)
        asked = asyncio.get_running_loop().time()
        _, prompts = await asyncio.gather(
            town.ask(town.broken[:broken], "bad"), town.ask(town.healthy, "good")
        )
        town.end(await town.begun(prompts))
        await town.until(lambda: town.posted(town.healthy) >= 2 * HEALTHY)
        took_s = asyncio.get_running_loop().time() - asked

    assert took_s - usual_s <= LATER_S[broken]
