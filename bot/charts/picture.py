"""A report as a picture: how many clips each day, and whose.

It is drawn on a card of its own, so that it reads the same on Discord's light and dark
backgrounds. Drawing takes a second of CPU: call it in a thread.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.ids import UserId
from bot.quotas.report import QuotaReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

SHOWN = 7
"""Members with a colour of their own; the others share one."""
NAME_CHARS = 18

_CARD = "#2b2d31"
_EDGE = "#80848e"
_INK = "#f2f3f5"
_FAINT = "#4e5058"
# Okabe and Ito's palette, lighter where it has to stand out from the card: told apart
# by people with any colour vision.
_COLOURS = (
    "#e69f00",
    "#56b4e9",
    "#2fc79d",
    "#f0e442",
    "#5b9bf0",
    "#f2733d",
    "#e08fbf",
)
_OTHERS = "#b5bac1"
_MOST_TICKS = 6
_DOTS_PER_INCH = 100
_WIDTH_PX, _HEIGHT_PX = 1100, 700
LABEL_PX = 28
"""Discord shows a picture 550 pixels wide, half its size, and narrower on a phone."""
_MARGIN_IN = 0.25
_LABEL_PT = LABEL_PX * 72 / _DOTS_PER_INCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words in the picture, in the reader's language."""

    others: str
    nothing: str
    """Said where there is nothing to show."""
    day: Callable[[date], str]
    """Writes a day for the axis, without its year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    name: str
    colour: str
    counts: Sequence[int]


def report_png(report: QuotaReport, names: Mapping[UserId, str], words: Words) -> bytes:
    """Return the picture, a PNG of 1100 x 700 pixels.

    Several days are columns, members stacked on each other; a single day is one bar for
    each member. The title and the sums are in the message around it.
    """
    # Imported here, because the library is slow to load and rarely needed.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.layout_engine import ConstrainedLayoutEngine  # noqa: PLC0415

    figure = Figure(
        figsize=(_WIDTH_PX / _DOTS_PER_INCH, _HEIGHT_PX / _DOTS_PER_INCH),
        dpi=_DOTS_PER_INCH,
        facecolor=_CARD,
        layout=ConstrainedLayoutEngine(w_pad=_MARGIN_IN, h_pad=_MARGIN_IN),
    )
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _prepare(axes)
    series = _series(report, names, words)
    if not series:
        _say_nothing(axes, words.nothing)
    elif len(report.days) == 1:
        _draw_one_day(axes, series)
    else:
        _draw_days(axes, [words.day(day) for day in report.days], series)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", facecolor=_CARD)
    return picture.getvalue()


def _series(
    report: QuotaReport, names: Mapping[UserId, str], words: Words
) -> Sequence[_Series]:
    makers = [line for line in report.members if line.delivered]
    shown, others = makers[:SHOWN], makers[SHOWN:]
    series = [
        _Series(
            name=f"{_name(line.user_id, names)} ({line.delivered})",
            colour=colour,
            counts=report.by_day[line.user_id],
        )
        for line, colour in zip(shown, _COLOURS, strict=False)
    ]
    if others:
        days = zip(*(report.by_day[line.user_id] for line in others), strict=True)
        together = sum(line.delivered for line in others)
        series.append(
            _Series(
                name=f"{words.others} ({together})",
                colour=_OTHERS,
                counts=[sum(day) for day in days],
            )
        )
    return series


def _prepare(axes: "Axes") -> None:
    axes.set_facecolor(_CARD)
    axes.tick_params(colors=_INK, labelsize=_LABEL_PT, length=0)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_EDGE)


def _say_nothing(axes: "Axes", nothing: str) -> None:
    axes.set_axis_off()
    axes.text(
        0.5,
        0.5,
        nothing,
        color=_INK,
        size=_LABEL_PT * 1.3,
        ha="center",
        va="center",
        transform=axes.transAxes,
    )


def _draw_one_day(axes: "Axes", series: Sequence[_Series]) -> None:
    places = range(len(series))
    counts = [sum(one.counts) for one in series]
    axes.barh(places, counts, height=0.7, color=[one.colour for one in series])
    axes.set_yticks(places, [one.name for one in series])
    axes.invert_yaxis()
    # A lone bar is as thin as one among several.
    axes.set_ylim(max(len(series), 4) - 0.5, -0.5)
    axes.set_xlim(0, max(4, *(count * 1.08 for count in counts)))
    _count_along(axes.xaxis)
    axes.grid(axis="x", color=_FAINT, linewidth=0.8)


def _draw_days(axes: "Axes", labels: Sequence[str], series: Sequence[_Series]) -> None:
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
    _count_along(axes.yaxis)
    axes.grid(axis="y", color=_FAINT, linewidth=0.8)
    step = -(-len(labels) // _MOST_TICKS)
    # Counted from today backwards: the newest day is the one people look for.
    ticks = list(range(len(labels) - 1, -1, -step))[::-1]
    axes.set_xticks(ticks, [labels[tick] for tick in ticks])
    axes.figure.legend(
        loc="outside lower left",
        ncols=2,
        frameon=False,
        labelcolor=_INK,
        fontsize=_LABEL_PT,
        handlelength=0.9,
        columnspacing=1.5,
    )


def _count_along(axis: "Axis") -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - as above

    axis.set_major_locator(MaxNLocator(integer=True, nbins=5))


def _name(user_id: UserId, names: Mapping[UserId, str]) -> str:
    """Return a name that the picture's font can write, or the end of the id."""
    # A dollar sign would begin a formula of the drawing library.
    name = names.get(user_id, "").replace("$", r"\$")
    drawable = "".join(char for char in name if char.isprintable() and char < "\u0530")
    if not drawable.strip():
        return f"…{str(user_id)[-4:]}"
    return drawable if len(drawable) <= NAME_CHARS else f"{drawable[: NAME_CHARS - 1]}…"
