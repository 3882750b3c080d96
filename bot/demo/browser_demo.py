"""The demo in a browser: both stand-ins and the bot, with a page to use them."""

import asyncio
import errno
import signal
import webbrowser
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.demo.bot_process import BotProcess
from bot.demo.stage import Stage, open_stage
from bot.errors import StartupError
from bot.texts.texts import known_locales
from sandbox.discord.config import SandboxConfig
from sandbox.evolink import EvolinkConfig
from sandbox.page import Pace, Page, PageConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserDemo:
    """The page and what is behind it, open. The bot is not begun yet."""

    stage: Stage
    page: Page
    pace: Pace


@asynccontextmanager
async def open_browser_demo(
    pace: Pace,
    *,
    port: int = 0,
    discord_config: SandboxConfig | None = None,
    make_bot: Callable[[dict[str, str], Path], BotProcess],
) -> AsyncGenerator[BrowserDemo]:
    """Open the stage and the page; close the page first, then end everything.

    Raises:
        StartupError: If the page's port cannot be had.
    """
    evolink_config = EvolinkConfig(
        # The stand-in's own clock keeps real time, because the bot relies on its
        # promises.
        total_s=pace.total_s,
        estimated_time_s=pace.estimated_time_s,
    )
    async with open_stage(discord_config, evolink_config, make_bot=make_bot) as stage:
        world = stage.world
        people = (world.member, world.other_member, world.moderator, world.admin)
        config = PageConfig(
            people=people, languages=known_locales(), pace=pace, port=port
        )
        page = Page(stage.discord, stage.evolink, stage.bot, config)
        async with AsyncExitStack() as opened:
            try:
                await opened.enter_async_context(page)
            except OSError as error:
                raise _port_refused(port, error) from error
            yield BrowserDemo(stage=stage, page=page, pace=pace)


def _port_refused(port: int, error: OSError) -> StartupError:
    why = "is already in use" if error.errno == errno.EADDRINUSE else "cannot be used"
    return StartupError(
        f"Port {port} {why}: choose another one with --port, or leave the option out "
        "to take any free one."
    )


async def until_interrupted() -> None:
    """Return when somebody presses Ctrl-C, or the process is told to end."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    endings = (signal.SIGINT, signal.SIGTERM)
    for ending in endings:
        loop.add_signal_handler(ending, over.set)
    try:
        await over.wait()
    finally:
        for ending in endings:
            loop.remove_signal_handler(ending)


async def show_in_browser(url: str) -> None:
    """Open a page in the person's browser, if there is one; else do nothing."""
    # It may start a program and wait for it, and must not hold up the page.
    await asyncio.to_thread(webbrowser.open, url)
