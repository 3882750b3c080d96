"""Requests against delay: Clapper beside pollers of a fixed interval, in one run.

All of them follow tasks of the same kind at the same time, in real time: the policy
counts in seconds, and so do members who wait for a clip.
"""

import asyncio
from collections.abc import Mapping, Sequence

from benchmarks.fixed import follow_fixed
from benchmarks.followed import Means, follow
from benchmarks.lives import QUICK, WHOLE
from benchmarks.outcome import Outcome
from benchmarks.report import show

INTERVALS_S = (1.0, 2.0, 3.0, 5.0)
BOUNDS: Mapping[Means, tuple[float, float, float]] = {
    Means.SINGLE: (9.5, 2.0, 4.5),
    Means.BATCH: (0.5, 2.0, 4.5),
    Means.CALLBACKS: (3.0, 1.5, 4.5),
    Means.LOSSY_CALLBACKS: (3.0, 2.7, float("inf")),
}
"""Requests per job, mean and 95th percentile of done-to-posted in seconds."""


async def run(*, quick: bool = False) -> bool:
    """Measure, show, and return whether we are within our bounds and on the front."""
    scale = QUICK if quick else WHOLE
    fixed, ours = await asyncio.gather(
        asyncio.gather(*(follow_fixed(scale, one) for one in INTERVALS_S)),
        asyncio.gather(
            *(
                # One after the other, or the stand-ins would be what is measured.
                follow(scale, means, begin_in_s=number * scale.begin_within_s)
                for number, means in enumerate(Means)
            )
        ),
    )
    by_means = dict(zip(Means, ours, strict=True))
    everyone = [*fixed, *ours]
    front = _front(everyone)
    show(
        "polling" + (" (quick: too small to be held to anything)" if quick else ""),
        [{**one.row(), "on_front": one in front} for one in everyone],
    )
    broken = [
        *_beyond(by_means),
        *_behind(by_means, dict(zip(INTERVALS_S, fixed, strict=True))),
    ]
    for words in broken:
        print(f"  not held: {words}")
    return quick or not broken


def _front(everyone: Sequence[Outcome]) -> Sequence[Outcome]:
    """Return those whom nobody beats in both, requests and delay."""
    return [
        one
        for one in everyone
        if not any(
            other.requests_per_job < one.requests_per_job and other.mean_s < one.mean_s
            for other in everyone
        )
    ]


def _beyond(ours: Mapping[Means, Outcome]) -> Sequence[str]:
    broken = []
    for means, (requests, mean_s, p95_s) in BOUNDS.items():
        one = ours[means]
        broken += [
            f"{one.name}: {what} {figure:.2f} > {bound:g}"
            for what, figure, bound in (
                ("requests per job", one.requests_per_job, requests),
                ("mean", one.mean_s, mean_s),
                ("95th percentile", one.p95_s, p95_s),
            )
            if figure > bound
        ]
    return broken


def _behind(
    ours: Mapping[Means, Outcome], fixed: Mapping[float, Outcome]
) -> Sequence[str]:
    single, every_s = ours[Means.SINGLE], fixed[1.0]
    broken = [
        f"single reads are not better in both than {other.name}"
        for other in (fixed[3.0], fixed[5.0])
        if single.requests_per_job >= other.requests_per_job
        or single.mean_s >= other.mean_s
    ]
    broken += [
        f"{ours[means].name}: more than a {share} of the requests of {every_s.name}"
        for means, share in ((Means.SINGLE, 5), (Means.BATCH, 50))
        if ours[means].requests_per_job * share > every_s.requests_per_job
    ]
    return broken
