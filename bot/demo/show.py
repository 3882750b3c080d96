"""What `clapper demo` does, from opening the stage to the exit status."""

import asyncio
import contextlib
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.demo.stage import Stage, open_stage
from bot.demo.terminal import Terminal, say, store_clips
from sandbox.evolink import EvolinkConfig

REAL_TOTAL_S = 30.0
"""How long a clip takes in the demo at speed 1: long enough to see the progress."""
ONCE_WITHIN_S = 60.0
PROMPT = "a paper boat sails down a rainy street, seen from its deck"


def run(*, once: bool, port: int, open_page: bool, speed: float) -> int:
    """Run the demo, and return its exit status.

    `once` asks for one clip and returns 0 when it has come, 1 if none came within 60 s.
    """
    del port, open_page  # of the page, which does not exist yet
    return asyncio.run(_once(speed) if once else _talk(speed))


async def _once(speed: float) -> int:
    clips = Path(tempfile.mkdtemp(prefix="clapper-clips-"))
    async with _running(speed, total_s=4.0) as stage:
        world = stage.world
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
    async with _running(speed, total_s=REAL_TOTAL_S) as stage:
        say(f"Discord's stand-in is at {stage.discord.url}; clips go to {clips}.")
        terminal = asyncio.create_task(Terminal(stage, clips).run(), name="terminal")
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, terminal.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await terminal
        loop.remove_signal_handler(signal.SIGINT)
    return 0


@asynccontextmanager
async def _running(speed: float, *, total_s: float) -> AsyncGenerator[Stage]:
    """Open the stage and begin the bot, which has to be ready before the block."""
    total_s = max(1.0, total_s / speed)
    # The stand-in's own clock keeps real time: the bot reckons with what it promises.
    config = EvolinkConfig(total_s=total_s, estimated_time_s=round(total_s))
    async with open_stage(evolink_config=config) as stage:
        say("Starting Clapper between stand-ins for Discord and EvoLink …")
        await stage.bot.start()
        try:
            await stage.discord.wait_ready(["video"])
        except TimeoutError:
            sys.stderr.write(stage.bot.log())
            raise
        yield stage
