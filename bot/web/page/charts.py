"""Bars of the page's charts, as places on a grid. Pure: the template draws them.

A chart is stretched to the width of the page, so nothing in it is text.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.jobs.states import JobState
from bot.operations.overview.values import Day, LatestJob
from bot.web.page import words

WIDTH, HEIGHT = 620.0, 120.0
_GAP = 0.2
"""Between two bars, as a share of a bar's place."""
_LEAST = 1.0
"""The height of the smallest part that is anything at all."""
_SHOWN_S = 0.5
"""A wait that is shorter would be shown as 0 s."""
_DAY = timedelta(days=1)

FAILED = (JobState.FAILED, JobState.UNDELIVERABLE, JobState.UNCONFIRMED)
OTHER = (JobState.CANCELLED, JobState.DENIED, JobState.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a bar: one rectangle."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    """By which it is coloured."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart, and the same in words and numbers."""

    id: str
    title: str
    text: str
    """What it shows, in a sentence."""
    parts: Sequence[Part]
    top: str
    """What the full height stands for."""
    first: str
    last: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    legend: Sequence[tuple[str, str]]
    """Kinds and their names; empty = one kind only."""


def jobs_chart(days: Sequence[Day], now: datetime, number: int) -> Chart:
    """Return how many jobs of each day have ended how."""
    every = _each_day(days, now, number)
    counted = [
        (
            one.day,
            (
                ("delivered", one.ended.get(JobState.DELIVERED, 0)),
                ("failed", sum(one.ended.get(state, 0) for state in FAILED)),
                ("other", sum(one.ended.get(state, 0) for state in OTHER)),
            ),
        )
        for one in every
    ]
    top = _nice(max(sum(count for _, count in parts) for _, parts in counted))
    total = {
        kind: sum(dict(parts)[kind] for _, parts in counted)
        for kind in ("delivered", "failed", "other")
    }
    return Chart(
        id="jobs",
        title=f"Jobs a day, the last {number} days",
        text=(
            f"{words.number(total['delivered'])} delivered,"
            f" {words.number(total['failed'])} failed,"
            f" {words.number(total['other'])} cancelled, denied or refused."
        ),
        parts=_bars(
            [[(kind, float(count)) for kind, count in parts] for _, parts in counted],
            top,
            [
                f"{words.day(day)}: "
                + ", ".join(f"{count} {kind}" for kind, count in parts)
                for day, parts in counted
            ],
        ),
        top=_full_height(top, words.number(top), "job")
        if any(total.values())
        else "no jobs",
        first=words.day(every[0].day),
        last="today",
        headings=("Day (UTC)", "Delivered", "Failed", "Other"),
        rows=[
            (words.day(day), *(words.number(count) for _, count in parts))
            for day, parts in reversed(counted)
        ],
        legend=(
            ("delivered", "delivered"),
            ("failed", "failed, undeliverable or unconfirmed"),
            ("other", "cancelled, denied or refused"),
        ),
    )


def credits_chart(days: Sequence[Day], now: datetime, number: int) -> Chart:
    """Return the credits of each day."""
    every = _each_day(days, now, number)
    top = _nice(max(one.credits for one in every))
    total = sum(one.credits for one in every)
    said = [f"{words.day(one.day)}: {words.credits_of(one.credits)}" for one in every]
    return Chart(
        id="credits",
        title=f"Credits a day, the last {number} days",
        text=f"{words.credits_of(total)} credits in all.",
        parts=_bars([[("delivered", one.credits)] for one in every], top, said),
        top=_full_height(top, words.credits_of(top), "credit")
        if total
        else "no credits",
        first=words.day(every[0].day),
        last="today",
        headings=("Day (UTC)", "Credits"),
        rows=[
            (words.day(one.day), words.credits_of(one.credits))
            for one in reversed(every)
        ],
        legend=(),
    )


def waits_chart(latest: Sequence[LatestJob]) -> Chart | None:
    """Return how long the latest jobs waited in the queue; None = none has left it."""
    waited = [
        (one, max(0.0, (one.first_submit_at - one.requested_at).total_seconds()))
        for one in reversed(latest)
        if one.first_submit_at is not None
    ]
    if not waited:
        return None
    top = _nice(max(1.0, *(seconds for _, seconds in waited)))
    middle = sorted(seconds for _, seconds in waited)[len(waited) // 2]
    said = [f"{one.job_id}: {words.duration(seconds)}" for one, seconds in waited]
    longest = max(seconds for _, seconds in waited)
    return Chart(
        id="waits",
        title="Wait in the queue, of the latest jobs",
        text=_waits_in_words(len(waited), middle, longest),
        parts=_bars([[("delivered", seconds)] for _, seconds in waited], top, said),
        top=words.duration(top),
        first=words.moment(waited[0][0].requested_at),
        last=words.moment(waited[-1][0].requested_at),
        headings=("Job", "Asked for (UTC)", "Wait"),
        rows=[
            (one.job_id, words.moment(one.requested_at), words.duration(seconds))
            for one, seconds in reversed(waited)
        ],
        legend=(),
    )


def _waits_in_words(number: int, middle_s: float, longest_s: float) -> str:
    longest = words.duration(longest_s)
    if longest_s < _SHOWN_S:
        return "None of them waited for as long as a second."
    if number == 1:
        return f"The only one waited {longest}."
    half = f"{words.duration(middle_s)} or less"
    if middle_s < _SHOWN_S:
        half = "less than a second"
    return f"Half of {number} waited {half}, the longest {longest}."


def _full_height(value: float, shown: str, thing: str) -> str:
    return f"{shown} {thing}" if value == 1 else f"{shown} {thing}s"


def _each_day(days: Sequence[Day], now: datetime, number: int) -> Sequence[Day]:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    known = {one.day: one for one in days}
    every = (today - back * _DAY for back in reversed(range(number)))
    return [known.get(one) or Day(day=one, ended={}, credits=0.0) for one in every]


def _bars(
    stacks: Sequence[Sequence[tuple[str, float]]], top: float, said: Sequence[str]
) -> Sequence[Part]:
    place = WIDTH / max(1, len(stacks))
    parts: list[Part] = []
    for index, (stack, text) in enumerate(zip(stacks, said, strict=True)):
        floor = HEIGHT
        for kind, value in stack:
            if value <= 0:
                continue
            height = max(_LEAST, value / top * HEIGHT)
            floor -= height
            parts.append(
                Part(
                    x=round((index + _GAP / 2) * place, 2),
                    y=round(max(0.0, floor), 2),
                    width=round((1 - _GAP) * place, 2),
                    height=round(height, 2),
                    kind=kind,
                    text=text,
                )
            )
    return parts


def _nice(value: float) -> float:
    """Return the next number that is one digit and zeros."""
    if value <= 1:
        return 1.0
    size = 10.0 ** math.floor(math.log10(value))
    return next(
        step * size for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * size >= value
    )
