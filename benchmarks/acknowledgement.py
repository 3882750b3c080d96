"""How soon members get an answer when everybody asks at once.

Discord gives a bot three seconds. Three hundred commands arrive evenly over five, at a
bot that also submits, polls and delivers meanwhile.
"""

import asyncio

from benchmarks.report import percentile, show
from bot.demo.bot_process import BotProcess
from bot.demo.stage import Stage, open_stage
from sandbox.discord.config import SandboxConfig
from sandbox.discord.rate_limits import RateLimits
from sandbox.evolink import EvolinkConfig

COMMANDS = 300
WITHIN_S = 5.0
WORST_S = 0.3
"""What we hold ourselves to; Discord's limit is ten times that."""
UNLIMITED = {
    f"CLAPPER_QUOTAS__{who}_{window}": "-1"
    for who in ("SERVER", "SERVER_MOST", "MEMBER")
    for window in ("PER_DAY", "PER_MONTH", "AT_ONCE")
}


async def run() -> bool:
    """Measure, show, and return whether the worst answer was soon enough."""
    evolink = EvolinkConfig(total_s=10.0, estimated_time_s=10)
    async with open_stage(
        SandboxConfig(rate_limits=RateLimits()), evolink, make_bot=BotProcess
    ) as stage:
        await stage.bot.start(**UNLIMITED)
        await stage.discord.wait_ready(["video"])
        waits_s = await _burst(stage)
    worst_s = max(waits_s)
    show(
        "acknowledgement",
        [
            {
                "commands": COMMANDS,
                "within_s": WITHIN_S,
                "median_s": percentile(waits_s, 0.5),
                "p95_s": percentile(waits_s, 0.95),
                "worst_s": worst_s,
                "bound_s": WORST_S,
            }
        ],
    )
    return worst_s < WORST_S


async def _burst(stage: Stage) -> list[float]:
    async def ask(number: int) -> float:
        await asyncio.sleep(number * WITHIN_S / COMMANDS)
        handle = await stage.discord.slash(
            stage.world.member,
            stage.world.general,
            "video",
            {"prompt": f"number {number}"},
        )
        await handle.response()
        waited_s = handle.acknowledged_after_s
        assert waited_s is not None
        return waited_s

    return await asyncio.gather(*(ask(number) for number in range(COMMANDS)))
