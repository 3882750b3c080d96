"""How much CPU time the whole process spends on a job, from the command to the clip."""

from benchmarks.followed import Means, follow
from benchmarks.lives import QUICK, Scale
from benchmarks.report import show

COST = Scale(jobs=300, fixed_jobs=0, median_s=120.0, begin_within_s=30.0)
MOST_MS = 15.0
"""Bots of the usual shape, measured the same way: 21 to 43."""


async def run(*, quick: bool = False) -> bool:
    """Measure, show, and return whether it is cheap enough."""
    outcome = await follow(QUICK if quick else COST, Means.BATCH)
    assert outcome.cpu_ms_per_job is not None
    show(
        "cost",
        [
            {
                "jobs": outcome.jobs,
                "cpu_ms_per_job": outcome.cpu_ms_per_job,
                "bound_ms": MOST_MS,
                "discord_calls_per_job": outcome.discord_calls / outcome.jobs,
                "requests_per_job": outcome.requests_per_job,
            }
        ],
    )
    return quick or outcome.cpu_ms_per_job <= MOST_MS
