"""One sentence says what a model takes, in every language."""

from typing import Any

import pytest

from bot.jobs.video import request_fault
from bot.models.catalogue import MODELS, PICTURE_PROFILES
from bot.models.choices import Aspect, Mode
from bot.models.profile import ModelProfile
from bot.models.refusals import unfit_picture
from bot.texts.texts import Texts
from tests.factories import make_request

SORA = MODELS["sora-2-preview"].text
SEEDANCE = MODELS["seedance-2.0-text-to-video"].text
VEO = MODELS["veo-3.1-fast-generate-preview"].text
KLING = MODELS["kling-v3-turbo-text-to-video"].text
GROK_PICTURE = PICTURE_PROFILES["grok-imagine-image-to-video-beta"]
SEEDANCE_PICTURE = PICTURE_PROFILES["seedance-2.5-image-to-video"]


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load(strict=True)


def taken(profile: ModelProfile, **asked: Any) -> dict[str, Any]:
    """Return a request's fields that a model takes, but for those given."""
    usual = {
        "model": profile.id,
        "duration_s": profile.default_duration_s,
        "aspect": profile.usual_aspect,
    }
    return usual | asked


@pytest.mark.parametrize(
    ("profile", "asked", "english", "german"),
    [
        (
            SEEDANCE,
            {"duration_s": 16},
            "Seedance 2.0 takes 4 to 15 seconds.",
            "Seedance 2.0 nimmt 4 bis 15 Sekunden.",
        ),
        (
            VEO,
            {"duration_s": 5},
            "Veo 3.1 Fast takes 4, 6 or 8 seconds.",
            "Veo 3.1 Fast nimmt 4, 6 oder 8 Sekunden.",
        ),
        (
            SORA,
            {"mode": Mode.FUN},
            "Sora 2 has no modes. Leave the *mode* option out, or choose normal.",
            "Sora 2 hat keine Modi. Lass die Option *modus* leer, oder wähle normal.",
        ),
        (
            SORA,
            {"aspect": Aspect.SQUARE},
            "Sora 2 takes the shapes 16:9 or 9:16.",
            "Sora 2 nimmt die Formate 16:9 oder 9:16.",
        ),
        (
            GROK_PICTURE,
            {"aspect": Aspect.TALL},
            (
                "Grok Imagine Beta keeps the picture's shape. Leave the *aspect* option"
                " out."
            ),
            (
                "Grok Imagine Beta behält das Format des Bildes. Lass die Option"
                " *format* leer."
            ),
        ),
        (
            SEEDANCE_PICTURE,
            {"aspect": Aspect.TALL},
            "Seedance 2.5 takes the shape auto only.",
            "Seedance 2.5 nimmt nur das Format auto.",
        ),
        (
            VEO,
            {"quality": "480p"},
            "Veo 3.1 Fast takes 720p, 1080p or 4k.",
            "Veo 3.1 Fast nimmt 720p, 1080p oder 4k.",
        ),
        (
            SORA,
            {"quality": "1080p"},
            "Sora 2 has no choice of quality. Leave the *quality* option out.",
            (
                "Bei Sora 2 kannst du keine Qualität wählen. Lass die Option *qualität*"
                " leer."
            ),
        ),
        (
            SORA,
            {"sound": False},
            (
                "You can't switch the sound of Sora 2 on or off. Leave the *sound*"
                " option out."
            ),
            (
                "Bei Sora 2 kannst du den Ton nicht ein- oder ausschalten. Lass die"
                " Option *ton* leer."
            ),
        ),
        (
            KLING,
            {"prompt": "x" * 2501},
            "This prompt is too long: Kling v3 Turbo takes up to 2,500 characters.",
            (
                "Diese Beschreibung ist zu lang: Kling v3 Turbo nimmt höchstens 2.500"
                " Zeichen."
            ),
        ),
    ],
)
def test_it_names_the_model_and_what_it_takes(
    texts: Texts,
    profile: ModelProfile,
    asked: dict[str, Any],
    english: str,
    german: str,
) -> None:
    fault = request_fault(make_request(**taken(profile, **asked)), profile)

    assert fault is not None
    assert texts.say("en-US", fault.text_id, **fault.values) == english
    assert texts.say("de", fault.text_id, **fault.values) == german
    assert request_fault(make_request(**taken(profile)), profile) is None


@pytest.mark.parametrize(
    ("size", "bytes_", "english", "german"),
    [
        (
            (400, 600),
            30_000_001,
            (
                "This picture is too large: Seedance 2.5 takes up to 30 MB. Please"
                " choose a smaller one."
            ),
            (
                "Dieses Bild ist zu groß: Seedance 2.5 nimmt höchstens 30 MB. Bitte"
                " nimm ein kleineres."
            ),
        ),
        (
            (299, 600),
            1,
            (
                "This picture has 299 by 600 pixels: Seedance 2.5 takes 300 to 6,000 on"
                " each side. Please choose another one."
            ),
            (
                "Dieses Bild hat 299 mal 600 Pixel: Seedance 2.5 nimmt 300 bis 6.000"
                " auf jeder Seite. Bitte nimm ein anderes."
            ),
        ),
        (
            (1001, 400),
            1,
            (
                "This picture is too long and narrow: Seedance 2.5 takes pictures up to"
                " 2.5 times as long as wide. Please crop it, or choose another one."
            ),
            (
                "Dieses Bild ist zu lang und schmal: Seedance 2.5 nimmt Bilder, die"
                " höchstens 2,5-mal so lang wie breit sind. Bitte schneide es zu oder"
                " nimm ein anderes."
            ),
        ),
    ],
)
def test_it_says_which_pictures_a_model_takes(
    texts: Texts, size: tuple[int, int], bytes_: int, english: str, german: str
) -> None:
    fault = unfit_picture(SEEDANCE_PICTURE, size=size, bytes_=bytes_)
    turned = unfit_picture(SEEDANCE_PICTURE, size=size[::-1], bytes_=bytes_)

    assert fault is not None
    assert turned is not None
    assert turned.text_id == fault.text_id
    assert texts.say("en-US", fault.text_id, **fault.values) == english
    assert texts.say("de", fault.text_id, **fault.values) == german


@pytest.mark.parametrize("profile", PICTURE_PROFILES.values(), ids=lambda one: one.id)
def test_a_picture_at_the_edges_of_what_a_model_takes_is_taken(
    profile: ModelProfile,
) -> None:
    takes = profile.picture
    assert takes is not None
    least, most = takes.sides_px or (1, 9000)
    ratio = takes.most_ratio or 1000.0
    long = round(least * ratio)
    assert long <= most

    for size in ((least, least), (most, most), (least, long), (long, least)):
        bytes_ = takes.max_bytes or 10**9
        assert unfit_picture(profile, size=size, bytes_=bytes_) is None
        too_many = unfit_picture(profile, size=size, bytes_=bytes_ + 1)
        assert (too_many is None) == (takes.max_bytes is None)
    if takes.most_ratio is not None:
        assert unfit_picture(profile, size=(long + 1, least), bytes_=1) is not None
    if takes.sides_px is not None:
        for size in ((least - 1, least - 1), (most + 1, most + 1)):
            assert unfit_picture(profile, size=size, bytes_=1) is not None


def test_a_prompt_may_be_empty_only_where_the_model_allows_it() -> None:
    empty = make_request(**taken(GROK_PICTURE, prompt=""))
    blank = make_request(**taken(GROK_PICTURE, prompt="\u3164"))
    words = make_request(**taken(SORA, prompt=""))

    assert request_fault(empty, GROK_PICTURE) is None
    for request, profile in ((blank, GROK_PICTURE), (words, SORA)):
        fault = request_fault(request, profile)
        assert fault is not None
        assert fault.text_id == "refused-prompt-empty"
