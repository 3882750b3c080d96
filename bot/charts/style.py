"""What all parts of a report's picture look like: its card, colours and letters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure, SubFigure

CARD = "#2b2d31"
INK = "#f2f3f5"
FAINT = "#4e5058"
EDGE = "#80848e"
# Okabe and Ito's palette, lighter where it has to stand out from the card: told apart
# by people with any colour vision.
COLOURS = (
    "#e69f00",
    "#56b4e9",
    "#2fc79d",
    "#f0e442",
    "#5b9bf0",
    "#f2733d",
    "#e08fbf",
)
OTHERS = "#b5bac1"
DOTS_PER_INCH = 100
WIDTH_PX = 1100
LABEL_PX = 28
"""Discord shows a picture 550 pixels wide, half its size, and narrower on a phone."""
LABEL_PT = LABEL_PX * 72 / DOTS_PER_INCH
MARGIN_IN = 0.25
GAP_IN = 0.15
"""Above and below each part."""
_MOST_TICKS = 6
_LEGEND_COLUMNS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthWords:
    """The words beside the month's credits, in the reader's language."""

    title: str
    so_far: str
    forecast: str | None
    """None where there is none."""
    limit: str | None
    """None where the server's month is not limited in credits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words in the picture, in the reader's language."""

    others: str
    nothing: str
    """Said where there is nothing to show."""
    day: Callable[[date], str]
    """Writes a day for the axis, without its year."""
    number: Callable[[int], str]
    month: MonthWords


def prepare(axes: "Axes") -> None:
    """Give a chart its colours, and no lines that say nothing."""
    axes.set_facecolor(CARD)
    axes.tick_params(colors=INK, labelsize=LABEL_PT, length=0)
    # Below the axis, or its first label would run into the lowest of the other axis.
    axes.tick_params(axis="x", pad=15)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(EDGE)


def count_along(axis: "Axis", number: Callable[[int], str]) -> None:
    """Write whole numbers along an axis, as the reader's language does."""
    # Imported here, because the library is slow to load and rarely needed.
    from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: PLC0415

    axis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(round(value))))


def days_along(axes: "Axes", labels: list[str], *, newest_last: bool) -> None:
    """Write as many days along a chart as fit; the newest or the first always."""
    step = -(-len(labels) // _MOST_TICKS)
    ticks = list(range(0, len(labels), step))
    if newest_last:
        ticks = list(range(len(labels) - 1, -1, -step))[::-1]
    axes.set_xticks(ticks, [labels[tick] for tick in ticks])


def explain(figure: "Figure | SubFigure") -> None:
    """Say below a chart what its colours mean."""
    figure.legend(
        loc="outside lower left",
        ncols=_LEGEND_COLUMNS,
        frameon=False,
        labelcolor=INK,
        fontsize=LABEL_PT,
        handlelength=0.9,
        columnspacing=1.5,
    )
