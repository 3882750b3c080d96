"""What a video costs, as it stands after its settings."""

from typing import Any

import pytest

from bot.jobs.states import JobState
from bot.quotas.estimates import estimate
from bot.texts.texts import Texts
from cogs.drawing.layout import price_part
from cogs.drawing.status import status_looks
from tests.factories import NOON, make_job, make_request

UNLISTED = "grok-imagine-video-1.0-t2v"
"""The list of prices has none for it."""


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"credits_estimated": 4.92}, " · about 4.9 credits"),
        ({"credits_estimated": 0.82}, " · about 0.82 credits"),
        ({"credits_estimated": 4.92, "credits_reserved": 5.0}, " · 5 credits"),
        ({"credits_reserved": 5.0, "credits_used": 1.0}, " · 1 credit"),
        ({"credits_used": 0.0}, " · 0 credits"),
        ({}, " · price not known yet"),
    ],
)
def test_evolinks_figure_is_shown_once_it_is_known(
    texts: Texts, fields: dict[str, Any], said: str
) -> None:
    part = price_part(texts, "en-US", make_job(**fields))

    assert part.replace("\N{NO-BREAK SPACE}", " ") == said


def test_a_guess_is_not_shown_as_a_price(texts: Texts) -> None:
    guess = estimate(make_request(model=UNLISTED), [])

    part = price_part(texts, "en-US", make_job(model=UNLISTED, credits_estimated=guess))

    assert part == " · price not known yet"


@pytest.mark.parametrize("shows", [True, False])
def test_a_status_message_is_edited_for_a_price_only_where_it_shows(
    shows: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    def looks(**fields: Any) -> str:
        job = make_job(state=JobState.GENERATING, shows_price=shows, **fields)
        return status_looks(job, position=None, now=NOON)

    changed = looks(credits_estimated=4.9) != looks(
        credits_estimated=4.9, credits_reserved=5.0
    )
    assert changed is shows
