"""How fresh status messages are: what a member reads, by Discord's own clock.

Jobs in the making, each with a status message that is edited, at a Discord that takes
a quarter of a second for every answer and limits what it takes as the real one does.
Everything is measured where it counts: when EvoLink's stand-in accepted a task, and
when Discord's stand-in had each text.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from benchmarks.many_channels import ask, open_many_channels
from benchmarks.report import percentile, show
from benchmarks.shown import Show, busiest, jobs_of, shows
from bot.demo.stage import Stage
from sandbox.evolink import EvolinkConfig, Life

LATENCY_S = 0.25
"""Before every answer of Discord's."""
EVOLINK_LATENCY_S = 0.05
PROMISED_S = 120.0
EARLIEST, LATEST = 0.8, 1.2
"""How long tasks take, evenly, as shares of what is promised."""
PATIENCE_S = 60.0
"""After the last end."""
LOOK_S = 1.0

TOLD_WITHIN_S = 2.0
"""For 95 % of the jobs: accepted, to the first text that says so and when it ends."""
ENDED_WITHIN_S = 2.0
"""For 95 % of the jobs: clip posted, to the last word of the status message."""
MOST_EDITS_PER_S = 10
OLDEST_S: Mapping[int, float] = {50: 10.0, 200: 20.0}
"""How old progress may be that is shown, with up to so many jobs, while none begins or
ends: at 200 that is all that ten edits a second can do, and news goes before it."""
JITTER = 1.05
"""What one is later than another."""
Age = tuple[float, float]
"""From when until when a text was shown."""
MOST_TOLD_AT_ONCE = 100
"""Up to so many jobs `TOLD_WITHIN_S` holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """So many jobs, each in a channel of its own or all in the same."""

    jobs: int
    in_one_channel: bool = False
    promised_s: float = PROMISED_S
    jobs_per_s: float = 5.0
    """How fast they are asked for: ends are then as many a second, or fewer."""

    @property
    def oldest_s(self) -> float | None:
        """How old progress may be; None = as old as Discord's limits make it."""
        if self.in_one_channel:
            return None
        return next(bound for most, bound in OLDEST_S.items() if self.jobs <= most)


GROUPS = (
    (Crowd(jobs=1), Crowd(jobs=20), Crowd(jobs=30, in_one_channel=True)),
    (Crowd(jobs=50),),
    (Crowd(jobs=100),),
    (Crowd(jobs=200, jobs_per_s=10.0),),
)
"""Those of a group run at the same time, for there are few of them."""
QUICK_GROUPS = (
    (
        Crowd(jobs=1, promised_s=15.0),
        Crowd(jobs=10, promised_s=15.0),
        Crowd(jobs=10, in_one_channel=True, promised_s=15.0),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What came of a crowd. Lists of seconds, one for each job or text."""

    crowd: Crowd
    told_s: Sequence[float]
    ages_s: Sequence[float]
    """While no job began or ended."""
    worst_age_s: float
    """At any time."""
    ended_s: Sequence[float]
    delivered_s: Sequence[float]
    """From a task's end until its clip was there."""
    edits: int
    idle_edits: int
    """Those after which the message read as before."""
    after_clip: int
    """Texts that show progress beside a clip that is there."""
    busiest_ten_s: int
    """Most edits in ten seconds: what leaves evenly does not arrive evenly."""
    lost: int

    def broken(self) -> Sequence[str]:
        """Say which bounds were not kept."""
        crowd, oldest_s = self.crowd, self.crowd.oldest_s
        told_matters = crowd.jobs <= MOST_TOLD_AT_ONCE
        most_in_ten = self.busiest_ten_s / 10
        checks = {
            f"lost {self.lost} jobs": self.lost == 0,
            "told too late": not told_matters
            or percentile(self.told_s, 0.95) <= TOLD_WITHIN_S,
            "progress too old": oldest_s is None
            or percentile(self.ages_s or [0.0], 0.95) <= oldest_s * JITTER,
            "last word too late": percentile(self.ended_s, 0.95) <= ENDED_WITHIN_S,
            f"{self.idle_edits} edits that change nothing": self.idle_edits == 0,
            f"{self.after_clip} times progress beside a clip": self.after_clip == 0,
            "too many edits a second": most_in_ten <= MOST_EDITS_PER_S * JITTER,
        }
        return [f"{_name(crowd)}: {what}" for what, held in checks.items() if not held]

    def row(self) -> dict[str, object]:
        """Return the figures for the table."""
        return {
            "crowd": _name(self.crowd),
            "lost": self.lost,
            "told_p50_s": percentile(self.told_s, 0.5),
            "told_p95_s": percentile(self.told_s, 0.95),
            "age_p95_s": percentile(self.ages_s, 0.95) if self.ages_s else None,
            "age_worst_s": self.worst_age_s,
            "bound_age_s": self.crowd.oldest_s,
            "last_word_p95_s": percentile(self.ended_s, 0.95),
            "last_word_worst_s": max(self.ended_s),
            "edits": self.edits,
            "idle_edits": self.idle_edits,
            "after_clip": self.after_clip,
            "most_edits_per_s": self.busiest_ten_s / 10,
            "posted_mean_s": fmean(self.delivered_s),
            "posted_p95_s": percentile(self.delivered_s, 0.95),
        }


async def run(*, quick: bool = False) -> bool:
    """Measure, show, and return whether all is within bounds."""
    measured: list[Freshness] = []
    for group in QUICK_GROUPS if quick else GROUPS:
        measured += await asyncio.gather(*map(_measure, group))
    show(
        "freshness" + (" (quick: too small to be held to anything)" if quick else ""),
        [one.row() for one in measured],
    )
    broken = [words for one in measured for words in one.broken()]
    for words in broken:
        print(f"  not held: {words}")
    return quick or not broken


async def _measure(crowd: Crowd) -> Freshness:
    evolink = EvolinkConfig(
        total_s=crowd.promised_s,
        estimated_time_s=round(crowd.promised_s),
        latency_s=EVOLINK_LATENCY_S,
    )
    async with open_many_channels(
        evolink,
        jobs=crowd.jobs,
        channels=1 if crowd.in_one_channel else crowd.jobs,
        latency_s=LATENCY_S,
    ) as (stage, channels):
        step = (LATEST - EARLIEST) / crowd.jobs
        for number in range(crowd.jobs):
            # No job's number tells how long it takes beside its neighbours.
            share = EARLIEST + step * (number * 7 % crowd.jobs)
            stage.evolink.next_task(Life(total_s=crowd.promised_s * share, steps=10))
        asked_s = crowd.jobs / crowd.jobs_per_s
        await ask(stage, channels, jobs=crowd.jobs, within_s=asked_s)
        longest_s = crowd.promised_s * LATEST + crowd.jobs / crowd.jobs_per_s
        await _until_all_ended(stage, crowd.jobs, longest_s + PATIENCE_S)
        return _freshness(stage, crowd)


async def _until_all_ended(stage: Stage, jobs: int, patience_s: float) -> None:
    """Return when each status message says its last word, or patience ends."""
    give_up_at = time.monotonic() + patience_s
    while time.monotonic() < give_up_at:
        await asyncio.sleep(LOOK_S)
        ended = [said for said in shows(stage.discord).values() if said[-1].is_end]
        if len(ended) >= jobs:
            return


def _freshness(stage: Stage, crowd: Crowd) -> Freshness:
    told_s: list[float] = []
    ages: list[Age] = []
    ended_s: list[float] = []
    delivered_s: list[float] = []
    idle_edits = after_clip = 0
    shown = shows(stage.discord)
    made = jobs_of(stage)
    for job in made:
        said = shown[job.status_message_id]
        idle_edits += sum(one.text == before.text for before, one in pairwise(said))
        told_at = next((one.at_s for one in said if one.tells_when), None)
        if told_at is None or job.clip_at is None or not said[-1].is_end:
            continue
        told_s.append(told_at - job.accepted_at)
        ages += _ages(said, job.ends_at)
        ended_s.append(next(one.at_s for one in said if one.is_end) - job.clip_at)
        delivered_s.append(job.clip_at - job.ends_at)
        after_clip += sum(
            one.at_s > job.clip_at and one.percent is not None for one in said
        )
    all_begun_at = max(job.accepted_at for job in made) + TOLD_WITHIN_S
    first_ends_at = min(job.ends_at for job in made)
    return Freshness(
        crowd=crowd,
        told_s=told_s,
        ages_s=[
            until - since
            for since, until in ages
            if since > all_begun_at and until < first_ends_at
        ],
        worst_age_s=max((until - since for since, until in ages), default=0.0),
        ended_s=ended_s,
        delivered_s=delivered_s,
        edits=sum(len(said) - 1 for said in shown.values()),
        idle_edits=idle_edits,
        after_clip=after_clip,
        busiest_ten_s=busiest(shown.values(), within_s=10.0),
        lost=crowd.jobs - len(ended_s),
    )


def _ages(said: Sequence[Show], ends_at: float) -> Sequence[Age]:
    """Return from when to when each progress was shown while there was news of it.

    The highest that is shown before the end says all until then, and does not age.
    """
    return [
        (one.at_s, min(after.at_s, ends_at))
        for one, after in pairwise(said)
        if one.percent is not None and not one.is_highest and one.at_s < ends_at
    ]


def _name(crowd: Crowd) -> str:
    return f"{crowd.jobs} jobs" + (" in one channel" if crowd.in_one_channel else "")
