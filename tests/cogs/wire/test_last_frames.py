"""The last frame of a clip in a message, read from Discord and decoded."""

import asyncio
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.errors import Refused
from bot.media.clip_tools import ClipTools
from cogs.bot import ClapperBot
from cogs.wire.last_frames import LastFrames
from cogs.wire.pictures import AttachedFile, DiscordPictures
from sandbox.clips import clip_path
from sandbox.discord.cdn import LINK_LIFE_S
from sandbox.discord.faults import Fault
from sandbox.discord.invocation import File
from tests.cogs.stage import Stage
from tests.media.clips import difference, frames_of

CLIP = clip_path("16:9", 6)


@pytest.fixture
def frames(stage: Stage, bot: ClapperBot, tmp_path: Path) -> LastFrames:
    pictures = DiscordPictures(bot.wire, api_base=stage.discord.rest_url)
    (tmp_path / "frames").mkdir()
    return LastFrames(pictures, ClipTools(), tmp_path / "frames")


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cogs.wire.pictures.PAUSE_S", 0.0)


def posted(stage: Stage, data: bytes) -> AttachedFile:
    world = stage.world
    message = stage.discord.say(
        world.member, world.general, "look", [File(name="clip.mp4", data=data)]
    )
    told = stage.discord.payload(message)["attachments"][0]
    names = ("url", "filename", "size", "content_type")
    return AttachedFile(**{name: told[name] for name in names})


async def test_it_is_the_last_frame(
    stage: Stage, frames: LastFrames, tmp_path: Path
) -> None:
    clip = posted(stage, await asyncio.to_thread(CLIP.read_bytes))
    source = frames.source(clip)

    assert (source.size, source.content_type) == (None, None)
    assert source.has_own_turns
    frame = Image.open(BytesIO(await source.read()))

    assert difference(frame, frames_of(CLIP)[-1]) < 2
    assert left(tmp_path) == []


@pytest.mark.thorough
async def test_several_at_once_are_read_one_after_the_other(
    stage: Stage, frames: LastFrames
) -> None:
    data = await asyncio.to_thread(CLIP.read_bytes)
    sources = [frames.source(posted(stage, data)) for _ in range(3)]

    read = await asyncio.gather(*(one.read() for one in sources))

    assert len(set(read)) == 1


@pytest.mark.parametrize(
    ("what", "refusal"),
    [
        ("no clip", "refused-continue-unread"),
        ("gone", "refused-continue-gone"),
        ("down", "refused-continue-unread"),
        ("too large", "refused-continue-large"),
    ],
)
async def test_what_cannot_be_read_is_refused_and_leaves_nothing(
    stage: Stage,
    frames: LastFrames,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    refusal: str,
) -> None:
    data = await asyncio.to_thread(CLIP.read_bytes)
    clip = posted(stage, b"no clip" * 99 if what == "no clip" else data)
    if what == "gone":
        stage.discord.clock.advance(LINK_LIFE_S + 1)
    elif what == "down":
        stage.discord.cdn.faults.add(Fault(status=503))
    elif what == "too large":
        monkeypatch.setattr("cogs.wire.last_frames.MOST_CLIP_BYTES", 100)

    with pytest.raises(Refused, match=refusal):
        await frames.source(clip).read()

    assert left(tmp_path) == []


async def test_what_was_read_in_part_is_read_again_from_its_beginning(
    stage: Stage, frames: LastFrames
) -> None:
    clip = posted(stage, await asyncio.to_thread(CLIP.read_bytes))
    stage.discord.cdn.faults.add(Fault(status=503, times=2))

    assert (await frames.source(clip).read())[:3] == b"\xff\xd8\xff"


async def test_what_is_given_up_leaves_nothing(
    stage: Stage, frames: LastFrames, tmp_path: Path
) -> None:
    clip = posted(stage, await asyncio.to_thread(CLIP.read_bytes))
    stage.discord.cdn.faults.add(Fault(delay_s=30.0))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await frames.source(clip).read()

    assert left(tmp_path) == []


def left(folder: Path) -> list[Path]:
    return list((folder / "frames").iterdir())
