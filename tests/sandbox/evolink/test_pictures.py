"""Clips from pictures: what EvoLink reads, and what it makes of it."""

from io import BytesIO
from typing import Any

import av
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from sandbox.clips.animated import frame
from sandbox.evolink import Fault, results
from tests.sandbox.evolink.client import Client

MODEL = "grok-imagine-image-to-video-beta"
SEEDANCE = "seedance-2.0-image-to-video"
KLING = "kling-o3-image-to-video"
NEAR = 6.0
"""Of 255: by how much two pictures may differ on average and still be one."""


def picture(
    size: tuple[int, int] = (640, 400), kind: str = "JPEG", colour: str = "navy"
) -> bytes:
    image = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(image)
    draw.ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), "orange")
    draw.rectangle((size[0] // 2, 0, size[0], size[1] // 8), "white")
    data = BytesIO()
    image.save(data, kind)
    return data.getvalue()


def frames(clip: bytes) -> list[Image.Image]:
    with av.open(BytesIO(clip), "r") as container:
        return [
            one.to_image()  # type: ignore[no-untyped-call] # PyAV's
            for one in container.decode(video=0)
        ]


def difference(one: Image.Image, other: Image.Image) -> float:
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


async def clip_of(client: Client, **fields: Any) -> bytes:
    link = await client.result_of("a fox", **fields)
    async with client.session.get(link) as answer:
        assert answer.content_type == "video/mp4"
        return await answer.read()


async def failure(client: Client, **fields: Any) -> dict[str, Any]:
    task_id = await client.created(**{"model": MODEL, **fields})
    client.evolink.clock.advance(120)
    task = await client.task(task_id)
    assert task["status"] == "failed"
    assert client.evolink.tasks[task_id].charged == 0
    error: dict[str, Any] = task["error"]
    return error


@pytest.mark.parametrize("duration_s", [6, 30])
async def test_a_clip_begins_with_its_picture_and_ends_as_is_known(
    client: Client, duration_s: int
) -> None:
    data = picture()
    told = await client.upload(data)

    clip = await clip_of(
        client, model=MODEL, image_urls=[told["file_url"]], duration=duration_s
    )

    shown = frames(clip)
    assert shown[0].size == (320, 200)
    assert difference(shown[0], frame(data, "auto", 0.0)) < NEAR
    assert difference(shown[-1], frame(data, "auto", 1.0)) < NEAR
    assert difference(shown[0], shown[-1]) > NEAR
    with av.open(BytesIO(clip), "r") as container:
        assert (container.duration or 0) / 1e6 == pytest.approx(duration_s)
    assert 0 < clip.index(b"moov") < clip.index(b"mdat")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
async def test_other_kinds_of_pictures_are_taken(client: Client, kind: str) -> None:
    data = picture(kind=kind)
    told = await client.upload(data)

    clip = await clip_of(client, model=MODEL, image_urls=[told["file_url"]])

    assert difference(frames(clip)[0], frame(data, "auto", 0.0)) < NEAR


@pytest.mark.parametrize(
    ("model", "aspect_ratio", "size"),
    [
        (MODEL, "9:16", (320, 200)),
        ("seedance-2.0-image-to-video", "adaptive", (320, 200)),
        ("seedance-2.0-image-to-video", "9:16", (180, 320)),
        ("seedance-2.0-image-to-video", "21:9", (320, 138)),
        ("grok-imagine-video-1.5-preview", "1:1", (320, 320)),
    ],
)
async def test_the_shape_is_the_picture_s_unless_the_model_lets_one_choose(
    client: Client, model: str, aspect_ratio: str, size: tuple[int, int]
) -> None:
    told = await client.upload(picture())

    clip = await clip_of(
        client, model=model, aspect_ratio=aspect_ratio, image_urls=[told["file_url"]]
    )

    assert frames(clip)[0].size == size


async def test_the_first_of_several_pictures_is_the_first_frame(client: Client) -> None:
    first = await client.upload(picture(), "1.jpg")
    second = await client.upload(picture(colour="red"), "2.jpg")
    urls = {"image_start": first["file_url"], "image_end": second["file_url"]}

    clip = await clip_of(client, model=KLING, aspect_ratio="16:9", **urls)

    assert difference(frames(clip)[0], frame(picture(), "16:9", 0.0)) < NEAR


async def test_the_stand_in_tells_beforehand_what_it_will_serve(client: Client) -> None:
    told = await client.upload(picture())
    task_id = await client.created(model=MODEL, image_urls=[told["file_url"]])
    client.evolink.clock.advance(120)
    link = (await client.task(task_id))["results"][0]

    async with client.session.get(link) as answer:
        assert await answer.read() == await client.evolink.clip_of(task_id)


async def test_without_the_encoder_a_clip_of_the_shelf_is_served(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "HAS_PICTURE_CLIPS", False)
    told = await client.upload(picture())

    clip = await clip_of(client, model=MODEL, image_urls=[told["file_url"]])

    assert clip == client.evolink.clip_bytes("16:9", 6)


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.discordapp.com/attachments/1/2/fox.jpg?ex=1&is=2&hm=3",
        "http://127.0.0.1:9/files/uploads/fox.jpg",
    ],
)
async def test_a_picture_elsewhere_cannot_be_fetched(client: Client, url: str) -> None:
    error = await failure(client, image_urls=[url])

    assert error["code"] == "image_processing_error"
    assert "fetched" in error["message"]


async def test_a_picture_that_died_or_was_deleted_cannot_be_fetched(
    client: Client,
) -> None:
    dead = (await client.upload(picture(), "1.jpg"))["file_url"]
    client.evolink.clock.advance(72 * 3600)
    told = await client.upload(picture(), "2.jpg")
    await client.delete_file(told["file_id"])

    for url in (dead, told["file_url"]):
        error = await failure(client, image_urls=[url])
        assert error["code"] == "image_processing_error"


async def test_a_picture_is_read_when_the_work_begins(client: Client) -> None:
    """One that is deleted before is missed, one that is deleted later is not."""
    early = await client.upload(picture(), "1.jpg")
    late = await client.upload(picture(colour="red"), "2.jpg")
    missed = await client.created(model=MODEL, image_urls=[early["file_url"]])
    taken = await client.created(model=MODEL, image_urls=[late["file_url"]])

    client.evolink.clock.advance(11)
    await client.delete_file(early["file_id"])
    client.evolink.clock.advance(2)
    await client.delete_file(late["file_id"])
    client.evolink.clock.advance(120)

    assert (await client.task(missed))["error"]["code"] == "image_processing_error"
    assert (await client.task(taken))["status"] == "completed"
    assert await client.remaining() == pytest.approx(100_000 - 9.6)


@pytest.mark.parametrize(
    ("data", "fields", "code"),
    [
        (picture(kind="GIF"), {}, "image_processing_error"),
        (picture()[:400], {}, "image_processing_error"),
        (b"\xff\xd8\xff\xe0 no more", {}, "image_processing_error"),
        (picture() + bytes(10_000_000), {}, "invalid_parameters"),
        (
            picture((640, 360)),
            {"model": "sora-2-preview", "aspect_ratio": "16:9"},
            "image_dimension_mismatch",
        ),
        (
            picture((1280, 720)),
            {"model": "sora-2-preview", "aspect_ratio": "9:16"},
            "image_dimension_mismatch",
        ),
        (picture((299, 400)), {"model": SEEDANCE}, "invalid_parameters"),
        (picture((6001, 3000)), {"model": SEEDANCE}, "invalid_parameters"),
        (picture((300, 751)), {"model": SEEDANCE}, "invalid_parameters"),
    ],
    ids=["gif", "half", "no picture", "large", "size", "shape", "small", "big", "thin"],
)
async def test_a_picture_that_cannot_be_used_fails_the_task(
    client: Client, data: bytes, fields: dict[str, Any], code: str
) -> None:
    told = await client.upload(data)

    error = await failure(client, image_urls=[told["file_url"]], **fields)

    assert error["code"] == code


@pytest.mark.parametrize("size", [(300, 300), (300, 750), (6000, 2400)])
async def test_a_picture_at_the_edges_of_what_is_taken_is_taken(
    client: Client, size: tuple[int, int]
) -> None:
    told = await client.upload(picture(size))

    assert await clip_of(client, model=SEEDANCE, image_urls=[told["file_url"]])


async def test_a_picture_of_the_exact_size_is_taken(client: Client) -> None:
    told = await client.upload(picture((720, 1280)))
    urls = [told["file_url"]]

    clip = await clip_of(
        client, model="sora-2-preview", aspect_ratio="9:16", image_urls=urls
    )

    assert frames(clip)[0].size == (180, 320)


async def test_the_same_key_again_is_the_same_task_also_with_a_picture(
    client: Client,
) -> None:
    told = await client.upload(picture())
    order = {"model": MODEL, "image_urls": [told["file_url"]]}

    first = await client.order("a fox", idempotency_key="k" * 16, **order)
    await client.delete_file(told["file_id"])
    second = await client.order("a fox", idempotency_key="k" * 16, **order)
    other = {**order, "image_urls": [told["file_url"] + "x"]}
    refused = await client.order("a fox", idempotency_key="k" * 16, **other)

    assert first.json["id"] == second.json["id"]
    assert refused.error["code"] == "idempotency_conflict"
    assert client.evolink.paid_tasks == 1


async def test_an_upload_can_go_wrong_like_every_other_request(client: Client) -> None:
    client.evolink.faults.add(Fault(host="files", answer=503))

    with pytest.raises(AssertionError, match="503"):
        await client.upload(picture())
    assert client.evolink.requests[-1].status == 503
