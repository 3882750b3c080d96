"""What is broken stays alone: healthy clips beside it come as soon as without it."""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sandbox.discord.faults import Fault as DiscordFault, Trouble
from sandbox.discord.records import Channel
from sandbox.evolink import Ending, Fault as EvolinkFault
from sandbox.evolink.tasks import Task
from tests.brownout.town import (
    HEALTHY,
    MOST_BROKEN,
    READ_OFTEN,
    SHOWN_OFTEN,
    Town,
    open_town,
    within_s,
    without_fault,
)
from tests.selection import thorough

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


def channel(**fault: object) -> Break:
    def broken(town: Town, channels: Sequence[Channel], _tasks: Sequence[Task]) -> None:
        for one in channels:
            path = rf"^/channels/{one.id}/messages"
            town.stage.discord.faults.add(
                DiscordFault(method="POST", path=path, **fault)  # type: ignore[arg-type]
            )

    return broken


def edits(**fault: object) -> Break:
    def broken(town: Town, channels: Sequence[Channel], _tasks: Sequence[Task]) -> None:
        for one in channels:
            path = rf"^/webhooks/\d+/{re.escape(town.tokens[one.id])}/"
            town.stage.discord.faults.add(
                DiscordFault(method="PATCH", path=path, **fault)  # type: ignore[arg-type]
            )

    return broken


NO_FAULT = "nothing"
OF_DISCORD = frozenset({"channel", "edits"})
MOST_TASKS = 20 + HEALTHY
"""At EvoLink at once, those in the making included: broken ones must keep no place."""
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
    "edits 400": edits(status=400, code=50035),
    "edits 429": edits(status=429, retry_after_s=5.0),
    "edits 500": edits(status=500),
    "edits reset": edits(trouble=Trouble.RESET),
    "edits hang": edits(trouble=Trouble.HANG),
}


async def beside(town: Town, broken: int, way: str, ending: Ending) -> float:
    """Let healthy and broken tasks end together; return when the healthy are posted."""
    places = town.broken[:broken]
    bad = await town.begun(await town.ask(places, "bad"))
    good = await town.begun(await town.ask(town.healthy, "good"))
    if way != NO_FAULT:
        WAYS[way](town, places, bad)
    before, began = town.posted(town.healthy), time.monotonic()
    ready = town.ready(town.healthy)
    town.end([*bad, *good], ending)
    await town.until(lambda: town.posted(town.healthy) >= before + HEALTHY)
    if way.startswith(("edits", NO_FAULT)):
        await town.until(lambda: town.ready(town.healthy) >= ready + HEALTHY)
    took_s = time.monotonic() - began
    town.stage.evolink.faults.clear()
    town.stage.discord.faults.clear()
    return took_s


@pytest.mark.thorough
@pytest.mark.lengthy
@pytest.mark.parametrize("broken", [1, *thorough(MOST_BROKEN)])
@pytest.mark.parametrize(
    ("service", "ending"),
    [
        ("link", Ending.COMPLETED),
        *thorough(
            ("reading", Ending.COMPLETED),
            ("channel", Ending.COMPLETED),
            ("channel", Ending.FAILED),
            ("edits", Ending.COMPLETED),
        ),
    ],
)
async def test_broken_clips_keep_no_healthy_one_waiting(
    zygote_path: Path, service: str, ending: Ending, broken: int
) -> None:
    """While others are in the making, as in any bot that is in use."""
    late: dict[str, float] = {}
    async with open_town(zygote_path) as town:
        usual_s = await without_fault(town)
        most_s = within_s(usual_s)
        await town.keep_busy(SHOWN_OFTEN if service in OF_DISCORD else READ_OFTEN)
        if service == "edits":
            # So many last words share ten edits a second, whatever is broken.
            usual_s = await beside(town, broken, NO_FAULT, ending)
        for way in WAYS:
            if way.startswith(service):
                took_s = await beside(town, broken, way, ending)
                late[way] = round(took_s - usual_s, 1)
                await asyncio.sleep(0.5)

    assert {way: by for way, by in late.items() if by > most_s} == {}


@pytest.mark.thorough
@pytest.mark.lengthy
@pytest.mark.parametrize("trouble", [Trouble.HANG, *thorough(Trouble.RESET)])
async def test_channels_that_cannot_be_searched_keep_no_clip_waiting(
    zygote_path: Path, trouble: Trouble
) -> None:
    """A post whose outcome is unknown is searched for before it is repeated."""
    async with open_town(zygote_path) as town:
        usual_s = await without_fault(town)
        await town.keep_busy(SHOWN_OFTEN)
        bad = await town.begun(await town.ask(town.broken, "bad"))
        good = await town.begun(await town.ask(town.healthy, "good"))
        for one in town.broken:
            path = rf"^/channels/{one.id}/messages"
            for method, fault in (("POST", Trouble.RESET), ("GET", trouble)):
                town.stage.discord.faults.add(
                    DiscordFault(method=method, path=path, trouble=fault)
                )
        town.end(bad)
        await town.until(lambda: _searched(town) >= MOST_BROKEN // 2)

        town.end(good)
        took_s = await town.seconds_until_posted(town.healthy, HEALTHY)
        town.stage.discord.faults.clear()

    assert took_s - usual_s <= within_s(usual_s)


def _searched(town: Town) -> int:
    """Return in how many channels the bot has begun to look for its messages."""
    return len(
        {
            one.path
            for one in town.stage.discord.requests
            if one.method == "GET" and re.match(r"/channels/\d+/messages", one.path)
        }
    )


@pytest.mark.thorough
@pytest.mark.lengthy
@pytest.mark.parametrize("broken", [1, *thorough(MOST_BROKEN)])
@pytest.mark.parametrize("answer", [500, *thorough("reset", "hang", "no-json")])
async def test_prompts_that_evolink_cannot_take_keep_no_other_waiting(
    zygote_path: Path, answer: object, broken: int
) -> None:
    """Each in a town of its own: broken ones that were taken at last keep a place."""
    async with open_town(zygote_path, max_active_tasks=MOST_TASKS) as town:
        await town.keep_busy(READ_OFTEN)
        usual_s = await _made(town, min(broken, MOST_TASKS - 2 * HEALTHY), "fine")
        fault = EvolinkFault(
            path="/v1/videos/generations",
            mentions="bad",
            answer=answer,  # type: ignore[arg-type]
            times=None,
        )
        town.stage.evolink.faults.add(fault)
        took_s = await _made(town, broken, "bad")
        town.stage.evolink.faults.clear()

    assert took_s - usual_s <= within_s(usual_s)


async def _made(town: Town, others: int, word: str) -> float:
    """Return how long healthy clips take from the request on, beside others."""
    places = town.broken[:others]
    before, began = town.posted(town.healthy), time.monotonic()
    posted_beside = town.posted(places)
    beside, prompts = await asyncio.gather(
        town.ask(places, word), town.ask(town.healthy, "good")
    )
    if word == "bad":
        town.end(await town.begun(prompts))
    else:
        town.end(await town.begun([*beside, *prompts]))
    await town.until(lambda: town.posted(town.healthy) >= before + HEALTHY)
    took_s = time.monotonic() - began
    if word != "bad":
        await town.until(lambda: town.posted(places) >= posted_beside + others)
    return took_s
