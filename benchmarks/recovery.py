"""How soon a bot that finds ten thousand open jobs is there again, and at work."""

import asyncio
import time

from benchmarks.acknowledgement import UNLIMITED
from benchmarks.crowd import settle
from benchmarks.outcome import TASK_PATH
from benchmarks.report import show
from benchmarks.waiting import RUNNING
from bot.demo.bot_process import BotProcess
from bot.demo.stage import open_stage
from sandbox.evolink import EvolinkConfig

JOBS = 10_000
QUICK_JOBS = 1_000
READY_WITHIN_S = 5.0
AT_WORK_WITHIN_S = 2.0
PATIENCE_S = 120.0


async def run(*, quick: bool = False) -> bool:
    """Measure, show, and return whether both were soon enough."""
    jobs = QUICK_JOBS if quick else JOBS
    config = EvolinkConfig(total_s=600.0, estimated_time_s=120, latency_s=0.05)
    async with open_stage(evolink_config=config, make_bot=BotProcess) as stage:
        await settle(stage, jobs, due_in_s=(-60.0, 0.0), life=RUNNING)
        began_at = time.time()
        await stage.bot.start(**UNLIMITED)
        await stage.discord.wait_ready(["video"], timeout_s=PATIENCE_S)
        ready_s = time.time() - began_at
        asked: set[str] = set()
        first_s = None
        while len(asked) < jobs and time.time() < began_at + PATIENCE_S:
            await asyncio.sleep(0.1)
            polls = [
                one for one in stage.evolink.requests if one.path.startswith(TASK_PATH)
            ]
            for one in polls:
                asked.update((one.body or {}).get("task_ids", ()))
            if first_s is None and polls:
                first_s = polls[0].at - began_at
        all_s = time.time() - began_at
    show(
        "recovery",
        [
            {
                "open_jobs": jobs,
                "ready_s": ready_s,
                "bound_ready_s": READY_WITHIN_S,
                "first_question_s": first_s,
                "bound_first_s": READY_WITHIN_S + AT_WORK_WITHIN_S,
                "all_asked_s": all_s,
            }
        ],
    )
    at_work = first_s is not None and first_s - ready_s <= AT_WORK_WITHIN_S
    return ready_s <= READY_WITHIN_S and at_work and len(asked) == jobs
