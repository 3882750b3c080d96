"""The paid request's body, member for member: a repeated one must be the same.

That they leave as the same bytes is shown in `test_every_model`.
"""

import itertools
import json
from typing import Any

import pytest

from bot.evolink.wire import video_json
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.video import VideoRequest
from bot.models.catalogue import MODELS, PICTURE_PROFILES
from bot.models.choices import Aspect, Mode
from bot.models.known import profile_of
from tests.factories import make_request
from tests.offers import PLAIN

PICTURE = PictureUse(kind=PictureKind.ATTACHED, owner_id=None)
URL = "https://files.evolink.ai/clapper.jpg"
SEEDANCES = ("seedance-2.0-mini", "seedance-2.0-fast", "seedance-2.0", "seedance-2.5")


def body(request: VideoRequest, callback_url: str | None = None) -> str:
    profile = profile_of(request.model, with_picture=request.with_picture)
    made = video_json(
        request,
        profile,
        callback_url=callback_url,
        picture_url=URL if request.with_picture else None,
    )
    return json.dumps(made)


@pytest.mark.parametrize(
    ("mode", "duration_s", "aspect"),
    list(itertools.product(Mode, (6, 10), PLAIN.aspects)),
)
def test_the_thirty_combinations_of_the_first_model_are_as_ever(
    mode: Mode, duration_s: int, aspect: Aspect
) -> None:
    request = make_request(
        prompt="a fox", mode=mode, duration_s=duration_s, aspect=aspect
    )

    assert body(request) == (
        '{"model": "grok-imagine-text-to-video", "prompt": "a fox",'
        f' "duration": {duration_s}, "mode": "{mode}", "aspect_ratio": "{aspect}"}}'
    )
    assert body(request, "https://clapper.example/callbacks/x") == (
        '{"model": "grok-imagine-text-to-video", "prompt": "a fox",'
        f' "duration": {duration_s}, "mode": "{mode}", "aspect_ratio": "{aspect}",'
        ' "callback_url": "https://clapper.example/callbacks/x"}'
    )


def words(
    model: str, seconds: int, aspect: Aspect = Aspect.AUTO, **others: Any
) -> dict[str, Any]:
    return {"model": model, "duration_s": seconds, "aspect": aspect, **others}


def frame(
    model: str, seconds: int, aspect: Aspect = Aspect.AUTO, **others: Any
) -> dict[str, Any]:
    return words(model, seconds, aspect, picture=PICTURE, **others)


FROM_PICTURE = f'"image_urls": ["{URL}"]'
BODIES: list[tuple[dict[str, Any], str]] = [
    (
        words("grok-imagine-text-to-video", 10, Aspect.PORTRAIT, mode=Mode.SPICY),
        '"duration": 10, "mode": "spicy", "aspect_ratio": "2:3"',
    ),
    (
        words(
            "grok-imagine-text-to-video-beta",
            30,
            Aspect.LANDSCAPE,
            mode=Mode.FUN,
            quality="720p",
        ),
        '"duration": 30, "mode": "fun", "aspect_ratio": "3:2", "quality": "720p"',
    ),
    (
        frame("grok-imagine-image-to-video-beta", 6, quality="480p"),
        f'"duration": 6, "mode": "normal", "quality": "480p", {FROM_PICTURE}',
    ),
    (
        words("grok-imagine-video-1.0-t2v", 1, Aspect.UPRIGHT, quality="480p"),
        '"duration": 1, "aspect_ratio": "3:4", "quality": "480p"',
    ),
    (
        frame("grok-imagine-video-1.0-i2v", 15, quality="720p"),
        f'"duration": 15, "quality": "720p", {FROM_PICTURE}',
    ),
    (
        words("grok-imagine-video-1.5-preview", 1, quality="1080p"),
        '"duration": 1, "aspect_ratio": "auto", "quality": "1080p"',
    ),
    (
        frame("grok-imagine-video-1.5-preview", 15, Aspect.SQUARE, quality="720p"),
        f'"duration": 15, "aspect_ratio": "1:1", "quality": "720p", {FROM_PICTURE}',
    ),
    *(
        (
            words(f"{name}-text-to-video", 4, quality="720p", sound=False),
            (
                '"duration": 4, "aspect_ratio": "adaptive", "quality": "720p",'
                ' "generate_audio": false'
            ),
        )
        for name in SEEDANCES
    ),
    *(
        (
            frame(f"{name}-image-to-video", 15, quality="480p", sound=True),
            (
                '"duration": 15, "aspect_ratio": "adaptive", "quality": "480p",'
                f' "generate_audio": true, {FROM_PICTURE}'
            ),
        )
        for name in SEEDANCES
    ),
    (
        words("seedance-2.0-text-to-video", 15, Aspect.CINEMA, quality="4k"),
        '"duration": 15, "aspect_ratio": "21:9", "quality": "4k"',
    ),
    (
        words("seedance-2.5-text-to-video", 30, Aspect.STANDARD, sound=True),
        '"duration": 30, "aspect_ratio": "4:3", "generate_audio": true',
    ),
    (
        words(
            "veo-3.1-fast-generate-preview", 8, Aspect.TALL, quality="4k", sound=False
        ),
        (
            '"duration": 8, "aspect_ratio": "9:16", "quality": "4k",'
            ' "generate_audio": false'
        ),
    ),
    (
        frame("veo-3.1-fast-generate-preview", 4),
        f'"duration": 4, "aspect_ratio": "auto", {FROM_PICTURE}',
    ),
    (
        words("sora-2-preview", 12, Aspect.TALL),
        '"duration": 12, "aspect_ratio": "9:16"',
    ),
    (
        frame("sora-2-preview", 4, Aspect.WIDE),
        f'"duration": 4, "aspect_ratio": "16:9", {FROM_PICTURE}',
    ),
    (
        words("kling-v3-turbo-text-to-video", 3, Aspect.WIDE, sound=True),
        '"duration": 3, "aspect_ratio": "16:9", "sound": "on"',
    ),
    (
        words("kling-v3-turbo-text-to-video", 15, Aspect.SQUARE, sound=False),
        '"duration": 15, "aspect_ratio": "1:1", "sound": "off"',
    ),
    (
        words("wan3.0-text-to-video", 2, quality="1080p", sound=True),
        (
            '"duration": 2, "aspect_ratio": "adaptive", "quality": "1080p",'
            ' "generate_audio": true'
        ),
    ),
]


def test_every_id_has_a_body_here() -> None:
    asked = {(one["model"], "picture" in one) for one, _ in BODIES}

    assert asked == {(name, False) for name in MODELS} | {
        (model_id, True) for model_id in PICTURE_PROFILES
    }


@pytest.mark.parametrize(("asked", "expected"), BODIES)
def test_each_model_is_asked_in_its_own_words(
    asked: dict[str, Any], expected: str
) -> None:
    request = make_request(prompt="a fox", **asked)

    assert body(request) == (
        f'{{"model": "{asked["model"]}", "prompt": "a fox", {expected}}}'
    )


@pytest.mark.parametrize("name", MODELS)
def test_what_nobody_chose_is_left_to_the_model(name: str) -> None:
    """No quality and no sound: EvoLink's own default holds."""
    text = MODELS[name].text
    request = make_request(
        model=name, duration_s=text.default_duration_s, aspect=text.usual_aspect
    )
    usual = {"model", "prompt", "duration", "aspect_ratio"}

    assert set(json.loads(body(request))) == usual | ({"mode"} if text.modes else set())


def test_an_empty_prompt_is_left_out() -> None:
    request = make_request(
        prompt="", model="grok-imagine-image-to-video-beta", picture=PICTURE
    )

    assert "prompt" not in json.loads(body(request))
