"""Whether anything holds up the event loop while jobs run.

asyncio's debug mode names every step that took longer than 100 ms. A step that long
is one in which nobody is answered.
"""

import asyncio
import re

from benchmarks.acknowledgement import UNLIMITED
from benchmarks.report import show
from bot.demo.bot_process import BotProcess
from bot.demo.stage import open_stage
from sandbox.evolink import EvolinkConfig

JOBS = 20
PATIENCE_S = 120.0
SLOW = re.compile(r"Executing .* took ([0-9.]+) seconds")


async def run() -> bool:
    """Run jobs from end to end in debug mode, and return whether no step was slow."""
    async with open_stage(
        evolink_config=EvolinkConfig(total_s=5.0, estimated_time_s=5),
        make_bot=BotProcess,
    ) as stage:
        await stage.bot.start(PYTHONASYNCIODEBUG="1", **UNLIMITED)
        await stage.discord.wait_ready(["video"])
        world = stage.world
        await asyncio.gather(
            *(
                stage.discord.slash(
                    world.member, world.general, "video", {"prompt": f"number {number}"}
                )
                for number in range(JOBS)
            )
        )
        await stage.discord.wait_until(
            lambda: (
                sum(bool(one.videos) for one in stage.discord.messages(world.general))
                == JOBS
            ),
            PATIENCE_S,
        )
        await stage.bot.stop()
        slow = SLOW.findall(stage.bot.log())
    show(
        "blocking",
        [
            {
                "jobs": JOBS,
                "slow_steps": len(slow),
                "worst_s": max(map(float, slow), default=0.0),
                "bound_s": 0.1,
            }
        ],
    )
    return not slow
