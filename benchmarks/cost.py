"""How much CPU time the whole process spends on a job, from the command to the clip.

Beside Clapper, and measured in the same way, a bot of the usual shape: what a
millisecond is worth depends on the machine, what one costs beside the other much less.
"""

import asyncio
from collections.abc import Sequence

from benchmarks.followed import Means, follow
from benchmarks.lives import QUICK, Scale
from benchmarks.outcome import Outcome
from benchmarks.report import show
from benchmarks.usual import follow_usual

COST = Scale(jobs=300, fixed_jobs=0, median_s=60.0, begin_within_s=5.0)
INTERVALS_S = (5.0, 2.0)
"""Between two questions of the usual bot about one task."""
MOST_OF_USUAL = 2.0
"""Of the cheaper one's. Clapper remembers, counts and checks, which they do not."""


async def run(*, quick: bool = False) -> bool:
    """Measure, show, and return whether it is cheap enough beside the others."""
    scale = QUICK if quick else COST
    # At the same time, so that whatever else the machine does weighs on all of them;
    # but no bot begins, or has its burst of commands, during another's burst.
    apart_s = scale.begin_within_s * 2
    ours, *usual = await asyncio.gather(
        follow(scale, Means.BATCH),
        *(
            follow_usual(scale, interval_s, begin_in_s=number * apart_s)
            for number, interval_s in enumerate(INTERVALS_S, start=1)
        ),
    )
    cheaper_ms = min(_cpu_ms(one) for one in usual)
    show(
        "cost" + (" (quick: too small to be held to anything)" if quick else ""),
        [_row(one, cheaper_ms) for one in (ours, *usual)],
    )
    whole = not _incomplete([ours, *usual])
    below = _cpu_ms(ours) <= cheaper_ms * MOST_OF_USUAL
    print(f"  {_held(below)}: at most {MOST_OF_USUAL:g} times the cheaper usual bot")
    return quick or (whole and below)


def _row(one: Outcome, cheaper_ms: float) -> dict[str, object]:
    return {
        "bot": one.name,
        "jobs": one.jobs,
        "lost": one.lost,
        "cpu_ms_per_job": _cpu_ms(one),
        "of_cheaper_usual": _cpu_ms(one) / cheaper_ms,
        "bound_of_usual": MOST_OF_USUAL,
        "discord_calls_per_job": one.discord_calls / one.jobs,
        "requests_per_job": one.requests_per_job,
        "posted_mean_s": one.mean_s,
    }


def _incomplete(everyone: Sequence[Outcome]) -> bool:
    """Tell who lost jobs: what was not done cost nothing, and compares with nothing."""
    losers = [one for one in everyone if one.lost]
    for one in losers:
        print(f"  not held: {one.name} lost {one.lost} jobs")
    return bool(losers)


def _cpu_ms(one: Outcome) -> float:
    assert one.cpu_ms_per_job is not None
    return one.cpu_ms_per_job


def _held(yes: bool) -> str:  # noqa: FBT001 - a word for it
    return "held" if yes else "not held"
