"""What a year of finished jobs costs those who ask for something today.

The same questions with more and more history behind them: of a server with a tenth of
all jobs, and of a member with a fifth of that server's. They are asked within this
process, where it shows how long the only writer is held and how long the event loop
stands still. Then the bot itself is started on the same database, and asked at once.
"""

import asyncio
import socket
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

import aiohttp

from benchmarks.acknowledgement import UNLIMITED
from benchmarks.grown import Shape, put_history
from benchmarks.history_questions import Asked, ask_all
from benchmarks.report import percentile, show
from bot.demo.bot_process import BotProcess
from bot.demo.stage import Stage, open_stage
from sandbox.discord.config import SandboxConfig
from sandbox.evolink import EvolinkConfig
from storage.database.engine import Database
from storage.database.schema import upgrade

SIZES = (10_000, 100_000)
QUICK_SIZES = (2_000,)
LARGE = 1_000_000
"""With `--large`: it takes minutes to make so many."""

COMMANDS = 40
WITHIN_S = 8.0
ANSWERED_WITHIN_S = 1.0
"""The first commands after a start."""
SCRAPED_WITHIN_S = 0.1
"""Each request for `/metrics`, `/healthz` and the operator's page."""
CEILINGS = {
    "CLAPPER_QUOTAS__SERVER_CREDITS_PER_MONTH": "100000000",
    "CLAPPER_QUOTAS__TOTAL_CREDITS_PER_MONTH": "1000000000",
}
PATIENCE_S = 60.0


async def run(*, quick: bool = False, large: bool = False) -> bool:
    """Measure, show, and return whether everything was within its bound."""
    kept = True
    sizes = QUICK_SIZES if quick else (*SIZES, LARGE) if large else SIZES
    for jobs in sizes:
        kept = await _measure(jobs) and kept
    return kept


async def _measure(jobs: int) -> bool:
    evolink = EvolinkConfig(total_s=600.0, estimated_time_s=120, latency_s=0.05)
    discord = SandboxConfig(ack_window_s=PATIENCE_S)
    async with open_stage(discord, evolink, make_bot=BotProcess) as stage:
        url = stage.bot.settings["CLAPPER_STORAGE__URL"]
        shape = Shape(
            jobs=jobs,
            largest_server=stage.world.guild.id,
            heavy_member=stage.world.member.id,
            now=datetime.now(UTC),
        )
        await upgrade(url)
        began_at = time.monotonic()
        async with Database.open(url, may_write=None) as database:
            await put_history(database, shape)
        made_s = time.monotonic() - began_at
        waits_s, scraped_s, page_s = await _start_and_ask(stage)
        asked = await ask_all(url, shape)
    print(f"\n{jobs:,} finished jobs (made in {made_s:.0f} s)")
    return all(
        (
            _show_asked(jobs, asked),
            _show_start(jobs, waits_s, scraped_s, page_s),
        )
    )


async def _start_and_ask(
    stage: Stage,
) -> tuple[Sequence[float], Sequence[float], Sequence[float]]:
    """Start the bot, and type commands from the moment on at which it takes any.

    Returns how long each waited for its answer, each request to the web endpoints, and
    each look at the operator's page.
    """
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    listen = f"127.0.0.1:{port}"
    await stage.bot.start(**UNLIMITED, **CEILINGS, CLAPPER_HTTP__LISTEN=listen)
    await stage.discord.wait_ready(["video"], timeout_s=PATIENCE_S)

    async def ask(number: int) -> float:
        await asyncio.sleep(number * WITHIN_S / COMMANDS)
        handle = await stage.discord.slash(
            # Not the one who is forgotten below: their jobs are still open then.
            stage.world.other_member,
            stage.world.general,
            "video",
            {"prompt": f"number {number}"},
        )
        await handle.response(timeout_s=PATIENCE_S)
        waited_s = handle.acknowledged_after_s
        assert waited_s is not None
        return waited_s

    waits_s = await asyncio.gather(*(ask(number) for number in range(COMMANDS)))
    scraped_s = await _scrape(f"http://{listen}", "/metrics", "/healthz")
    page_s = await _scrape(f"http://{listen}", "/")
    await stage.bot.stop()
    return waits_s, scraped_s, page_s


async def _scrape(base: str, *paths: str) -> Sequence[float]:
    taken_s: list[float] = []
    async with aiohttp.ClientSession() as session:
        for path in paths * 10:
            began_at = time.monotonic()
            async with session.get(f"{base}{path}") as answer:
                answer.raise_for_status()
                await answer.read()
            taken_s.append(time.monotonic() - began_at)
    return taken_s


def _show_asked(jobs: int, asked: Sequence[Asked]) -> bool:
    show(
        "history",
        [
            {
                "jobs": jobs,
                "asked": one.what,
                "took_s": one.took_s,
                "bound_s": one.bound_s,
                "writer_held_s": one.held_s,
                "bound_held_s": one.bound_held_s,
                "loop_late_s": one.late_s,
                "bound_late_s": one.bound_late_s,
            }
            for one in asked
        ],
    )
    broken = [words for one in asked for words in one.broken()]
    for words in broken:
        print(f"  not held: {words}")
    return not broken


def _show_start(
    jobs: int,
    waits_s: Sequence[float],
    scraped_s: Sequence[float],
    page_s: Sequence[float],
) -> bool:
    scraped, page = percentile(scraped_s, 0.5), percentile(page_s, 0.5)
    show(
        "history: the first commands after a start",
        [
            {
                "jobs": jobs,
                "commands": len(waits_s),
                "median_s": percentile(waits_s, 0.5),
                "worst_s": max(waits_s),
                "bound_s": ANSWERED_WITHIN_S,
                "web_median_s": scraped,
                "page_median_s": page,
                "page_worst_s": max(page_s),
                "bound_web_s": SCRAPED_WITHIN_S,
            }
        ],
    )
    return max(waits_s) <= ANSWERED_WITHIN_S and max(scraped, page) <= SCRAPED_WITHIN_S
