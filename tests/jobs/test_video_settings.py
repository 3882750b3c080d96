"""Chosen settings over stored ones over the usual."""

import pytest

from bot.jobs.video_settings import (
    NOTHING_CHOSEN,
    VideoSettings,
    settings_fault,
    taken_by,
)
from bot.models.choices import Aspect, Mode
from tests import offers
from tests.factories import make_request

PLAIN = offers.PLAIN.first.text
BETA = offers.BETA.first.text


def test_what_is_open_is_filled_from_below() -> None:
    given = VideoSettings(mode=Mode.FUN)
    below = VideoSettings(mode=Mode.SPICY, duration_s=10)

    assert given.over(below) == VideoSettings(mode=Mode.FUN, duration_s=10)
    assert NOTHING_CHOSEN.over(below) == below
    assert below.over(NOTHING_CHOSEN) == below


def test_what_nobody_chose_is_as_usual() -> None:
    usual = make_request(prompt="a fox")

    assert NOTHING_CHOSEN.request("a fox", PLAIN) == usual
    chosen = VideoSettings(mode=Mode.FUN, duration_s=10, aspect=Aspect.TALL)
    assert chosen.request("a fox", PLAIN) == make_request(
        prompt="a fox", mode=Mode.FUN, duration_s=10, aspect=Aspect.TALL
    )


@pytest.mark.parametrize(
    ("chosen", "fault"),
    [
        (NOTHING_CHOSEN, None),
        (VideoSettings(duration_s=10), None),
        (VideoSettings(duration_s=7), "refused-duration"),
        (VideoSettings(duration_s=0), "refused-duration"),
        (VideoSettings(quality="480p"), "refused-quality"),
    ],
)
def test_what_the_model_does_not_take_has_a_sentence(
    chosen: VideoSettings, fault: str | None
) -> None:
    found = settings_fault(chosen, PLAIN)

    assert (found and found.text_id) == fault


def test_what_another_model_took_is_left_out() -> None:
    chosen = VideoSettings(mode=Mode.FUN, duration_s=12, quality="480p")

    assert taken_by(BETA, chosen) == chosen
    assert taken_by(PLAIN, chosen) == VideoSettings(mode=Mode.FUN)
