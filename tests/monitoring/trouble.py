"""A world whose process is scraped, and what is waited for in it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from bot.demo.stage import Stage
from tests.crash.test_callbacks_at_work import free_port
from tests.e2e.channel import PATIENCE_S
from tests.e2e.conftest import OpenStage
from tests.lives.clocks import LifeClock
from tests.monitoring.recording import Recording


def listen_at(port: int) -> dict[str, str]:
    """Return the setting with which a process is scraped at a port."""
    return {"CLAPPER_HTTP__LISTEN": f"127.0.0.1:{port}"}


async def scraped_world(
    open_world: OpenStage,
    folder: Path,
    *args: Any,
    minutes_each: int = 1,
    **settings: str,
) -> tuple[Stage, Recording]:
    """Open a world with one process by a clock of its own, and a recording of it."""
    port = free_port()
    clock = LifeClock(folder / "ahead")
    stage = await open_world(*args, **listen_at(port), **clock.settings, **settings)
    recording = Recording(
        ports={"a": port}, folder=folder, minutes_each=minutes_each, clock=clock
    )
    await healthy(port)
    return stage, recording


async def healthy(port: int) -> None:
    """Wait until a process says that it is."""
    async with asyncio.timeout(PATIENCE_S), aiohttp.ClientSession() as session:
        while True:
            with suppress(aiohttp.ClientError):
                async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                    if answer.status == HTTPStatus.OK:
                        return
            await asyncio.sleep(0.05)


async def logged(stage: Stage, words: str, timeout_s: float = PATIENCE_S) -> None:
    """Wait until the process has logged something."""
    await until(lambda: words in stage.bot.log(), timeout_s)


async def until(true: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
    """Wait for what the stand-ins know nothing of."""
    async with asyncio.timeout(timeout_s):
        while not true():  # noqa: ASYNC110 - nobody could tell us
            await asyncio.sleep(0.05)
