"""Nothing in the chart lies outside it or on other words, whoever made how much."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from bot.charts.picture import HEIGHT_PX, MONTH_PX, SHOWN, report_figure
from bot.charts.style import WIDTH_PX
from bot.ids import UserId
from bot.jobs.states import JobState
from bot.quotas.report import QuotaReport
from cogs.quotas.report import report_words
from tests.charts.test_table import made, report
from tests.languages import LOCALES, strict_texts
from tests.selection import thorough

TEXTS = strict_texts()
NAMES = (
    "Mia",
    "W" * 32,
    "Jürgen Größenwahn-Schmidtmeier",
    "李雷和韩梅梅",
    "مريم الجميلة",
    "🎬🎬🎬",
    r"$x^{2}$ \frac{1}{",
    "Z̷̢̛̪͓a̷̡lgo",
)
FIRST = 1_300_000_000_000_012_300


def used(members: int, days: int, limit: int | None, *, share: int = 1) -> QuotaReport:
    """Return a report in which the first member made so many times as much."""
    videos = [
        made(UserId(FIRST + number), JobState.DELIVERED, days_ago=times % 28)._replace(
            credits=1234.5
        )
        for number in range(members)
        for times in range(number % 5 + 3 if number else 3 * share)
    ]
    return report(
        *videos,
        days=days,
        limits_credits=limit is not None,
        credits_limit=limit,
    )


def laid_out(known: QuotaReport, locale: str, called: Sequence[str] = NAMES) -> Figure:
    names = {
        UserId(FIRST + number): called[number % len(called)] for number in range(40)
    }
    figure = report_figure(known, names, report_words(TEXTS, locale, known))
    figure.draw_without_rendering()
    return figure


def texts_of(figure: Figure) -> Iterator[Text]:
    """Give each text that is drawn; ticks beyond the end of an axis are not."""
    for axes in figure.axes:
        yield from (one for one in axes.get_children() if isinstance(one, Text))
        for axis in (axes.xaxis, axes.yaxis) if axes.axison else ():
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if low <= tick.get_loc() <= high:
                    yield tick.label1
    for part in figure.subfigs:
        for legend in part.legends:
            yield from legend.get_texts()


def words_in(figure: Figure) -> dict[str, Bbox]:
    """Return where each text lies, in pixels."""
    return {
        f"{number}: {one.get_text()}": one.get_window_extent()
        for number, one in enumerate(texts_of(figure))
        if one.get_text()
    }


def overlap(one: Bbox, other: Bbox) -> bool:
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return bool(min(width, height) > 0.5)


MEMBERS, DAYS, LIMITS = (0, 1, 2, 8, 40), (1, 2, 30, 365), (None, 500, 1_000_000)
USUAL = ((40, 30, 500), (8, 1, 1_000_000), (1, 2, 500), (0, 30, 0))
OTHERS = tuple(one for one in product(MEMBERS, DAYS, LIMITS) if one not in USUAL)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("members", "days", "limit"),
    [*USUAL, *thorough(*OTHERS)],
)
def test_all_words_are_inside_and_beside_one_another(
    locale: str, members: int, days: int, limit: int | None
) -> None:
    figure = laid_out(used(members, days, limit), locale)

    height = HEIGHT_PX + (0 if limit is None else MONTH_PX)
    assert_tidy(figure, height)


@pytest.mark.parametrize("days", [1, 30])
def test_the_widest_names_and_numbers_fit_beside_one_another(days: int) -> None:
    known = used(9, days, 500)
    members = [replace(line, delivered=9_999_999) for line in known.members]

    figure = laid_out(replace(known, members=members), "en-US", ["W" * 32])

    assert_tidy(figure, HEIGHT_PX + MONTH_PX)
    assert sum("W… (9,999,999)" in text for text in words_in(figure)) == SHOWN


def assert_tidy(figure: Figure, height: int) -> None:
    """See that all words are inside, and that none lies on another."""
    found = words_in(figure)
    assert found
    assert (figure.bbox.width, figure.bbox.height) == (WIDTH_PX, height)
    for text, box in found.items():
        assert box.x0 >= 0, text
        assert box.y0 >= 0, text
        assert box.x1 <= WIDTH_PX, text
        assert box.y1 <= height, text
    for (text, box), (other, other_box) in combinations(found.items(), 2):
        assert not overlap(box, other_box), (text, other)


def test_beside_one_with_99_percent_the_others_are_still_named() -> None:
    known = used(6, 30, 500, share=99 * 8)

    found = words_in(laid_out(known, "en-US"))

    (first, *others) = known.members
    assert first.delivered >= 0.99 * (known.delivered - first.delivered)
    assert any(f"({first.delivered:,})" in text for text in found)
    for line in others:
        assert any(f"({line.delivered})" in text for text in found)


@pytest.mark.parametrize(
    ("limit", "shown", "drawn"),
    [(None, False, False), (500, True, True), (10**6, True, False)],
)
def test_a_limit_far_out_of_sight_is_named_but_flattens_nothing(
    limit: int | None, *, shown: bool, drawn: bool
) -> None:
    known = used(2, 7, 0)
    known = replace(known, month=replace(known.month, credits_limit=limit))

    figure = laid_out(known, "en-US")

    assert any("Limit: " in text for text in words_in(figure)) == shown
    month = figure.axes[-1]
    (_, top) = month.get_ylim()
    highest = max(known.month.credits, (limit or 0) if drawn else 0)
    assert known.month.forecast is not None
    assert top == pytest.approx(1.08 * max(highest, known.month.forecast.credits))
    assert np.size(month.lines[-1].get_xdata()) == (2 if drawn or limit is None else 0)
