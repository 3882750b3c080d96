"""What becomes of the tasks in a benchmark: the same for everybody who is compared.

Durations are lognormal around what EvoLink promises; a few tasks fail early; progress
rises in steps of ten percent. The seed is fixed.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sandbox.evolink import Ending, EvolinkConfig, Life
from sandbox.evolink.config import LogNormal

LATENCY_S = 0.05
"""Before every answer, of EvoLink as of Discord."""
SIGMA = 0.35
FAILING_SHARE = 0.05
SEED = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How large a benchmark is. `whole` is what the figures are held to."""

    jobs: int
    fixed_jobs: int
    """For each interval of the pollers that we are compared with."""
    median_s: float
    """Of the time that a task takes; EvoLink promises the same."""
    begin_within_s: float
    """The jobs are asked for evenly over this time."""


WHOLE = Scale(jobs=1000, fixed_jobs=100, median_s=120.0, begin_within_s=40.0)
QUICK = Scale(jobs=60, fixed_jobs=20, median_s=20.0, begin_within_s=6.0)
"""Shows that everything runs. Its figures are not held to anything."""


def lives(count: int, median_s: float) -> Sequence[Life]:
    """Return the same lives each time, as many as are wanted."""
    total_s = LogNormal(median_s=median_s, sigma=SIGMA, seed=SEED)
    chance = random.Random(SEED)  # noqa: S311 - a simulation
    made = []
    for _ in range(count):
        whole_s = total_s()
        if chance.random() < FAILING_SHARE:
            made.append(
                Life(
                    total_s=whole_s * chance.uniform(0.05, 0.5),
                    steps=10,
                    ending=Ending.FAILED,
                    code="service_error",
                )
            )
        else:
            made.append(Life(total_s=whole_s, steps=10))
    return made


def evolink(scale: Scale, *, batch: Literal["on", 404] = "on") -> EvolinkConfig:
    """Return how EvoLink's stand-in is to be for all who are compared."""
    return EvolinkConfig(
        total_s=scale.median_s,
        estimated_time_s=round(scale.median_s),
        latency_s=LATENCY_S,
        batch=batch,
        allow_local_callbacks=True,
    )
