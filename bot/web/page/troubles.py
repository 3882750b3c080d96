"""What is wrong now, in sentences. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.operations.free_space import LOW_BYTES
from bot.operations.overview.spending import LOW_BELOW_DAYS
from bot.operations.overview.values import (
    Copies,
    Overview,
    Spending,
    Stored,
    Waiting,
)
from bot.plain_numbers import days_left, plural
from bot.web.page import words

LATE_S = 900.0
"""For so long nothing waits to be posted where all is well."""
MOST_SHARDS = 10
"""Numbers of shards in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence on the state of the installation."""

    is_good: bool
    text: str

    @property
    def kind(self) -> str:
        """By which it is coloured."""
        return "good" if self.is_good else "bad"

    @property
    def mark(self) -> str:
        """Says the same without colours."""
        return "✓" if self.is_good else "!"


def lines_of(view: Overview) -> Sequence[Line]:
    """Return a line for each trouble, or one that says that there is none."""
    bad = [Line(is_good=False, text=text) for text in _troubles(view)]
    return bad or [Line(is_good=True, text="Everything works.")]


def title_of(lines: Sequence[Line]) -> str:
    """Return the page's title, which counts the troubles."""
    bad = sum(not one.is_good for one in lines)
    return f"({bad}) Clapper" if bad else "Clapper"


def _troubles(view: Overview) -> Iterator[str]:
    yield from _services(view)
    yield from _shards(view)
    if view.stored is not None:
        yield from _late(view.stored.deliveries, "clip", view.at)
        yield from _late(view.stored.notices, "notice", view.at)
    if view.spending is not None:
        yield from _near_ceiling(view.spending)
        yield from _low_balance(view.spending)
    if view.copies is not None:
        yield from _copies(view.copies, view.at)
    yield from _full_disks(view.free)


def _services(view: Overview) -> Iterator[str]:
    health, stored = view.health, view.stored
    if not health.gateway.ok:
        yield "This process is not connected to Discord."
    if not health.polling.ok:
        yield "EvoLink is asked for tasks, and has told of none for two minutes."
    outage_s = health.evolink_outage_s
    if stored is None:
        yield "The database does not answer."
    else:
        if not health.database.ok:
            yield "The database takes nothing: requests are refused."
        yield from _paused(stored, view.at)
        if stored.outage_since is not None:
            seen_s = (view.at - stored.outage_since).total_seconds()
            outage_s = max(outage_s or 0.0, seen_s)
    if outage_s is not None:
        yield f"EvoLink has not answered for {words.duration(outage_s)}. Jobs wait."


def _paused(stored: Stored, now: datetime) -> Iterator[str]:
    if stored.pause is not None:
        lasted = words.duration((now - stored.pause.since).total_seconds())
        yield (
            f"Intake is paused, for {lasted} now"
            f" ({stored.pause.fault.value}): {stored.pause.reason}"
        )


def _near_ceiling(spending: Spending) -> Iterator[str]:
    if spending.ceiling is None:
        return
    if spending.month >= spending.ceiling:
        yield "This month's ceiling is reached: requests are refused."
    elif spending.month_forecast > spending.ceiling:
        yield "At the present rate this month's ceiling will be reached."


def _shards(view: Overview) -> Iterator[str]:
    """Yield if nobody holds some; nothing where that cannot be known."""
    health, stored = view.health, view.stored
    if stored is None and health.living > 1:
        return
    others = () if stored is None else stored.processes
    held = {*health.shards, *(shard for one in others for shard in one.shards)}
    missing = [one for one in range(health.shard_count) if one not in held]
    if missing:
        named = ", ".join(str(one) for one in missing[:MOST_SHARDS])
        more = ", …" if len(missing) > MOST_SHARDS else ""
        yield (
            f"Nobody holds {len(missing)} of"
            f" {plural(health.shard_count, 'shard')} of Discord's gateway"
            f" ({named}{more}): their servers get no answers."
        )


def _late(waiting: Waiting, thing: str, now: datetime) -> Iterator[str]:
    if waiting.since is None:
        return
    waits_s = (now - waiting.since).total_seconds()
    if waits_s > LATE_S:
        wait = "waits" if waiting.number == 1 else "wait"
        yield (
            f"{plural(waiting.number, thing)} {wait} to be posted, the first for"
            f" {words.duration(waits_s)}: the log says why."
        )


def _low_balance(spending: Spending) -> Iterator[str]:
    lasts = spending.lasts_days
    if lasts is not None and lasts < LOW_BELOW_DAYS:
        yield (
            f"The balance lasts {days_left(lasts)} at the present rate:"
            " add credits at EvoLink."
        )


def _copies(copies: Copies, now: datetime) -> Iterator[str]:
    if copies.fault is not None:
        yield f"The database could not be copied: {copies.fault}"
    elif copies.newest_at is not None:
        age: timedelta = now - copies.newest_at
        if age > 2 * copies.every:
            old = words.duration(age.total_seconds())
            yield f"The newest copy of the database is {old} old: the log says why."


def _full_disks(free: Mapping[str, int]) -> Iterator[str]:
    for place, left in free.items():
        if left < LOW_BYTES:
            yield (
                f"The disk of the {place} has only {words.size(left)} left: make room."
            )
