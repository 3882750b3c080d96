"""Continue, on the real program: where one clip ends the next one begins."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from bot.demo.stage import Stage
from sandbox.discord.messages import Message
from sandbox.discord.records import User
from tests.e2e.channel import PATIENCE_S, ask, posted, posts
from tests.e2e.conftest import OpenStage
from tests.e2e.moderated import let_admins_moderate, moderate
from tests.media.clips import difference, frames_of, make_clip

NEAR = 6.0
"""Two encodings of one frame differ by less, of 255; neighbours in a clip by more."""


async def next_clip(
    stage: Stage, clip: Message, prompt: str, user: User | None = None
) -> Message:
    """Continue a clip and wait for what comes of it."""
    user = user or stage.world.member
    before = {one.id for one in posted(stage)}
    pressed = await stage.discord.press(user, clip, "Continue")
    modal = (await pressed.response()).modal
    sent = await stage.discord.submit_modal(user, modal, {"prompt": prompt})
    await sent.answer()
    found = await posts(stage, len(before) + 1)
    (new,) = (one for one in found if one.id not in before)
    return new


async def test_the_next_clip_begins_where_the_last_one_ends(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice over: also a clip that continues another one can be continued."""
    data = await asyncio.to_thread(make_clip(tmp_path / "first.mp4").read_bytes)
    monkeypatch.setattr("sandbox.evolink.results.clip_bytes", lambda *_: data)
    await ask(stage, "a lighthouse in a storm")
    (first,) = await posts(stage, 1)

    second = await next_clip(stage, first, "a whale comes by")
    third = await next_clip(stage, second, "it sings", stage.world.other_member)

    seen = [frames(tmp_path, one) for one in (first, second, third)]
    for earlier, later in pairwise(seen):
        assert difference(earlier[-1], later[0]) < NEAR
        assert difference(earlier[0], later[0]) > 2 * NEAR
    assert "a whale comes by" in second.text
    assert "picture.jpg" in [one.filename for one in second.attachments]
    assert third.pinged == {stage.world.other_member.id}
    assert stage.evolink.paid_tasks == 3
    await until_nothing_is_left(stage)


@pytest.mark.thorough
async def test_a_spicy_clip_has_no_such_button(stage: Stage) -> None:
    let_admins_moderate(stage)
    await moderate(stage, "spicy", policy="restricted")
    await ask(stage, "a fox", mode="spicy", channel=stage.world.restricted)
    (clip,) = await posts(stage, 1)

    assert labels(clip) == ["Again", "Edit", "Delete", "Report"]


@pytest.mark.thorough
async def test_where_no_model_takes_pictures_there_is_no_such_button(
    open_world: OpenStage,
) -> None:
    stage = await open_world(CLAPPER_EVOLINK__PICTURE_MODEL="")
    await ask(stage, "a fox")
    (clip,) = await posts(stage, 1)

    assert labels(clip) == ["Again", "Edit", "Delete", "Report"]


def labels(message: Message) -> list[str | None]:
    return [one.label for one in message.buttons]


def frames(folder: Path, message: Message) -> list[Image.Image]:
    (video,) = message.videos
    path = folder / f"{message.id}.mp4"
    path.write_bytes(video.data)
    return frames_of(path)


async def until_nothing_is_left(stage: Stage) -> None:
    """Wait until the spool is empty. `test_pictures.py` is about EvoLink's files."""
    spool = stage.folder / "spool"
    async with asyncio.timeout(PATIENCE_S):
        while any(spool.iterdir()):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
