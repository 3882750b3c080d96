"""SIGKILL at moments that nobody chose, a thousand times."""

import asyncio
import os
import random
from pathlib import Path

import pytest

from tests.crash.world import open_crash_world

KILLS = int(os.environ.get("CRASH_KILLS", "1000"))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4))
async def test_a_kill_at_any_moment_loses_and_doubles_nothing(
    tmp_path: Path, seed: int
) -> None:
    """Requests go on meanwhile, so that jobs of every age are hit at once."""
    chance = random.Random(seed)  # noqa: S311 - the same moments every time
    async with open_crash_world(tmp_path) as world:
        for _ in range(KILLS // 4):
            if await world.live():
                await world.ask()
                await asyncio.sleep(chance.uniform(0.0, 2.0))
            await world.bot.kill()
        await world.settle()
        world.check()


@pytest.mark.soak
async def test_a_few_kills_at_random_lose_nothing(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - likewise
    async with open_crash_world(tmp_path) as world:
        for _ in range(6):
            if await world.live():
                await world.ask()
                await asyncio.sleep(chance.uniform(0.0, 2.0))
            await world.bot.kill()
        await world.settle()
        world.check()
