"""The paid request's body, byte for byte: a repeated one must be the same."""

import itertools
import json
from typing import Any

import pytest

from bot.evolink.wire import video_json
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.video import VideoRequest
from bot.models.catalogue import MODELS, profile_of
from bot.models.choices import Aspect, Mode
from tests.factories import make_request
from tests.offers import PLAIN

PICTURE = PictureUse(kind=PictureKind.ATTACHED, owner_id=None)
URL = "https://files.evolink.ai/clapper.jpg"


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


BODIES = [
    (
        {"model": "grok-imagine-text-to-video-beta", "quality": "720p"},
        '"duration": 6, "mode": "normal", "aspect_ratio": "16:9", "quality": "720p"',
    ),
    (
        {"model": "grok-imagine-image-to-video-beta", "picture": PICTURE},
        f'"duration": 6, "mode": "normal", "image_urls": ["{URL}"]',
    ),
    (
        {"model": "grok-imagine-video-1.0-t2v", "aspect": Aspect.UPRIGHT},
        '"duration": 6, "aspect_ratio": "3:4"',
    ),
    (
        {
            "model": "grok-imagine-video-1.5-preview",
            "aspect": Aspect.AUTO,
            "picture": PICTURE,
        },
        f'"duration": 6, "aspect_ratio": "auto", "image_urls": ["{URL}"]',
    ),
    (
        {
            "model": "seedance-2.0-text-to-video",
            "aspect": Aspect.AUTO,
            "quality": "4k",
            "sound": False,
        },
        (
            '"duration": 6, "aspect_ratio": "adaptive", "quality": "4k",'
            ' "generate_audio": false'
        ),
    ),
    (
        {
            "model": "seedance-2.5-image-to-video",
            "aspect": Aspect.AUTO,
            "sound": True,
            "picture": PICTURE,
        },
        (
            '"duration": 6, "aspect_ratio": "adaptive", "generate_audio": true,'
            f' "image_urls": ["{URL}"]'
        ),
    ),
    (
        {"model": "sora-2-preview", "duration_s": 12, "aspect": Aspect.TALL},
        '"duration": 12, "aspect_ratio": "9:16"',
    ),
    (
        {"model": "kling-v3-turbo-text-to-video", "sound": True},
        '"duration": 6, "aspect_ratio": "16:9", "sound": "on"',
    ),
    (
        {"model": "kling-v3-turbo-text-to-video", "sound": False},
        '"duration": 6, "aspect_ratio": "16:9", "sound": "off"',
    ),
]


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
