"""A report as a picture: how many clips each day, and whose.

It is drawn on a card of its own, so that it reads the same on Discord's light and dark
backgrounds. Drawing takes a second of CPU: call it in a thread.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.domain.ids import UserId
from bot.domain.quota_report import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
_MOST_TICKS = 8
_DOTS_PER_INCH = 144


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What stands in the picture, in the reader's language."""

    title: str
    subtitle: str
    others: str
    nothing: str
    """Said where there is nothing to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    name: str
    colour: str
    counts: Sequence[int]


def report_png(report: Report, names: Mapping[UserId, str], words: Words) -> bytes:
    """Return the picture, a PNG of 1296 x 720 pixels."""
    # The library takes longer to load than most bots run without a report.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(
        figsize=(9, 5),
        dpi=_DOTS_PER_INCH,
        facecolor=_CARD,
        edgecolor=_EDGE,
        linewidth=3,
    )
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.07, 0.12, 0.67, 0.68))
    figure.text(0.035, 0.925, words.title, color=_INK, size=15, weight="bold")
    figure.text(0.035, 0.865, words.subtitle, color=_OTHERS, size=10)
    series = _series(report, names, words)
    _draw(axes, report.days, series)
    if not series:
        axes.text(
            0.5,
            0.61,
            words.nothing,
            color=_INK,
            size=13,
            ha="center",
            transform=axes.transAxes,
        )
    picture = io.BytesIO()
    figure.savefig(picture, format="png", facecolor=_CARD, edgecolor=_EDGE)
    return picture.getvalue()


def _series(
    report: Report, names: Mapping[UserId, str], words: Words
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


def _draw(axes: "Axes", days: Sequence[date], series: Sequence[_Series]) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - as above

    places = range(len(days))
    floor = [0] * len(days)
    bars: list[Any] = []
    for one in series:
        bars.append(
            axes.bar(
                places,
                one.counts,
                width=0.85,
                bottom=floor,
                color=one.colour,
                label=one.name,
            )
        )
        floor = [low + count for low, count in zip(floor, one.counts, strict=True)]
    axes.set_facecolor(_CARD)
    axes.set_xlim(-0.6, len(days) - 0.4)
    axes.set_ylim(0, max(4, *(count * 1.08 for count in floor)))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    step = -(-len(days) // _MOST_TICKS)
    # Counted from today backwards: the newest day is the one people look for.
    ticks = list(range(len(days) - 1, -1, -step))[::-1]
    axes.set_xticks(ticks, [days[tick].strftime("%m-%d") for tick in ticks])
    axes.tick_params(colors=_INK, labelsize=9, length=0)
    axes.grid(axis="y", color=_FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_EDGE)
    if bars:
        axes.legend(
            bars,
            [one.name for one in series],
            loc="upper left",
            bbox_to_anchor=(1.02, 1.02),
            frameon=False,
            labelcolor=_INK,
            fontsize=10,
            handlelength=0.9,
        )


def _name(user_id: UserId, names: Mapping[UserId, str]) -> str:
    """Return a name that the picture's font can write, or the end of the id."""
    # A dollar sign would begin a formula of the drawing library.
    name = names.get(user_id, "").replace("$", r"\$")
    drawable = "".join(char for char in name if char.isprintable() and char < "\u0530")
    if not drawable.strip():
        return f"…{str(user_id)[-4:]}"
    return drawable if len(drawable) <= NAME_CHARS else f"{drawable[: NAME_CHARS - 1]}…"
