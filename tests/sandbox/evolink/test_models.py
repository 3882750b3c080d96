"""What each model takes, as EvoLink's table of parameters says."""

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.evolink.models import MODELS
from tests.sandbox.evolink.client import Client
from tests.sandbox.evolink.conftest import Start

GROK = "grok-imagine"
FIVE = ("16:9", "9:16", "1:1", "3:2", "2:3")
FILM = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "adaptive")
URL = "https://pictures.example/1.jpg"
URLS: dict[str, Any] = {"image_urls": [URL]}


def seedance(name: str, longest_s: int, *qualities: str) -> dict[str, Any]:
    return {
        f"seedance-{name}-text-to-video": {
            "duration": (4, longest_s),
            "quality": qualities,
            "aspect_ratio": FILM,
            "generate_audio": (True, False),
            "content_filter": (True, False),
        }
    }


TAKES: Mapping[str, Mapping[str, Any]] = {
    f"{GROK}-text-to-video": {
        "duration": (6, 10),
        "aspect_ratio": FIVE,
        "mode": ("fun", "normal", "spicy"),
    },
    f"{GROK}-text-to-video-beta": {
        "duration": (6, 7, 30),
        "quality": ("480p", "720p"),
        "aspect_ratio": FIVE,
        "mode": ("fun", "normal", "spicy"),
    },
    f"{GROK}-video-1.0-t2v": {
        "duration": (1, 15),
        "quality": ("480p", "720p"),
        "aspect_ratio": (*FIVE, "4:3", "3:4"),
    },
    f"{GROK}-video-1.5-preview": {
        "duration": (1, 15),
        "quality": ("480p", "720p", "1080p"),
        "aspect_ratio": ("auto", *FIVE),
    },
    **seedance("2.0-mini", 15, "480p", "720p"),
    **seedance("2.0-fast", 15, "480p", "720p"),
    **seedance("2.0", 15, "480p", "720p", "1080p", "4k"),
    **seedance("2.5", 30, "480p", "720p", "1080p"),
    "veo-3.1-fast-generate-preview": {
        "duration": (4, 6, 8),
        "quality": ("720p", "1080p", "4k"),
        "aspect_ratio": ("auto", "16:9", "9:16"),
        "generate_audio": (True, False),
        "seed": (7,),
        "negative_prompt": ("rain",),
        "n": (1, 4),
    },
    "sora-2-preview": {"duration": (4, 8, 12), "aspect_ratio": ("16:9", "9:16")},
    "sora-2-pro-preview": {"quality": ("720p", "1080p")},
    "kling-v3-turbo-text-to-video": {
        "duration": (3, 15),
        "quality": ("720p", "1080p"),
        "aspect_ratio": ("16:9", "9:16", "1:1"),
        "sound": ("on", "off"),
    },
    "wan2.7-text-to-video": {"duration": (2, 15), "quality": ("720p", "1080p")},
    "wan3.0-text-to-video": {
        "duration": (2, 30),
        "quality": ("480p", "720p", "1080p"),
        "aspect_ratio": ("adaptive", "16:9", "9:16", "1:1", "4:3", "3:4"),
        "generate_audio": (True, False),
        "seed": (7,),
        "negative_prompt": ("rain",),
    },
    "MiniMax-Hailuo-2.3": {"duration": (6, 10), "quality": ("768p", "1080p")},
}
TAKEN = [
    (model, field, value)
    for model, fields in TAKES.items()
    for field, values in fields.items()
    for value in values
]

REFUSES: list[tuple[str, dict[str, Any], str]] = [
    (f"{GROK}-text-to-video", {"duration": 7}, "duration"),
    (f"{GROK}-text-to-video", {"quality": "480p"}, "quality"),
    (f"{GROK}-text-to-video", {"generate_audio": True}, "generate_audio"),
    (f"{GROK}-text-to-video", URLS, "image_urls"),
    (f"{GROK}-text-to-video-beta", {"duration": 5}, "duration"),
    (f"{GROK}-text-to-video-beta", {"duration": 31}, "duration"),
    (f"{GROK}-text-to-video-beta", {"quality": "1080p"}, "quality"),
    (f"{GROK}-text-to-video-beta", {"aspect_ratio": "4:3"}, "aspect_ratio"),
    (f"{GROK}-video-1.0-t2v", {"mode": "normal"}, "mode"),
    (f"{GROK}-video-1.0-t2v", {"duration": 16}, "duration"),
    (f"{GROK}-video-1.0-t2v", {"duration": 0}, "duration"),
    (f"{GROK}-video-1.5-preview", {"mode": "normal"}, "mode"),
    (f"{GROK}-video-1.5-preview", {"aspect_ratio": "4:3"}, "aspect_ratio"),
    (f"{GROK}-video-1.5-preview", {"image_urls": 8 * [URL]}, "image_urls"),
    (
        f"{GROK}-video-1.5-preview",
        {"image_urls": 2 * [URL], "quality": "1080p"},
        "quality",
    ),
    (f"{GROK}-image-to-video-beta", {}, "image_urls"),
    (f"{GROK}-image-to-video-beta", {"image_urls": []}, "image_urls"),
    (f"{GROK}-image-to-video-beta", {"image_urls": 8 * [URL]}, "image_urls"),
    (f"{GROK}-image-to-video-beta", {"image_urls": URL}, "image_urls"),
    (f"{GROK}-image-to-video-beta", {"image_urls": [7]}, "image_urls"),
    (f"{GROK}-image-to-video-beta", {"image_urls": ["file:///1.jpg"]}, "image_urls"),
    (f"{GROK}-video-1.0-i2v", {}, "image_urls"),
    ("seedance-2.0-mini-text-to-video", {"quality": "1080p"}, "quality"),
    ("seedance-2.0-fast-text-to-video", {"quality": "1080p"}, "quality"),
    ("seedance-2.0-text-to-video", {"duration": 3}, "duration"),
    ("seedance-2.0-text-to-video", {"duration": 16}, "duration"),
    ("seedance-2.0-text-to-video", {"aspect_ratio": "auto"}, "aspect_ratio"),
    ("seedance-2.0-text-to-video", {"generate_audio": "on"}, "generate_audio"),
    ("seedance-2.0-text-to-video", {"generate_audio": 1}, "generate_audio"),
    ("seedance-2.0-text-to-video", {"mode": "normal"}, "mode"),
    ("seedance-2.0-text-to-video", URLS, "image_urls"),
    ("seedance-2.0-image-to-video", {"image_urls": 3 * [URL]}, "image_urls"),
    ("seedance-2.0-image-to-video", {**URLS, "prompt": " "}, "prompt"),
    ("seedance-2.5-text-to-video", {"quality": "4k"}, "quality"),
    ("seedance-2.5-image-to-video", {**URLS, "aspect_ratio": "16:9"}, "aspect_ratio"),
    ("veo-3.1-fast-generate-preview", {"duration": 5}, "duration"),
    ("veo-3.1-fast-generate-preview", {"image_urls": 4 * [URL]}, "image_urls"),
    ("veo-3.1-fast-generate-preview", {"aspect_ratio": "1:1"}, "aspect_ratio"),
    ("veo-3.1-fast-generate-preview", {"n": 5}, "n"),
    ("veo-3.1-fast-generate-preview", {"seed": "7"}, "seed"),
    ("sora-2-preview", {"quality": "720p"}, "quality"),
    ("sora-2-preview", {"duration": 10}, "duration"),
    ("sora-2-preview", {"image_urls": 2 * [URL]}, "image_urls"),
    ("sora-2-preview", {"generate_audio": True}, "generate_audio"),
    ("kling-v3-turbo-text-to-video", {"duration": 2}, "duration"),
    ("kling-v3-turbo-text-to-video", {"sound": True}, "sound"),
    ("kling-v3-turbo-text-to-video", {"aspect_ratio": "3:2"}, "aspect_ratio"),
    ("kling-v3-turbo-text-to-video", {"image_start": URL}, "image_start"),
    ("kling-o3-image-to-video", {"image_end": URL}, "image_start"),
    ("kling-o3-image-to-video", URLS, "image_urls"),
    ("wan3.0-text-to-video", {"duration": 31}, "duration"),
    ("wan3.0-text-to-video", {"negative_prompt": 7}, "negative_prompt"),
    ("MiniMax-Hailuo-2.3-Fast", {}, "image_urls"),
]


@pytest.mark.parametrize(("model", "field", "value"), TAKEN)
async def test_a_model_takes_what_its_page_lists(
    client: Client, model: str, field: str, value: Any
) -> None:
    reply = await client.order(model=model, **{field: value})

    assert reply.status == 200, reply.content
    assert reply.json["model"] == model


@pytest.mark.parametrize(("model", "fields", "param"), REFUSES, ids=str)
async def test_a_model_refuses_what_its_page_does_not_list(
    client: Client, model: str, fields: dict[str, Any], param: str
) -> None:
    reply = await client.order(**{"prompt": "a fox", "model": model, **fields})

    assert (reply.status, reply.error["code"]) == (400, "invalid_request")
    assert reply.error["param"] == param
    assert client.evolink.paid_tasks == 0


@pytest.mark.parametrize(
    ("model", "least_s", "longest"),
    [
        (f"{GROK}-video-1.5-preview", 6, 4096),
        ("veo-3.1-fast-generate-preview", 4, 2000),
        ("sora-2-preview", 4, 5000),
        ("kling-v3-turbo-text-to-video", 5, 2500),
        ("MiniMax-Hailuo-2.3", 6, 2000),
    ],
)
async def test_an_overlong_prompt_fails_as_a_task_of_each_model(
    client: Client, model: str, least_s: int, longest: int
) -> None:
    """The length that a model takes where none is given is checked along the way."""
    taken = await client.created("x" * longest, model=model)
    refused = await client.created("x" * (longest + 1), model=model)
    client.evolink.clock.advance(120)

    assert (await client.task(taken))["status"] == "completed"
    assert (await client.task(refused))["error"]["code"] == "invalid_parameters"
    assert client.evolink.tasks[taken].order.duration_s == least_s


async def test_a_picture_s_prompt_may_be_left_out(client: Client) -> None:
    model = f"{GROK}-image-to-video-beta"
    body: dict[str, Any] = {"model": model, "image_urls": [URL]}

    assert (await client.order("", **body)).status == 200
    reply = await client.send("POST", "/v1/videos/generations", json=body)
    assert reply.status == 200


async def test_the_old_name_of_the_picture_model_means_the_new_one(
    client: Client,
) -> None:
    reply = await client.order(model=f"{GROK}-image-to-video", **URLS)

    assert reply.json["model"] == f"{GROK}-image-to-video-beta"


@pytest.mark.parametrize("revision", ["R1", "R3"])
async def test_the_other_models_are_served_beside_every_revision(
    start: Start, revision: str
) -> None:
    client = await start(revision=revision)

    assert (await client.order(model="sora-2-preview")).status == 200


@pytest.mark.parametrize(
    ("model", "fields", "price"),
    [
        (f"{GROK}-text-to-video", {"duration": 6}, 5),
        (f"{GROK}-text-to-video", {"duration": 10}, 5),
        (f"{GROK}-text-to-video-beta", {"duration": 6}, 9.6),
        (f"{GROK}-text-to-video-beta", {"duration": 10, "quality": "720p"}, 36),
        ("seedance-2.0-text-to-video", {"duration": 4}, 31.2),
        ("seedance-2.0-text-to-video", {"duration": 4, "quality": "480p"}, 31.2),
        ("seedance-2.0-text-to-video", {"duration": 4, "generate_audio": False}, 31.2),
        ("veo-3.1-fast-generate-preview", {"duration": 8}, 62.4),
        (
            "veo-3.1-fast-generate-preview",
            {"duration": 8, "generate_audio": False},
            43.68,
        ),
        ("kling-v3-turbo-text-to-video", {"duration": 5}, 72),
        ("kling-v3-turbo-text-to-video", {"duration": 5, "sound": "on"}, 86.4),
        ("sora-2-preview", {"duration": 12}, 139.2),
    ],
    ids=str,
)
async def test_each_model_has_its_own_price(
    client: Client, model: str, fields: dict[str, Any], price: float
) -> None:
    reply = await client.order(model=model, **fields)

    is_flat = model == f"{GROK}-text-to-video"
    assert reply.json["usage"]["credits_reserved"] == pytest.approx(price)
    rule = "per_call" if is_flat else "per_second"
    assert reply.json["usage"]["billing_rule"] == rule
    assert await client.remaining() == pytest.approx(100_000 - price)


async def test_each_model_makes_a_clip(client: Client) -> None:
    for model, rules in MODELS.items():
        if rules.pictures is None or rules.pictures.least == 0:
            link = await client.result_of("a fox", model=model)
            async with client.session.get(link) as answer:
                assert answer.status == 200
