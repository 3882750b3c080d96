"""What a report says of the month, in plain words."""

from dataclasses import replace

import pytest

from bot.quotas.month import month_at
from bot.quotas.report import QuotaReport
from bot.texts.texts import Texts
from cogs.quotas.report import report_view, report_words
from tests.charts.test_table import MIA, S, made, report
from tests.cogs.drawings import text_of
from tests.factories import NOON
from tests.languages import LOCALES


def said(texts: Texts, known: QuotaReport, locale: str = "en-US") -> str:
    return text_of(report_view(texts, locale, known)).replace("\N{NO-BREAK SPACE}", " ")


def test_it_says_where_the_month_leads(texts: Texts) -> None:
    known = report(*(made(MIA, S.DELIVERED) for _ in range(29)))

    # 29 videos and 72.5 credits in fourteen days and a half of 31.
    assert (
        "This month so far: 29 videos, 72.5 credits."
        " At this rate, about 62 videos and 155 credits by Jan 31."
    ) in said(texts, known)
    assert "limit" not in said(texts, known)


def test_it_names_the_servers_own_limit(texts: Texts) -> None:
    known = report(made(MIA, S.DELIVERED), limits_credits=True, credits_limit=1500)

    assert "The server's limit is 1,500 credits a month." in said(texts, known)
    assert report_words(texts, "de", known).month.limit == "Limit: 1.500"


def test_it_says_when_it_is_too_early_to_tell(texts: Texts) -> None:
    known = report(made(MIA, S.DELIVERED))
    early = month_at(NOON.replace(day=2), "UTC")
    known = replace(
        known, month=replace(known.month, span=early, credits_by_day=[0.0, 2.5])
    )

    assert "too early to tell" in said(texts, known)
    assert "At this rate" not in said(texts, known)
    assert report_words(texts, "en-US", known).month.forecast is None


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_said_of_a_month_without_videos(texts: Texts, locale: str) -> None:
    known = report(limits_credits=True, credits_limit=0)

    words = report_words(texts, locale, known)

    assert words.month.forecast is None
    assert words.month.limit == "Limit: 0"
    assert "0" in said(texts, known, locale)
