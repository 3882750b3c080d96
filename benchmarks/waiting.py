"""What waiting jobs cost: memory, and how late the event loop wakes.

There is no coroutine for a job, so waiting jobs are rows. The base is the same process
with an empty database. At 5,000 the jobs are asked about all the time; elsewhere they
only wait.
"""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.acknowledgement import UNLIMITED
from benchmarks.crowd import settle
from benchmarks.many_channels import memory_bytes
from benchmarks.report import Row, percentile, show
from bot.demo.bot_process import BotProcess
from bot.demo.stage import open_stage
from sandbox.evolink import Ending, EvolinkConfig, Life

MIB = 1024 * 1024
PATIENCE_S = 120.0
SETTLE_S = 5.0
LISTEN_S = 15.0
AN_HOUR_S = 3600.0
RUNNING = Life(total_s=600.0, ending=Ending.NEVER, stuck_at=30, steps=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """So many waiting jobs, and what they may cost."""

    jobs: int
    asked: bool = False
    """Whether they become due within 20 s, and again and again."""
    most_mib: float | None = None
    """Above the base."""
    most_lag_s: float | None = None
    """Below which 95 % of the wake-ups are."""


CROWDS = (
    Crowd(jobs=1_000),
    Crowd(jobs=5_000, asked=True, most_lag_s=0.005),
    Crowd(jobs=10_000, most_mib=50),
    Crowd(jobs=100_000, most_mib=150),
)
QUICK_CROWDS = (Crowd(jobs=1_000), Crowd(jobs=1_000, asked=True))


class ObservedBot(BotProcess):
    """The bot with a stopwatch in its event loop."""

    def command(self) -> tuple[str, ...]:
        """Return the observed program's command line."""
        return (sys.executable, "-m", "benchmarks.observed", "run")


async def run(*, quick: bool = False) -> bool:
    """Measure, show, and return whether all is within bounds."""
    base_bytes, lags_s = await _measure(Crowd(jobs=0))
    rows: list[Row] = [_row(Crowd(jobs=0), 0, lags_s)]
    kept = True
    for crowd in QUICK_CROWDS if quick else CROWDS:
        used_bytes, lags_s = await _measure(crowd)
        more_bytes = used_bytes - base_bytes
        rows.append(_row(crowd, more_bytes, lags_s))
        if crowd.most_mib is not None:
            kept = kept and more_bytes <= crowd.most_mib * MIB
        if crowd.most_lag_s is not None:
            kept = kept and percentile(lags_s, 0.95) <= crowd.most_lag_s
    show("waiting", rows)
    return kept


def _row(crowd: Crowd, more_bytes: int, lags_s: list[float]) -> Row:
    return {
        "waiting_jobs": crowd.jobs,
        "asked_about": crowd.asked,
        "mib_above_base": more_bytes / MIB,
        "bound_mib": crowd.most_mib,
        "bytes_per_job": round(more_bytes / crowd.jobs) if crowd.jobs else None,
        "lag_p95_ms": percentile(lags_s, 0.95) * 1000,
        "lag_p99_ms": percentile(lags_s, 0.99) * 1000,
        "bound_p95_ms": crowd.most_lag_s and crowd.most_lag_s * 1000,
    }


async def _measure(crowd: Crowd) -> tuple[int, list[float]]:
    """Return the memory in bytes and the lags in seconds of a bot with these jobs."""
    config = EvolinkConfig(total_s=600.0, estimated_time_s=120, latency_s=0.05)
    async with open_stage(evolink_config=config, make_bot=ObservedBot) as stage:
        due_in_s = (1.0, 20.0) if crowd.asked else (AN_HOUR_S, 2 * AN_HOUR_S)
        life = RUNNING if crowd.asked else None
        await settle(stage, crowd.jobs, due_in_s=due_in_s, life=life)
        lags = stage.folder / "lags"
        await stage.bot.start(**UNLIMITED, BENCHMARK_LAGS=str(lags))
        await stage.discord.wait_ready(["video"], timeout_s=PATIENCE_S)
        await asyncio.sleep(SETTLE_S)
        already = len(_read(lags))
        await asyncio.sleep(LISTEN_S)
        return memory_bytes(stage.bot.pid), _read(lags)[already:]


def _read(file: Path) -> list[float]:
    lines = file.read_text(encoding="ascii").splitlines()
    return [max(0.0, float(line)) for line in lines if "." in line]
