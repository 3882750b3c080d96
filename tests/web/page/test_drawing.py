"""What the page says, and that strangers' words stay words."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from bot.ids import GuildId
from bot.jobs.states import JobState
from bot.operations.overview.values import OperatorEvent, Overview
from bot.texts.texts import Texts
from bot.web.page.drawing import Drawing
from tests.web.page.sample import (
    CEILINGS,
    HEALTH,
    NOW,
    make_drawing,
    make_latest,
    make_stored,
    make_troubled,
    make_view,
)

HOSTILE = "<script>alert(1)</script>\"' onload=x \N{RIGHT-TO-LEFT OVERRIDE}&amp;"


def drawn(texts: Texts, view: Overview) -> str:
    return make_drawing(texts).page(view, refreshes=False, signed_in=False)


def words_of(html: str) -> str:
    """Return what a page reads like, without its marks."""
    text = re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(text))


def test_a_strangers_words_are_escaped_and_keep_to_their_own_direction() -> None:
    stored = make_stored(
        events=[
            OperatorEvent(
                event="files-refused", values={"reason": HOSTILE}, told_at=NOW
            ),
            OperatorEvent(event=HOSTILE, values={HOSTILE: HOSTILE}, told_at=NOW),
        ]
    )
    view = make_view(stored, process=HOSTILE)
    drawing = Drawing(
        server_name=lambda _: HOSTILE,
        sentence=lambda event: f"{event.event}: {HOSTILE}",
    )

    html = drawing.page(view, refreshes=False, signed_in=True)

    assert "<script" not in html
    assert re.search(r"<[^>]*\sonload=", html) is None
    assert "&lt;script&gt;" in html
    assert "&amp;amp;" in html
    # Its own direction ends where it does.
    pieces = html.split("\N{RIGHT-TO-LEFT OVERRIDE}")
    in_names = [one for one in pieces if one.startswith("&amp;amp;</bdi>")]
    assert len(in_names) >= len(stored.latest)


def test_what_evolink_answered_is_escaped_where_intake_is_paused(texts: Texts) -> None:
    html = drawn(texts, make_troubled())

    assert "&lt;b&gt;0&lt;/b&gt; credits left" in html
    assert "<b>" not in html


def test_all_troubles_are_told_first_in_words(texts: Texts) -> None:
    html = drawn(texts, make_troubled())
    said = words_of(html)

    assert "<title>(10) Clapper</title>" in html
    for words in (
        "This process is not connected to Discord.",
        "EvoLink is asked for tasks, and has told of none for two minutes.",
        "Intake is paused, for 42 min now (balance): insufficient_quota",
        "EvoLink has not answered for 9 min. Jobs wait.",
        "Nobody holds 1 of 3 shards of Discord's gateway (2)",
        "3 clips wait to be posted, the first for 21 min",
        "This month's ceiling is reached: requests are refused.",
        "The balance lasts about 2 days at the present rate",
        "The database could not be copied: data/backups",
        "The disk of the database has only 12 MB left",
    ):
        assert words in said
    assert "Everything works." not in said


def test_where_all_is_well_it_says_so(texts: Texts) -> None:
    html = drawn(texts, make_view())
    said = words_of(html)

    assert "<title>Clapper</title>" in html
    assert "Everything works." in said
    assert "Queue 4 the first for 48 s" in said
    assert "Being made 3 of 20 at once" in said
    assert "Deliveries that wait 1 the first for 3 s" in said
    assert "Notices that wait 0 none waits" in said
    assert "This month 4,310 of at most 10,000" in said
    assert (
        "Balance 9,420 lasts about 36 days at the present rate, as of 13:58 UTC" in said
    )
    assert "43% of this month's ceiling is used" in said
    assert "delivered 41,236" in said
    for version in ("0.1.0", "3.11.7", "2.7.1", "PostgreSQL 15.14", "v0003"):
        assert version in said
    assert "4211 on clapper-1 (this one)" in said


def test_a_rate_that_leads_beyond_the_ceiling_is_told_before(texts: Texts) -> None:
    view = make_view()
    assert view.spending is not None
    spending = replace(view.spending, month_forecast=10_001.0)

    said = words_of(drawn(texts, replace(view, spending=spending)))

    assert "At the present rate this month's ceiling will be reached." in said


def test_an_event_is_a_sentence_that_says_what_to_do(texts: Texts) -> None:
    html = drawn(texts, make_view())

    assert "<code>clapper jobs resolve 0j17k3w9 --as failed</code>" in html


def test_good_news_is_not_listed_under_what_needed_a_person(texts: Texts) -> None:
    """Whether or not the database has taken it."""
    ended = OperatorEvent(event="outage-ended", values={"minutes": "3"}, told_at=NOW)
    view = make_view(unsaved_events=[ended])

    said = words_of(drawn(texts, view))

    assert any(one.event == "intake-resumed" for one in make_stored().events)
    assert "EvoLink accepts requests again" not in said
    assert "EvoLink answers again" not in said
    assert "I can't tell" in said


def test_what_could_not_be_saved_is_shown_among_the_events(texts: Texts) -> None:
    event = OperatorEvent(event="storage-full", values={"process": "only"}, told_at=NOW)

    said = words_of(drawn(texts, make_view(unsaved_events=[event])))

    assert said.index("Make room") < said.index("I can't tell")


def test_without_the_database_the_page_says_so_and_what_it_knows(texts: Texts) -> None:
    database = replace(HEALTH.database, ok=False, age_s=73.0)
    view = replace(
        make_view(),
        stored=None,
        spending=None,
        health=replace(HEALTH, database=database),
    )

    said = words_of(drawn(texts, view))

    assert "The database does not answer." in said
    assert "answered 1 min 13 s ago" in said
    assert "4211 on clapper-1 (this one) 0.1.0" in said
    assert "The latest jobs" not in said


def test_a_fresh_installation_has_a_page(texts: Texts) -> None:
    stored = make_stored(
        counts={}, running=[], days=[], latest=[], events=[], month_credits=0.0
    )
    ceilings = replace(CEILINGS, total_credits_per_month=None)
    view = make_view(stored, ceilings=ceilings)
    assert view.spending is not None
    spending = replace(
        view.spending, ceiling=None, balance=None, lasts_days=None, per_day=0.0
    )

    said = words_of(drawn(texts, replace(view, spending=spending)))

    assert "There is none yet." in said
    assert "no ceiling is set" in said
    assert "Balance unknown" in said


@pytest.mark.parametrize(
    ("rate_days", "said"),
    [
        (1.0, "4.9 a day, the average since the first video, 1 day"),
        (6.9, "4.9 a day, the average since the first video, 6 days"),
        (7.3, "4.9 a day, the average of the last 7 days"),
    ],
)
def test_the_forecast_says_what_it_is_the_average_of(
    texts: Texts, rate_days: float, said: str
) -> None:
    view = make_view()
    assert view.spending is not None
    spending = replace(view.spending, per_day=4.9, rate_days=rate_days)

    assert said in words_of(drawn(texts, replace(view, spending=spending)))


def test_a_server_that_is_not_known_any_more_is_its_id(texts: Texts) -> None:
    job = replace(make_latest()[0], guild_id=GuildId(77))

    html = drawn(texts, make_view(make_stored(latest=[job])))

    assert '<td class="wraps"><span class="id">77</span></td>' in html


def test_a_job_that_waits_tells_for_how_long(texts: Texts) -> None:
    job = replace(
        make_latest()[0],
        state=JobState.QUEUED,
        requested_at=NOW - timedelta(minutes=3, seconds=4),
        first_submit_at=None,
    )

    said = words_of(drawn(texts, make_view(make_stored(latest=[job]))))

    assert "queued about 4.9 3 min 4 s - 2026-11-18 14:02:26" in said


@pytest.mark.parametrize("refreshes", [False, True])
def test_the_same_values_are_the_same_page(texts: Texts, *, refreshes: bool) -> None:
    drawing = make_drawing(texts)
    pages = {
        drawing.page(make_view(), refreshes=refreshes, signed_in=False)
        for _ in range(2)
    }

    assert len(pages) == 1


def test_the_newest_copy_and_the_free_space_are_shown(texts: Texts) -> None:
    said = words_of(drawn(texts, make_view()))

    assert "Newest copy 7 h ago 2026-11-18 07:05:30 UTC" in said
    assert "Free for the database 41 GB on its disk" in said
    assert "Free for the spool 41 GB on its disk" in said


def test_where_no_copies_are_made_the_page_says_so(texts: Texts) -> None:
    said = words_of(drawn(texts, make_view(copies=None)))

    assert "Newest copy none Clapper makes none" in said


def test_without_the_database_copies_and_space_are_still_shown(texts: Texts) -> None:
    view = replace(make_view(), stored=None, spending=None)

    said = words_of(drawn(texts, view))

    assert "Newest copy 7 h ago" in said
    assert "Free for the database 41 GB" in said
