"""Pictures on the real program: with /video and Edit, and how each is refused."""

import os
from collections.abc import Sequence

import pytest
from PIL import Image

from bot.demo.stage import Stage
from sandbox.discord.faults import Fault
from sandbox.discord.invocation import File
from sandbox.discord.messages import Message
from sandbox.discord.records import MIB
from sandbox.evolink.files import StoredFile
from tests.e2e.channel import PATIENCE_S, ask, posted, refusal
from tests.e2e.conftest import OpenStage
from tests.e2e.moderated import card, let_admins_moderate, moderate
from tests.e2e.pictured import (
    ANIMATE,
    all_gone,
    chosen,
    clips_in,
    filled_in,
    shows_picture,
)
from tests.e2e.test_members import restarted
from tests.e2e.test_models import offering
from tests.pictures.samples import (
    BLUE,
    HEIC,
    RED,
    SECRETS,
    WHITE,
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

LARGE_PX = 2048


@pytest.fixture
def received(stage: Stage) -> list[StoredFile]:
    """What EvoLink was sent, once it has been told to delete it."""
    files: list[StoredFile] = []
    stage.evolink.files.when_deleted(files.append)
    return files


def large() -> bytes:
    """Return 12 MB that no format makes smaller."""
    pixels = os.urandom(LARGE_PX * LARGE_PX * 3)
    return encoded(Image.frombytes("RGB", (LARGE_PX, LARGE_PX), pixels), "PNG")


@pytest.mark.thorough
@pytest.mark.lengthy
async def test_pictures_that_never_come_hold_up_no_others(stage: Stage) -> None:
    stage.discord.cdn.faults.add(Fault(path="lost", delay_s=2 * PATIENCE_S))
    lost = [
        await ask(stage, "it waves", image=File(name=f"lost-{n}.png", data=jpeg()))
        for n in range(6)
    ]

    await ask(stage, "it comes", image=File(name="cat.jpg", data=jpeg()))

    (clip,) = await clips_in(stage, 1)
    assert "it comes" in clip.text
    await stage.discord.wait_until(lambda: all(one.deleted for one in lost), PATIENCE_S)


async def test_every_kind_of_picture_ends_in_a_clip_and_leaves_nothing_behind(
    stage: Stage, received: list[StoredFile]
) -> None:
    files = {
        "photo.jpg": photo(orientation=6),
        "cut-out.png": transparent(),
        "still.webp": encoded(halves(64, 48), "WEBP"),
        "moving.gif": animation(),
        "large.png": large(),
    }
    for name, data in files.items():
        await ask(stage, f"it waves: {name}", image=File(name=name, data=data))

    clips = await clips_in(stage, len(files))
    await all_gone(stage)

    assert all(one.videos and shows_picture(one) for one in clips)
    assert len(received) == len(files)
    for stored in received:
        assert stored.mime_type == "image/jpeg"
        assert not [secret for secret in SECRETS if secret in stored.data]
        with opened(stored.data) as picture:
            assert not picture.getexif()
            assert picture.mode == "RGB"
    sizes = [opened(one.data).size for one in _in_order(received, clips)]
    assert sizes == [(300, 400), (64, 64), (64, 48), (40, 30), (LARGE_PX, LARGE_PX)]
    turned, cut_out, _, moving, _ = (
        opened(one.data) for one in _in_order(received, clips)
    )
    # Turned upright its upper half, which was red, is at the right.
    assert looks_like(RED, turned.getpixel((290, 200)))
    assert looks_like(BLUE, turned.getpixel((10, 200)))
    assert looks_like(WHITE, cut_out.getpixel((32, 60)))
    assert looks_like(RED, moving.getpixel((20, 15)))


def _in_order(
    received: Sequence[StoredFile], clips: Sequence[Message]
) -> Sequence[StoredFile]:
    """Return what EvoLink was sent in the order in which it was asked for."""
    by_job = {one.name.removeprefix("clapper-").split(".")[0]: one for one in received}
    asked = sorted(clips, key=lambda one: _asked_at(one.text))
    return [by_job[_job_of(one)] for one in asked]


def _asked_at(text: str) -> int:
    names = ["photo.jpg", "cut-out.png", "still.webp", "moving.gif", "large.png"]
    plain = text.replace("\\", "")
    return next(index for index, name in enumerate(names) if name in plain)


def _job_of(clip: Message) -> str:
    [video] = clip.videos
    return video.filename.removeprefix("clapper-").removesuffix(".mp4")


@pytest.mark.thorough
async def test_what_is_no_picture_for_us_is_refused_in_one_sentence(
    stage: Stage, received: list[StoredFile]
) -> None:
    """Nothing is uploaded, and nothing paid for; no status message stays."""
    stage.world.member.upload_limit_bytes = 500 * MIB
    refusals = {
        "photo.heic": (HEIC, "HEIC"),
        "bomb.png": (png_header(20_000, 20_000), "too many pixels"),
        "notes.png": (b"only words", "JPEG, PNG, WebP or GIF"),
        "half.jpg": (jpeg()[:200], "damaged"),
        "huge.png": (bytes(25 * MIB + 1), "25 MB"),
        "clip.mp4": (b"\0\0\0\x18ftypmp42", "JPEG, PNG, WebP or GIF"),
    }

    for name, (data, words) in refusals.items():
        said = await _refused(stage, File(name=name, data=data))
        assert words in said, name
        assert "\n" not in said

    assert stage.evolink.paid_tasks == 0
    assert stage.evolink.files.uploads == 0
    assert received == []
    assert posted(stage) == []
    public = stage.discord.messages(stage.world.general)
    assert [one for one in public if not one.ephemeral] == []


async def _refused(stage: Stage, file: File) -> str:
    """Ask with a picture, and return the sentence that only the member reads."""
    handle = await stage.discord.slash(
        stage.world.member,
        stage.world.general,
        "video",
        {"prompt": "it waves", "image": file},
    )
    answer = await handle.answer()
    if not answer.ephemeral:
        # It was read after the status message stood, which is gone again.
        answer = await handle.followup()
    assert answer.ephemeral
    return answer.text


@pytest.mark.thorough
async def test_edit_keeps_the_picture_and_whose_it_is(
    stage: Stage, received: list[StoredFile]
) -> None:
    """Also after a restart, and when all of the first clip's picture was erased."""
    mia, ben = stage.world.member, stage.world.other_member
    await ask(stage, "it waves", image=File(name="a.jpg", data=jpeg(64, 48)))
    [clip] = await clips_in(stage, 1)
    await all_gone(stage)
    await restarted(stage)

    pressed = await stage.discord.press(mia, clip, "Edit")
    await filled_in(stage, pressed, {"prompt": "it sleeps"})
    [_, second] = await clips_in(stage, 2)
    await all_gone(stage)

    assert shows_picture(second)
    assert "it sleeps" in second.text
    assert [opened(one.data).size for one in received] == [(64, 48), (64, 48)]
    # It is Mia's, in the second clip too.
    pressed = await stage.discord.press(ben, second, "Edit")
    said = await filled_in(stage, pressed, {"prompt": "it runs"}, ben)
    assert said.ephemeral
    assert "attached or posted yourself" in said.text
    assert stage.evolink.paid_tasks == 2


async def test_edit_replaces_the_picture(
    stage: Stage, received: list[StoredFile]
) -> None:
    await ask(stage, "it waves", image=File(name="a.jpg", data=jpeg(64, 48)))
    [clip] = await clips_in(stage, 1)

    pressed = await stage.discord.press(stage.world.other_member, clip, "Edit")
    file = File(name="b.jpg", data=jpeg(80, 40))
    # The first picture is Mia's; one of his own is what Ben may use.
    await filled_in(
        stage,
        pressed,
        {"prompt": "it sleeps", "picture": [file]},
        stage.world.other_member,
    )
    [_, second] = await clips_in(stage, 2)
    await all_gone(stage)

    assert second.pinged == {stage.world.other_member.id}
    assert sorted(opened(one.data).size for one in received) == [(64, 48), (80, 40)]


@pytest.mark.thorough
async def test_spicy_is_refused_with_a_picture_whatever_the_server_allows(
    stage: Stage,
) -> None:
    world = stage.world
    let_admins_moderate(stage)
    await moderate(stage, "spicy", policy="restricted")
    await moderate(stage, "pictures", policy="any")
    image = File(name="cat.jpg", data=jpeg())

    said = await refusal(
        stage, "it waves", mode="spicy", image=image, channel=world.restricted
    )
    assert "can't begin with a picture" in said
    handle = await stage.discord.slash(
        world.member, world.restricted, "settings set", {"mode": "spicy"}
    )
    await handle.answer()
    said = await refusal(stage, "it waves", image=image, channel=world.restricted)
    assert "can't begin with a picture" in said
    assert stage.evolink.paid_tasks == 0


async def test_moderators_see_the_picture_of_a_reported_clip(stage: Stage) -> None:
    world = stage.world
    let_admins_moderate(stage)
    await moderate(stage, "channel", purpose="review", channel=world.review)
    await ask(stage, "it waves", image=File(name="cat.jpg", data=jpeg()))
    [clip] = await clips_in(stage, 1)
    await all_gone(stage)

    pressed = await stage.discord.press(world.other_member, clip, "Report")
    await filled_in(stage, pressed, {"reason": "This is me."}, world.other_member)
    shown = await card(stage, world.review, "This is me")

    assert shows_picture(shown)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((299, 400), "299 by 400 pixels: Seedance 2.0 takes 300 to 6,000"),
        ((1600, 600), "Seedance 2.0 takes pictures up to 2.5 times as long as wide"),
    ],
)
async def test_a_picture_that_the_model_does_not_take_is_refused_before_it_is_paid_for(
    open_world: OpenStage, size: tuple[int, int], words: str
) -> None:
    stage = await open_world(**offering("seedance-2.0-text-to-video"))

    file = File(name="cat.jpg", data=jpeg(*size))
    said = await _refused(stage, file)
    message = stage.discord.say(stage.world.member, stage.world.general, "cat", [file])
    before_the_form = await (await chosen(stage, message)).answer()
    image = File(name="cat.jpg", data=jpeg(300, 750))
    await ask(stage, "it waves", image=image)
    [clip] = await clips_in(stage, 1)

    assert words in said
    assert before_the_form.ephemeral
    assert before_the_form.text == said
    assert shows_picture(clip)
    assert stage.evolink.paid_tasks == 1


@pytest.mark.thorough
async def test_a_refusal_says_which_model_makes_the_clip_from_a_picture(
    open_world: OpenStage,
) -> None:
    stage = await open_world(
        **offering("kling-v3-turbo-text-to-video", "sora-2-preview")
    )

    said = await refusal(
        stage, "it waves", duration=3, image=File(name="cat.jpg", data=jpeg())
    )

    assert said == (
        "Grok Imagine Beta takes 6 to 30 seconds.\nFrom a picture, Grok Imagine Beta"
        " makes the video instead of Kling v3 Turbo."
    )


@pytest.mark.thorough
async def test_without_a_model_for_pictures_none_is_asked_for(
    open_world: OpenStage,
) -> None:
    stage = await open_world(CLAPPER_EVOLINK__PICTURE_MODEL="")

    offered = stage.discord.offered(stage.world.member, stage.world.general)

    assert ANIMATE not in [one.name for one in offered]
    [video] = [one for one in offered if one.name == "video"]
    assert "image" not in [one["name"] for one in video.stated["options"]]
