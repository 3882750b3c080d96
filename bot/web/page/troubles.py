"""What is wrong now, in sentences. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.operations.overview.values import Overview, Spending, Stored
from bot.web.page import words


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
    if view.spending is not None:
        yield from _near_ceiling(view.spending)


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
