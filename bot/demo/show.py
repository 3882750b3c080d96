"""What `clapper demo` does, from opening the stage to the exit status."""

import asyncio
import contextlib
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.demo.bot_process import BotProcess
from bot.demo.browser_demo import (
    BrowserDemo,
    open_browser_demo,
    show_in_browser,
    until_interrupted,
)
from bot.demo.house_rules import settle
from bot.demo.stage import Stage
from bot.demo.terminal import Terminal, say, store_clips
from bot.errors import StartupError
from sandbox.page import Pace

USUAL_S = 30.0
"""How long a clip takes in the demo at speed 1: long enough to see the progress."""
ONCE_WITHIN_S = 60.0
READY_WITHIN_S = 120.0
"""A busy machine takes long to import what the bot needs."""
PROMPT = "a paper boat sails down a rainy street, seen from its deck"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """The options of `clapper demo`."""

    once: bool = False
    """Ask for one clip, and end when it has come."""
    terminal: bool = False
    """Talk at the terminal, without a page."""
    port: int = 0
    """The page's; 0 takes a free one."""
    opens_browser: bool = True
    speed: float = 1.0
    """How many times faster than usual clips are made."""


def run(options: DemoOptions) -> int:
    """Run the demo, and return its exit status.

    With `once` it is 0 when the clip has come, 1 if none came within 60 s.
    """
    if options.once:
        return asyncio.run(_once(options.speed))
    if options.terminal:
        return asyncio.run(_talk(options.speed))
    return asyncio.run(_show(options))


async def _show(options: DemoOptions) -> int:
    async with _running(options.speed, usual_s=USUAL_S, port=options.port) as demo:
        await settle(demo.stage)
        say(f"The demo is at {demo.page.url} (Ctrl-C ends it).")
        if options.opens_browser:
            await show_in_browser(demo.page.url)
        await until_interrupted()
        say("Closing …")
    return 0


async def _once(speed: float) -> int:
    clips = Path(tempfile.mkdtemp(prefix="clapper-clips-"))
    async with _running(speed, usual_s=4.0) as demo:
        stage, world = demo.stage, demo.stage.world
        say(f"/video prompt: {PROMPT}")
        try:
            async with asyncio.timeout(ONCE_WITHIN_S):
                await stage.discord.slash(
                    world.member, world.general, "video", {"prompt": PROMPT}
                )
                message = await stage.discord.wait_for_message(
                    world.general, lambda m: bool(m.videos), ONCE_WITHIN_S
                )
        except TimeoutError:
            say("No clip came. The bot's log:")
            sys.stderr.write(stage.bot.log())
            return 1
        for path in store_clips(message, clips):
            say(f"The clip is here: {path}")
    return 0


async def _talk(speed: float) -> int:
    clips = Path(tempfile.mkdtemp(prefix="clapper-clips-"))
    async with _running(speed, usual_s=USUAL_S) as demo:
        stage = demo.stage
        say(f"Discord's stand-in is at {stage.discord.url}; clips go to {clips}.")
        terminal = asyncio.create_task(Terminal(stage, clips).run(), name="terminal")
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, terminal.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await terminal
        loop.remove_signal_handler(signal.SIGINT)
    return 0


@asynccontextmanager
async def _running(
    speed: float, *, usual_s: float, port: int = 0
) -> AsyncGenerator[BrowserDemo]:
    """Open everything and begin the bot, which has to be ready before the block."""
    async with open_browser_demo(
        Pace(usual_s=usual_s, speed=speed), port=port, make_bot=BotProcess
    ) as demo:
        say("Starting Clapper between stand-ins for Discord and EvoLink …")
        await begin(demo.stage)
        yield demo


async def begin(stage: Stage) -> None:
    """Begin the bot, and return when it is ready."""
    await stage.bot.start()
    try:
        await stage.discord.wait_ready(["video"], READY_WITHIN_S)
    except TimeoutError as error:
        sys.stderr.write(stage.bot.log())
        msg = f"Clapper was not ready within {READY_WITHIN_S:g} s; its log is above."
        raise StartupError(msg) from error
