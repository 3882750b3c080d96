"""A page of `/videos list`."""

import pytest

from bot.ids import MessageId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.requests.listing import PAGE_SIZE, Page, StatusFilter
from bot.texts.texts import Texts
from cogs.drawing.list_page import page_view
from tests.cogs.drawings import BUTTON, assert_fit_to_send, buttons_of, pieces, text_of
from tests.factories import make_job
from tests.languages import LOCALES


def page_of(
    *jobs: Job,
    number: int = 1,
    pages: int = 1,
    status: StatusFilter | None = None,
    with_prices: bool = False,
) -> Page:
    return Page(
        jobs=jobs, number=number, pages=pages, status=status, with_prices=with_prices
    )


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("state", list(JobState))
def test_a_full_page_of_the_longest_prompts_fits(
    texts: Texts, locale: str, state: JobState
) -> None:
    jobs = [
        make_job(prompt="*" * 4000, state=state, clip_message_id=MessageId(2**63))
        for _ in range(PAGE_SIZE)
    ]
    view = page_view(texts, locale, page_of(*jobs, number=2, pages=9))

    assert_fit_to_send(view)


def test_an_empty_list_says_how_to_begin(texts: Texts) -> None:
    assert "/video" in text_of(page_view(texts, "en-US", page_of()))


def test_an_empty_selection_does_not_claim_there_is_nothing(texts: Texts) -> None:
    page = page_of(status=StatusFilter.FAILED)

    assert "No failed videos" in text_of(page_view(texts, "en-US", page))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_filtered_list_names_its_filter(texts: Texts, locale: str) -> None:
    titles = {
        text_of(page_view(texts, locale, page_of(status=status))).splitlines()[0]
        for status in (None, *StatusFilter)
    }

    assert len(titles) == 1 + len(StatusFilter)


def test_a_delivered_job_links_to_its_clip(texts: Texts) -> None:
    job = make_job(state=JobState.DELIVERED, clip_message_id=MessageId(77))

    assert "/77" in text_of(page_view(texts, "en-US", page_of(job)))


def test_an_open_job_links_to_its_status(texts: Texts) -> None:
    job = make_job(state=JobState.QUEUED, status_message_id=MessageId(76))

    assert "/76" in text_of(page_view(texts, "en-US", page_of(job)))


def test_a_single_page_has_no_buttons(texts: Texts) -> None:
    assert not buttons_of(page_view(texts, "en-US", page_of(make_job())))


@pytest.mark.parametrize(
    ("number", "disabled"),
    [(1, [True, False]), (2, [False, False]), (3, [False, True])],
)
def test_nobody_can_turn_beyond_the_ends(
    texts: Texts, number: int, disabled: list[bool]
) -> None:
    page = page_of(make_job(), number=number, pages=3, status=StatusFilter.OPEN)
    buttons = [
        piece
        for piece in pieces(page_view(texts, "en-US", page))
        if piece["type"] == BUTTON
    ]

    assert [button["disabled"] for button in buttons] == disabled
    assert [button["custom_id"] for button in buttons] == [
        f"clapper:list:open:{number - 1}",
        f"clapper:list:open:{number + 1}",
    ]


def test_prices_are_there_for_those_who_see_them(texts: Texts) -> None:
    job = make_job(credits_estimated=4.92)

    assert "credits" not in text_of(page_view(texts, "en-US", page_of(job)))
    assert "about 4.9\N{NO-BREAK SPACE}credits" in text_of(
        page_view(texts, "en-US", page_of(job, with_prices=True))
    )
