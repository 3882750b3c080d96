"""A place that takes no message keeps no card, log line, greeting or notice waiting."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sandbox.discord.faults import Fault as DiscordFault, Trouble
from sandbox.discord.records import Channel, Guild, User
from sandbox.evolink import Fault as EvolinkFault
from tests.brownout.town import (
    HEALTHY,
    LATER_S,
    MOST_BROKEN,
    PATIENCE_S,
    Town,
    open_town,
    within_s,
    without_fault,
)
from tests.selection import thorough

CREATE = "/v1/videos/generations"
WAYS: dict[str, dict[str, Any]] = {
    "400": {"status": 400, "code": 50035},
    "403": {"status": 403, "code": 50013},
    "429": {"status": 429, "retry_after_s": 5.0},
    "500": {"status": 500},
    "reset": {"trouble": Trouble.RESET},
    "hangs": {"trouble": Trouble.HANG},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One of many servers, with its moderators' two channels."""

    guild: Guild
    owner: User
    talk: Channel
    review: Channel
    log: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A town of clips in the making, and servers around it."""

    town: Town
    healthy: Sequence[Server]
    broken: Sequence[Server]

    async def types(self, server: Server, command: str, **options: Any) -> None:
        """Let a server's owner type a command, and wait for what it answers."""
        handle = await self.town.stage.discord.slash(
            server.owner, server.talk, command, options
        )
        await handle.response(timeout_s=PATIENCE_S)

    def break_post(self, channel: Channel, fault: dict[str, Any]) -> None:
        """Let no message be posted in a channel."""
        path = rf"^/channels/{channel.id}/messages$"
        self.town.stage.discord.faults.add(
            DiscordFault(method="POST", path=path, **fault)
        )

    def told(self, channels: Sequence[Channel]) -> int:
        """Return how many messages the bot posted there by itself."""
        return sum(
            one.origin is None and not one.ephemeral
            for channel in channels
            for one in self.town.stage.discord.all_messages(channel)
        )

    async def seconds_until_told(
        self, channels: Sequence[Channel], happen: Awaitable[object]
    ) -> float:
        """Return how long it takes from what happens until each has one more."""
        before, began = self.told(channels), time.monotonic()
        await happen
        await self.town.until(lambda: self.told(channels) >= before + len(channels))
        return time.monotonic() - began


@asynccontextmanager
async def open_country(zygote_path: Path) -> AsyncGenerator[Country]:
    """Begin a bot that is in many servers, with clips in the making."""
    async with open_town(zygote_path) as town:
        asking = asyncio.create_task(town.keep_busy(), name="busy")
        country = Country(
            town=town,
            healthy=[_found(town, f"good {n}") for n in range(HEALTHY)],
            broken=[_found(town, f"bad {n}") for n in range(MOST_BROKEN)],
        )
        await asyncio.gather(
            *(_settle(country, one) for one in (*country.healthy, *country.broken))
        )
        await asking
        yield country


def _found(town: Town, name: str, *, with_bot: bool = True) -> Server:
    world = town.stage.discord.world
    owner = world.add_user(name)
    guild = world.add_guild(name, owner=owner, with_bot=with_bot)
    add = partial(world.add_channel, guild)
    talk = add("talk", nsfw=True)
    world.set_system_channel(guild, talk)
    return Server(
        guild=guild,
        owner=owner,
        talk=talk,
        review=add("review", nsfw=True),
        log=add("log"),
    )


async def _settle(country: Country, server: Server) -> None:
    await country.types(server, "moderation channel", purpose="log", channel=server.log)
    await country.types(
        server, "moderation channel", purpose="review", channel=server.review
    )
    await country.types(server, "moderation spicy", policy="review")


async def _cards(country: Country, servers: Sequence[Server], number: int) -> None:
    options = {"prompt": f"velvet {number}", "mode": "spicy"}
    await asyncio.gather(*(country.types(one, "video", **options) for one in servers))


async def _log_lines(country: Country, servers: Sequence[Server], number: int) -> None:
    command, pattern = "moderation word", f"nothing{number}"
    await asyncio.gather(
        *(country.types(one, command, action="add", pattern=pattern) for one in servers)
    )


Happen = Callable[[Country, Sequence[Server], int], Awaitable[None]]
KINDS: dict[str, tuple[Happen, Callable[[Server], Channel]]] = {
    "card": (_cards, lambda server: server.review),
    "log line": (_log_lines, lambda server: server.log),
}


@pytest.mark.thorough
@pytest.mark.lengthy
@pytest.mark.parametrize("broken", [1, *thorough(MOST_BROKEN)])
async def test_a_servers_broken_channel_keeps_no_other_server_waiting(
    zygote_path: Path, broken: int
) -> None:
    late: dict[str, float] = {}
    async with open_country(zygote_path) as country:
        faults = country.town.stage.discord.faults
        for kind, (happen, place) in KINDS.items():
            healthy = [place(one) for one in country.healthy]
            bad = country.broken[:broken]
            usual_s = await country.seconds_until_told(
                healthy, happen(country, [*bad, *country.healthy], 0)
            )
            for number, (way, fault) in enumerate(WAYS.items(), 1):
                for one in bad:
                    country.break_post(place(one), fault)
                took_s = await country.seconds_until_told(
                    healthy, happen(country, [*bad, *country.healthy], number)
                )
                if took_s - usual_s > within_s(usual_s):
                    late[f"{kind} {way}"] = round(took_s - usual_s, 1)
                faults.clear()
                await asyncio.sleep(0.5)

    assert late == {}


@pytest.mark.thorough
@pytest.mark.lengthy
@pytest.mark.parametrize("broken", [1, *thorough(MOST_BROKEN)])
async def test_a_server_that_cannot_be_greeted_keeps_no_other_waiting(
    zygote_path: Path, broken: int
) -> None:
    late: dict[str, float] = {}
    async with open_town(zygote_path) as town:
        await town.keep_busy()
        world, faults = town.stage.discord.world, town.stage.discord.faults
        country = Country(town=town, healthy=(), broken=())
        usual_s = 0.0
        for way, fault in {"none": None, **WAYS}.items():
            good = [_found(town, way, with_bot=False) for _ in range(HEALTHY)]
            bad = [_found(town, way, with_bot=False) for _ in range(broken)]
            if fault is not None:
                for one in bad:
                    country.break_post(one.talk, fault)

            async def join(servers: Sequence[Server] = (*bad, *good)) -> None:
                for one in servers:
                    world.add_bot(one.guild)

            took_s = await country.seconds_until_told(
                [one.talk for one in good], join()
            )
            usual_s = took_s if fault is None else usual_s
            late[way] = round(took_s - usual_s, 1)
            faults.clear()
            await asyncio.sleep(0.5)

    most_s = within_s(usual_s)
    assert {way: by for way, by in late.items() if by > most_s} == {}


@pytest.mark.thorough
@pytest.mark.lengthy
async def test_broken_channels_keep_no_message_to_the_operator_waiting(
    zygote_path: Path,
) -> None:
    async with open_town(zygote_path) as town:
        country = Country(town=town, healthy=(), broken=())
        await town.keep_busy()
        bad = await town.begun(await town.ask(town.broken, "bad"))
        for channel in town.broken:
            country.break_post(channel, WAYS["500"])
        town.stage.evolink.faults.add(EvolinkFault(path=CREATE, answer=402))

        town.end(bad)
        took_s = await country.seconds_until_told(
            [town.operators], town.ask(town.healthy[:1], "refused")
        )

    assert took_s <= LATER_S


@pytest.mark.thorough
@pytest.mark.lengthy
async def test_the_operators_broken_channel_keeps_no_clip_waiting(
    zygote_path: Path,
) -> None:
    async with open_town(zygote_path) as town:
        country = Country(town=town, healthy=(), broken=())
        usual_s = await without_fault(town)
        good = await town.begun(await town.ask(town.healthy, "good"))
        country.break_post(town.operators, WAYS["hangs"])
        town.stage.evolink.faults.add(EvolinkFault(path=CREATE, answer=402))
        await town.ask(town.busy[:1], "refused")
        await town.until(lambda: "operator needed" in town.stage.bot.log())

        town.end(good)
        took_s = await town.seconds_until_posted(town.healthy, HEALTHY)

        assert country.told([town.operators]) == 0
    assert took_s - usual_s <= within_s(usual_s)
