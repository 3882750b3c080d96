"""People ask while processes die."""

import asyncio
import random

from tests.together.town import Town

EVERY_S = 5.0
"""Between two deaths."""


async def ask_meanwhile(town: Town, commands: int, lasting_s: float) -> None:
    """Type so many commands, evenly over so many seconds, on all shards in turn."""
    for _ in range(commands):
        await town.ask()
        await asyncio.sleep(lasting_s / commands)


async def die_one_by_one(
    town: Town, deaths: int, chance: random.Random, *, every_s: float = EVERY_S
) -> None:
    """Kill a process again and again, and begin its next life at once."""
    for _ in range(deaths):
        await asyncio.sleep(every_s * chance.uniform(0.8, 1.2))
        clapper = chance.choice(town.clappers)
        await clapper.kill()
        await town.start(clapper)
