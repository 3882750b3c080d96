"""The line that says how a video is made names the model, unless it is the usual."""

import pytest

from bot.jobs.picture import PictureKind, PictureUse
from bot.texts.texts import Texts
from cogs.drawing.layout import settings_line
from tests.factories import PICTURE_ID, make_request
from tests.offers import make_offer

PICTURE = PictureUse(kind=PictureKind.ATTACHED, owner_id=None)


def test_the_first_model_goes_unnamed(texts: Texts) -> None:
    said = settings_line(texts, "en-US", make_request())

    assert said == "normal · 6 s · 16:9"


@pytest.mark.parametrize(
    "name", ["grok-imagine-text-to-video", "kling-v3-turbo-text-to-video"]
)
def test_what_makes_clips_from_pictures_for_others_is_named(
    texts: Texts, name: str
) -> None:
    """Whoever chose a model that takes no pictures sees which one made the clip."""
    offer = make_offer(name, picture_id=PICTURE_ID)
    maker = offer.taker(offer.first, with_picture=True)
    request = make_request(model=maker.id, picture=PICTURE)

    said = settings_line(texts, "en-US", request)

    assert said.startswith("Grok Imagine Beta · ")
    assert said.endswith(" · from a picture")
