"""Everything there is has its place in the program."""

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from discord.ext import commands

import bot
import cogs
from bot.app import App, _prepare_spool
from bot.config import Config
from bot.delivery.spool import Spool
from bot.errors import StartupError
from bot.jobs.due import Due
from bot.pipeline.wakeups import Rows
from bot.wiring.core import Core
from bot.wiring.program import Opened, join_program
from bot.workers.worker import Worker
from bot.workers.workforce import Workforce
from cogs.bot import ClapperBot
from cogs.drawing import custom_ids
from storage.processes.only import OnlyProcess

COMMANDS = {
    "Animate picture",
    "Report video",
    "Show credits",
    "about",
    "moderation",
    "preset",
    "privacy",
    "quota",
    "settings",
    "usage",
    "video",
    "videos",
}
KINDS = {*custom_ids.Act, "animate", "card", "forget", "history", "list", "quota"}
"""Of custom_ids."""


def every(kind: type[Any], package: str) -> set[type[Any]]:
    """Return the classes of a kind that can be made, in a package of ours."""
    path = importlib.import_module(package).__path__
    for found in pkgutil.walk_packages(path, f"{package}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    return {
        one
        for one in below(kind)
        if one.__module__.startswith(f"{package}.") and not inspect.isabstract(one)
    }


def below(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


async def test_every_worker_works(opened: Opened) -> None:
    program = await join_program(opened)
    at_work = [type(one) for one in program.workers]

    everywhere = every(Worker, bot.__name__) | every(Worker, cogs.__name__)
    assert set(at_work) == everywhere
    assert len(at_work) == len(set(at_work))


async def test_whatever_is_due_wakes_a_worker(opened: Opened, core: Core) -> None:
    program = await join_program(opened)
    woken: list[str] = []
    for worker in program.workers:
        worker.wake = lambda name=worker.name: woken.append(name)  # type: ignore[method-assign,misc]
    for kind in Due:
        core.wakeups.wake(kind)

    assert len(set(woken)) == len(Due)


@pytest.mark.parametrize("url", ["sqlite:///clapper.db", "postgresql://db/clapper"])
async def test_a_notification_that_is_lost_costs_half_a_minute(
    opened: Opened, core: Core, config: Config, url: str
) -> None:
    """Whoever may be woken looks as often at what is due."""
    stored = config.storage.model_copy(update={"url": url})
    there = replace(core, config=config.model_copy(update={"storage": stored}))
    program = await join_program(replace(opened, core=there))
    wakeable = [one for one in program.workers if core.wakeups.wakes(one)]

    rests_s = {one.name: await one.run_once() for one in wakeable}

    assert len(rests_s) == len(Due) + len(Rows)
    assert max(rests_s.values()) <= 30, rests_s


async def test_members_are_offered_every_command(opened: Opened) -> None:
    await join_program(opened)

    names = [one.name for one in opened.bot.tree.walk_commands() if not one.parent]
    menus = [
        one.name for one in opened.bot.tree.get_commands() if one.name not in names
    ]
    assert sorted({*names, *menus}) == sorted(COMMANDS)
    assert {type(one) for one in opened.bot.cogs.values()} == every(
        commands.Cog, cogs.__name__
    )


async def test_every_button_is_answered(opened: Opened) -> None:
    await join_program(opened)

    presses = opened.bot.get_cog("Presses")
    assert presses is not None
    assert set(presses._routes) == {str(kind) for kind in KINDS}  # type: ignore[attr-defined]


async def test_callbacks_are_taken_where_they_are_asked_for(opened: Opened) -> None:
    program = await join_program(opened)

    addresses = {
        one.resource.canonical for one in program.web.router.routes() if one.resource
    }
    assert {"/livez", "/healthz", "/metrics"} < addresses
    assert any("callbacks" in one for one in addresses)


async def test_the_application_shows_no_token(opened: Opened) -> None:
    processes = OnlyProcess()
    workforce = Workforce([], processes, prepare=partial(asyncio.sleep, 0))
    app = App(
        bot=opened.bot, workforce=workforce, processes=processes, token="the-token"
    )

    assert isinstance(app.bot, ClapperBot)
    assert "the-token" not in repr(app)


def test_a_spool_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StartupError, match=r"storage\.spool_dir .* cannot be used"):
        _prepare_spool(Spool(tmp_path / "file" / "spool"), is_alone=True)
