"""A report as a picture: how many clips each day, and whose, and the month's credits.

It is drawn on a card of its own, so that it reads the same on Discord's light and dark
backgrounds. Drawing takes a second of CPU: call it in a thread.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.charts.month import draw_month
from bot.charts.names import drawable_name, fitting
from bot.charts.style import (
    CARD,
    COLOURS,
    DOTS_PER_INCH,
    FAINT,
    GAP_IN,
    INK,
    LABEL_PT,
    LABEL_PX,
    MARGIN_IN,
    OTHERS,
    WIDTH_PX,
    Words,
    count_along,
    days_along,
    explain,
    prepare,
)
from bot.ids import UserId
from bot.quotas.report import QuotaReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure, SubFigure

SHOWN = len(COLOURS)
"""Members with a colour of their own; the others share one."""
HEIGHT_PX = 700
MONTH_PX = 450
"""What the month's credits add to the height."""
_NAME_PX = (WIDTH_PX - 2 * 100 * MARGIN_IN - 4 * LABEL_PX) / 2
"""What a name may take: there are two columns of them, each with its colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    name: str
    colour: str
    counts: Sequence[int]


def report_png(report: QuotaReport, names: Mapping[UserId, str], words: Words) -> bytes:
    """Return the picture, a PNG 1100 pixels wide.

    Several days are columns, members stacked on each other; a single day is one bar for
    each member. It is 700 pixels high, and 1150 where credits are limited: the
    month's come below.
    The sums are in the message around it.
    """
    figure = report_figure(report, names, words)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", facecolor=CARD)
    return picture.getvalue()


def report_figure(
    report: QuotaReport, names: Mapping[UserId, str], words: Words
) -> "Figure":
    """Return the picture, drawn but not yet written."""
    # Imported here, because the library is slow to load and rarely needed.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.layout_engine import ConstrainedLayoutEngine  # noqa: PLC0415

    heights = [HEIGHT_PX, MONTH_PX] if report.limits_credits else [HEIGHT_PX]
    figure = Figure(
        figsize=(WIDTH_PX / DOTS_PER_INCH, sum(heights) / DOTS_PER_INCH),
        dpi=DOTS_PER_INCH,
        facecolor=CARD,
        layout=ConstrainedLayoutEngine(w_pad=MARGIN_IN, h_pad=GAP_IN),
    )
    canvas = FigureCanvasAgg(figure)
    parts = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)
    for (part,) in parts:
        part.set_facecolor(CARD)
    series = _series(report, names, words, _width_of(canvas))
    _draw_videos(parts[0][0], report, series, words)
    if report.limits_credits:
        draw_month(
            parts[1][0],
            report.month,
            words.month,
            day=words.day,
            number=words.number,
        )
    return figure


def _width_of(canvas: "FigureCanvasAgg") -> Callable[[str], float]:
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415

    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    font = FontProperties(size=LABEL_PT)

    def width_of(text: str) -> float:
        return float(
            renderer.get_text_width_height_descent(text, font, ismath=False)[0]
        )

    return width_of


def _draw_videos(
    figure: "SubFigure",
    report: QuotaReport,
    series: Sequence[_Series],
    words: Words,
) -> None:
    axes = figure.subplots()
    prepare(axes)
    if not series:
        _say_nothing(axes, words.nothing)
    elif len(report.days) == 1:
        _draw_one_day(axes, series, words.number)
    else:
        _draw_days(axes, [words.day(day) for day in report.days], series, words.number)
        explain(figure)


def _series(
    report: QuotaReport,
    names: Mapping[UserId, str],
    words: Words,
    width_of: Callable[[str], float],
) -> Sequence[_Series]:
    def named(name: str, delivered: int) -> str:
        return fitting(name, f" ({words.number(delivered)})", _NAME_PX, width_of)

    makers = [line for line in report.members if line.delivered]
    shown, others = makers[:SHOWN], makers[SHOWN:]
    series = [
        _Series(
            name=named(drawable_name(line.user_id, names), line.delivered),
            colour=colour,
            counts=report.by_day[line.user_id],
        )
        for line, colour in zip(shown, COLOURS, strict=False)
    ]
    if others:
        days = zip(*(report.by_day[line.user_id] for line in others), strict=True)
        together = sum(line.delivered for line in others)
        series.append(
            _Series(
                name=named(words.others, together),
                colour=OTHERS,
                counts=[sum(day) for day in days],
            )
        )
    return series


def _say_nothing(axes: "Axes", nothing: str) -> None:
    axes.set_axis_off()
    axes.text(
        0.5,
        0.5,
        nothing,
        color=INK,
        size=LABEL_PT * 1.3,
        ha="center",
        va="center",
        transform=axes.transAxes,
    )


def _draw_one_day(
    axes: "Axes", series: Sequence[_Series], number: Callable[[int], str]
) -> None:
    places = range(len(series))
    counts = [sum(one.counts) for one in series]
    axes.barh(places, counts, height=0.7, color=[one.colour for one in series])
    axes.set_yticks(places, [one.name for one in series])
    axes.invert_yaxis()
    # A lone bar is as thin as one among several.
    axes.set_ylim(max(len(series), 4) - 0.5, -0.5)
    axes.set_xlim(0, max(4, *(count * 1.08 for count in counts)))
    count_along(axes.xaxis, number)
    axes.grid(axis="x", color=FAINT, linewidth=0.8)


def _draw_days(
    axes: "Axes",
    labels: list[str],
    series: Sequence[_Series],
    number: Callable[[int], str],
) -> None:
    places = range(len(labels))
    floor = [0] * len(labels)
    for one in series:
        axes.bar(
            places,
            one.counts,
            width=0.85,
            bottom=floor,
            color=one.colour,
            label=one.name,
        )
        floor = [low + count for low, count in zip(floor, one.counts, strict=True)]
    axes.set_xlim(-0.6, len(labels) - 0.4)
    axes.set_ylim(0, max(4, *(count * 1.08 for count in floor)))
    count_along(axes.yaxis, number)
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    # Counted from today backwards: the newest day is the one people look for.
    days_along(axes, labels, newest_last=True)
