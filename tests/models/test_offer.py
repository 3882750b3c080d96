"""What operators and servers offer, and who makes what."""

from collections.abc import Collection

import pytest

from bot.errors import Refused
from bot.models.catalogue import MODELS, PICTURE_PROFILES
from bot.models.choices import Aspect, Mode
from tests.offers import BETA, PLAIN, make_offer

GROK_PICTURE = PICTURE_PROFILES["grok-imagine-image-to-video-beta"]
SEVERAL = make_offer(
    "sora-2-preview",
    "grok-imagine-text-to-video",
    "wan3.0-text-to-video",
    picture_id=GROK_PICTURE.id,
)


def test_the_first_model_is_the_default() -> None:
    assert SEVERAL.first is MODELS["sora-2-preview"]
    assert SEVERAL.has_several
    assert not PLAIN.has_several


@pytest.mark.parametrize("name", ["kling-v3-turbo-text-to-video", "", None])
def test_what_is_not_offered_is_not_found(name: str | None) -> None:
    assert SEVERAL.model(name) is None
    assert SEVERAL.profile(name or "", with_picture=False) is None


def test_pictures_go_to_the_model_itself_or_to_the_one_that_serves_others() -> None:
    sora = SEVERAL.profile("sora-2-preview", with_picture=True)
    wan = SEVERAL.profile("wan3.0-text-to-video", with_picture=True)

    assert sora is MODELS["sora-2-preview"].picture
    assert wan is GROK_PICTURE
    assert PLAIN.profile(PLAIN.first.name, with_picture=True) is None


def test_who_made_an_earlier_clip_is_found_by_its_id() -> None:
    def maker(model_id: str, *, with_picture: bool) -> str | None:
        found = SEVERAL.by_id(model_id, with_picture=with_picture)
        return None if found is None else found.name

    assert maker("sora-2-preview", with_picture=False) == "sora-2-preview"
    assert maker("sora-2-preview", with_picture=True) == "sora-2-preview"
    assert maker(GROK_PICTURE.id, with_picture=True) == "grok-imagine-text-to-video"
    assert maker(GROK_PICTURE.id, with_picture=False) is None
    assert SEVERAL.profile_by_id(GROK_PICTURE.id, with_picture=True) is GROK_PICTURE


@pytest.mark.parametrize(
    ("barred", "default", "names"),
    [
        ((), None, ["sora", "grok", "wan"]),
        ((), "wan3.0-text-to-video", ["wan", "sora", "grok"]),
        (("sora-2-preview",), None, ["grok", "wan"]),
        (("sora-2-preview",), "sora-2-preview", ["grok", "wan"]),
        (("a-model-that-is-gone",), "another", ["sora", "grok", "wan"]),
        (MODELS, None, ["sora"]),
    ],
)
def test_a_server_narrows_it(
    barred: Collection[str], default: str | None, names: list[str]
) -> None:
    narrowed = SEVERAL.narrowed(barred=barred, default=default)

    assert [
        one.name.partition("-")[0][: len(name)]
        for one, name in zip(narrowed.models, names, strict=True)
    ] == names
    assert narrowed.picture_profile is GROK_PICTURE


def test_a_barred_model_makes_no_clips_from_pictures_for_others() -> None:
    """Wan takes no pictures itself."""
    beta, wan = "grok-imagine-text-to-video-beta", "wan3.0-text-to-video"
    offer = make_offer(beta, wan, picture_id=GROK_PICTURE.id)

    narrowed = offer.narrowed(barred=[beta], default=None)

    assert offer.profile(wan, with_picture=True) is GROK_PICTURE
    assert narrowed.profile(wan, with_picture=True) is None
    assert not narrowed.takes_pictures


def test_what_was_chosen_comes_before_what_is_stored() -> None:
    assert SEVERAL.choose("wan3.0-text-to-video", "sora-2-preview").title == "Wan 3.0"
    assert SEVERAL.choose(None, "gone", "wan3.0-text-to-video").title == "Wan 3.0"
    assert SEVERAL.choose(None, None, "gone") is SEVERAL.first
    with pytest.raises(Refused, match="refused-model"):
        SEVERAL.choose("gone", "sora-2-preview")


def test_a_picture_that_no_model_takes_is_refused() -> None:
    without = make_offer("sora-2-preview", "wan3.0-text-to-video")

    assert without.taker(without.first, with_picture=True).picture is not None
    with pytest.raises(Refused, match="refused-picture-model") as refusal:
        without.taker(without.models[1], with_picture=True)
    assert refusal.value.values == {"model": "Wan 3.0"}


def test_menus_hold_what_any_of_the_models_takes() -> None:
    assert SEVERAL.durations_s == tuple(range(2, 31))
    assert SEVERAL.qualities == ("480p", "720p", "1080p")
    assert SEVERAL.modes == (Mode.FUN, Mode.NORMAL, Mode.SPICY)
    assert SEVERAL.aspects == tuple(one for one in Aspect if one is not Aspect.CINEMA)
    assert SEVERAL.has_sound_switch


def test_the_first_model_s_menus_are_as_ever() -> None:
    assert PLAIN.durations_s == (6, 10)
    assert PLAIN.qualities == ()
    assert [one.value for one in PLAIN.aspects] == ["16:9", "9:16", "1:1", "3:2", "2:3"]
    assert not PLAIN.has_sound_switch
    assert BETA.durations_s == tuple(range(6, 31))
