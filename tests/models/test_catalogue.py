"""What is written down of each model holds together."""

import pytest

from bot.models.catalogue import MODELS, PICTURE_PROFILES
from bot.models.choices import QUALITIES, Aspect, Mode
from bot.models.known import profile_of
from bot.models.profile import ModelProfile

PROFILES = [
    *(model.text for model in MODELS.values()),
    *PICTURE_PROFILES.values(),
]
"""Some ids serve for words and for pictures: they are there twice."""
each_profile = pytest.mark.parametrize(
    "profile", PROFILES, ids=lambda one: f"{one.id}{'+' if one.picture else ''}"
)


def test_the_shipped_models_are_those_that_were_promised() -> None:
    assert list(MODELS) == [
        "grok-imagine-text-to-video",
        "grok-imagine-text-to-video-beta",
        "grok-imagine-video-1.0-t2v",
        "grok-imagine-video-1.5-preview",
        "seedance-2.0-mini-text-to-video",
        "seedance-2.0-fast-text-to-video",
        "seedance-2.0-text-to-video",
        "seedance-2.5-text-to-video",
        "veo-3.1-fast-generate-preview",
        "sora-2-preview",
        "kling-v3-turbo-text-to-video",
        "wan3.0-text-to-video",
    ]


def test_no_two_models_are_called_the_same() -> None:
    titles = [model.title for model in MODELS.values()]

    assert len(set(titles)) == len(titles) == len(MODELS)
    for model in MODELS.values():
        assert model.picture is None or model.picture.title == model.title


@each_profile
def test_every_default_is_one_of_the_choices(profile: ModelProfile) -> None:
    assert profile.durations_s == tuple(sorted(set(profile.durations_s)))
    assert profile.default_duration_s in profile.durations_s
    assert profile.default_quality in {None, *profile.qualities}
    assert profile.takes_aspect(profile.usual_aspect)
    assert profile.takes_mode(Mode.NORMAL)


@each_profile
def test_choices_have_one_order_and_no_doubles(profile: ModelProfile) -> None:
    for chosen, order in (
        (profile.qualities, QUALITIES),
        (profile.aspects, tuple(Aspect)),
        (profile.modes, tuple(Mode)),
    ):
        places = [list(order).index(one) for one in chosen]
        assert places == sorted(set(places))


@each_profile
def test_prices_are_of_qualities_that_there_are(profile: ModelProfile) -> None:
    for quality, price in profile.credits_per_s.items():
        assert quality is None or quality in profile.qualities
        assert 0 < price < 30


@each_profile
def test_a_picture_s_size_is_known_for_every_shape_or_none(
    profile: ModelProfile,
) -> None:
    sizes = profile.picture.exact_sizes if profile.picture else {}

    assert not sizes or set(sizes) == set(profile.aspects)
    for aspect, (width, height) in sizes.items():
        across, _, down = aspect.value.partition(":")
        assert width * int(down) == height * int(across)


def test_only_models_for_pictures_take_pictures() -> None:
    for model in MODELS.values():
        assert model.text.picture is None
        assert not model.text.prompt_optional
        assert model.picture is None or model.picture.picture is not None


def test_an_id_is_found_for_words_and_for_pictures() -> None:
    sora = MODELS["sora-2-preview"]

    assert profile_of("sora-2-preview", with_picture=False) is sora.text
    assert profile_of("sora-2-preview", with_picture=True) is sora.picture


def test_a_job_of_an_id_that_is_gone_still_has_a_body() -> None:
    """Its row was sent once, and may have to be sent again."""
    gone = "grok-imagine-text-to-video-alpha"

    assert profile_of(gone, with_picture=False) is MODELS[next(iter(MODELS))].text
    assert profile_of(gone, with_picture=True).picture is not None
