"""A stage with so many channels that Discord's limits for one channel do not count."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path
from types import MappingProxyType

from benchmarks.acknowledgement import UNLIMITED
from benchmarks.lives import LATENCY_S
from bot.demo.bot_process import BotProcess
from bot.demo.stage import Stage, open_stage
from sandbox.discord.config import SandboxConfig
from sandbox.discord.faults import Fault
from sandbox.discord.records import Channel
from sandbox.evolink import EvolinkConfig

CHANNELS = 100
ANSWER_WITHIN_S = 60.0
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def open_many_channels(
    evolink: EvolinkConfig,
    *,
    jobs: int,
    make_bot: Callable[[dict[str, str], Path], BotProcess] = BotProcess,
    settings: Mapping[str, str] = MappingProxyType({}),
    channels: int = CHANNELS,
    latency_s: float = LATENCY_S,
) -> AsyncGenerator[tuple[Stage, Sequence[Channel]]]:
    """Open a stage with so many channels, and a bot that is ready in it.

    Discord takes `latency_s` seconds for every answer.

    Nobody's limit is in the way: neither quotas nor the number of tasks at once.
    """
    # How soon it answers is measured elsewhere; here a busy machine ends nothing.
    discord = SandboxConfig(requests_kept=1_000_000, ack_window_s=60.0)
    async with open_stage(discord, evolink, make_bot=make_bot) as stage:
        guild = stage.world.guild
        places = [
            stage.discord.world.add_channel(guild, f"set-{number}")
            for number in range(channels)
        ]
        stage.discord.faults.add(Fault(delay_s=latency_s))
        await stage.bot.start(
            **UNLIMITED,
            CLAPPER_EVOLINK__MAX_ACTIVE_TASKS=str(jobs),
            **settings,
        )
        await stage.discord.wait_ready(["video"], timeout_s=ANSWER_WITHIN_S)
        yield stage, places


async def ask(
    stage: Stage, channels: Sequence[Channel], *, jobs: int, within_s: float
) -> None:
    """Type `/video` so many times, evenly, and wait until each is acknowledged."""

    async def one(number: int, channel: Channel) -> None:
        await asyncio.sleep(number * within_s / jobs)
        handle = await stage.discord.slash(
            stage.world.member, channel, "video", {"prompt": f"scene {number}"}
        )
        await handle.response(timeout_s=ANSWER_WITHIN_S)

    await asyncio.gather(
        *(one(n, place) for n, place in zip(range(jobs), cycle(channels), strict=False))
    )


def cpu_s(pid: int | None) -> float:
    """Return the CPU time that a process has used so far, of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / _TICKS_PER_S


def memory_bytes(pid: int | None) -> int:
    """Return what a process keeps in memory of its own, without shared libraries."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    private = [line.split() for line in rollup.splitlines() if "Private_" in line]
    return sum(int(words[1]) for words in private) * 1024
