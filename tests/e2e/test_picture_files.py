"""Files of every kind from a member's disk: each ends in a clip or in one sentence."""

from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from bot.demo.stage import Stage
from sandbox.discord.invocation import File
from sandbox.discord.messages import Message
from tests.e2e.channel import PATIENCE_S, posted, posts, settled
from tests.pictures.samples import (
    BLUE,
    HEIC,
    RED,
    SECRETS,
    animation,
    encoded,
    halves,
    jpeg,
    looks_like,
    opened,
    photo,
    png_header,
    transparent,
)

NO_PICTURE = "can't read this picture"
MIB = 1024 * 1024


def large_webp() -> bytes:
    return encoded(halves(7000, 5700), "WEBP", method=0)


def too_large_webp() -> bytes:
    return encoded(Image.new("L", (6400, 6400)), "WEBP", method=0)


def moving_webp() -> bytes:
    first, second = (Image.new("RGB", (4000, 4000), one) for one in ("black", "red"))
    return encoded(first, "WEBP", save_all=True, append_images=[second])


def large_jpeg() -> bytes:
    return jpeg() + bytes(26 * MIB)


Data = bytes | Callable[[], bytes]
"""A file, or what makes it where that takes long: only the test itself needs it."""

TAKEN: dict[str, tuple[Data, Any, Any]] = {
    # The file, and the colours that the clip begins with, above and below.
    "photo.jpg": (photo(orientation=3), BLUE, RED),
    "stickers.webp": (animation("WEBP"), RED, RED),
    "no name of a picture": (jpeg(), RED, BLUE),
    "large.webp": (large_webp, RED, BLUE),
}
REFUSED: dict[str, tuple[Data, str]] = {
    "iphone.heic": (HEIC, "HEIC"),
    "iphone.jpg": (HEIC, "HEIC"),
    "bomb.png": (png_header(30_000, 30_000), "40 megapixels"),
    "solid.webp": (too_large_webp, "40 megapixels"),
    "moving.webp": (moving_webp, "12 megapixels"),
    "diary.png": (b"Dear diary,\n" * 100, NO_PICTURE),
    "vector.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NO_PICTURE),
    "half.png": (transparent()[:-40], "damaged"),
    "clip.mp4": (b"\x00\x00\x00\x20ftypisom" + bytes(100), NO_PICTURE),
    "large.jpg": (large_jpeg, "25 MB"),
}


async def ask(stage: Stage, name: str, data: Data) -> Message:
    handle = await stage.discord.slash(
        stage.world.member,
        stage.world.general,
        "video",
        {"prompt": f"wake {name}", "image": File(name=name, data=made(data))},
    )
    return await handle.answer()


def made(data: Data) -> bytes:
    return data if isinstance(data, bytes) else data()


def received(stage: Stage) -> list[bytes]:
    """Return the pictures that EvoLink was sent, in their order."""
    uploads = [one for one in stage.evolink.requests if one.host == "files"]
    return [data for one in uploads for data in one.files.values()]


async def until_nothing_is_left(stage: Stage) -> None:
    """Wait until no file is left at EvoLink."""
    await stage.discord.wait_until(lambda: not stage.evolink.files, PATIENCE_S)


@pytest.mark.parametrize("name", TAKEN)
async def test_a_picture_becomes_a_clip_and_tells_evolink_nothing_else(
    stage: Stage, name: str
) -> None:
    data, above, below = TAKEN[name]

    status = await ask(stage, name, data)
    (message,) = await posts(stage, 1)

    (video,) = message.videos
    assert video.data
    assert "https://" in await settled(stage, status)
    (sent,) = received(stage)
    image = opened(sent)
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert not image.getexif()
    assert not any(secret in sent for secret in SECRETS)
    middle, low = image.width // 2, image.height - 4
    assert looks_like(above, image.getpixel((middle, 3)))
    assert looks_like(below, image.getpixel((middle, low)))
    (task,) = stage.evolink.tasks.values()
    assert task.order.model == "grok-imagine-image-to-video-beta"
    assert len(task.order.pictures) == stage.evolink.paid_tasks == 1
    await until_nothing_is_left(stage)


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_picture_for_us_is_refused_with_one_sentence(
    stage: Stage, name: str
) -> None:
    data, says = REFUSED[name]
    stage.world.member.upload_limit_bytes = 50 * MIB
    handle = await stage.discord.slash(
        stage.world.member,
        stage.world.general,
        "video",
        {"prompt": "wake it", "image": File(name=name, data=made(data))},
    )

    answer = await handle.answer()
    said = answer if answer.ephemeral else await handle.followup()

    assert said.ephemeral
    assert says in said.text
    assert said.text.count("\n") == 0
    # Nothing stays of it, and nobody else sees it.
    await stage.discord.wait_until(
        lambda: answer.ephemeral or answer.deleted, PATIENCE_S
    )
    assert posted(stage) == []
    assert stage.evolink.paid_tasks == 0
    assert received(stage) == []
