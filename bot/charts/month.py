"""The part of a report's picture about the month's credits, and where they lead."""

from collections.abc import Callable
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING

from bot.charts.style import (
    COLOURS,
    FAINT,
    INK,
    LABEL_PT,
    MonthWords,
    count_along,
    days_along,
    explain,
    prepare,
)
from bot.quotas.month import MonthSoFar

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure

_SPENT, _LIMIT = COLOURS[1], COLOURS[5]
_LEAST_TOP = 4
_IN_SIGHT = 2.5
"""A limit so many times as high as what is spent is left out: that would be flat."""


def draw_month(
    figure: "SubFigure",
    month: MonthSoFar,
    words: MonthWords,
    *,
    day: Callable[[date], str],
    number: Callable[[int], str],
) -> None:
    """Draw what was spent up to each day, the forecast, and the limit where near."""
    axes = figure.subplots()
    prepare(axes)
    axes.set_title(words.title, loc="left", color=INK, fontsize=LABEL_PT, pad=16)
    # Each day ends at its number: the month begins at 0 with nothing.
    sums = [0.0, *accumulate(month.credits_by_day)]
    # Today is not over: it ends where the clock stands.
    times = [*map(float, range(len(sums) - 1)), month.span.days_passed]
    axes.fill_between(times, sums, color=_SPENT, alpha=0.35, linewidth=0)
    axes.plot(times, sums, color=_SPENT, linewidth=4, label=words.so_far)
    highest = sums[-1]
    forecast = month.forecast
    if forecast is not None:
        highest = forecast.credits
        axes.plot(
            [times[-1], len(month.span.days)],
            [sums[-1], forecast.credits],
            color=_SPENT,
            linewidth=4,
            linestyle=(0, (1.5, 1.2)),
            label=words.forecast,
        )
    limit = month.credits_limit
    is_near = limit is not None and (not highest or limit <= _IN_SIGHT * highest)
    if limit is not None:
        # A limit out of sight is named below all the same.
        shown = [limit, limit] if is_near else []
        axes.plot(
            [0, len(month.span.days)] if is_near else [],
            shown,
            color=_LIMIT,
            linewidth=4,
            label=words.limit,
        )
        highest = max(highest, limit) if is_near else highest
    axes.set_xlim(0, len(month.span.days))
    axes.set_ylim(0, max(_LEAST_TOP, highest * 1.08))
    count_along(axes.yaxis, number)
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    days_along(axes, [day(one) for one in month.span.days], newest_last=False)
    explain(figure)
