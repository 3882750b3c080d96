"""A clip too large for its server is posted as a copy that plays, or as a link."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.discord.records import MIB
from tests.e2e.channel import PATIENCE_S, ask, posted, posts, settled
from tests.e2e.conftest import OpenStage, discord_config
from tests.media.children import children
from tests.media.clips import Seen, look_at, make_clip

LARGE_BYTES = 40 * MIB
SMALL_SERVER = discord_config(default_upload_limit_bytes=10 * MIB)


pytestmark = pytest.mark.timeout(500)

PATIENCE_TO_ENCODE_S = 300.0
"""On a busy machine: making a copy has the lowest priority there is."""


@pytest.fixture(scope="module")
def large_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten seconds in 40 MiB."""
    path = make_clip(
        tmp_path_factory.mktemp("large") / "clip.mp4",
        size_px=(1280, 720),
        duration_s=10,
        frames_per_s=24,
        bits_per_s=LARGE_BYTES * 8 // 10,
    )
    assert path.stat().st_size > 0.98 * LARGE_BYTES
    return path


@pytest.fixture
def _made_large(large_clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have EvoLink make no others."""
    data = large_clip.read_bytes()
    monkeypatch.setattr("sandbox.evolink.results.clip_bytes", lambda *_: data)


@pytest.mark.thorough
@pytest.mark.usefixtures("_made_large")
@pytest.mark.parametrize("believed_mib", ["10", "20"])
async def test_of_a_clip_too_large_a_copy_is_posted_that_plays(
    open_world: OpenStage, large_clip: Path, tmp_path: Path, believed_mib: str
) -> None:
    """Also where Discord takes less than it is believed to."""
    stage = await open_world(
        discord=SMALL_SERVER, CLAPPER_DISCORD__UPLOAD_LIMIT_MIB=believed_mib
    )

    status = await ask(stage, "A large lighthouse")
    (message,) = await posts(stage, 1, PATIENCE_TO_ENCODE_S)

    (video,) = message.videos
    assert len(video.data) < 10 * MIB
    copy, original = seen(tmp_path, video.data), look_at(large_clip)
    assert copy.index_first
    assert (copy.frames, copy.codecs) == (original.frames, ("h264", "aac"))
    assert copy.size_px == original.size_px
    assert "smaller copy" in message.text
    assert stage.evolink.results_url in str(message.now)
    assert message.pinged == {stage.world.member.id}
    assert "https://" in await settled(stage, status)
    await until_nothing_is_left(stage.folder)


async def test_what_would_look_bad_in_so_few_bytes_is_linked(
    open_world: OpenStage,
) -> None:
    stage = await open_world(CLAPPER_DISCORD__UPLOAD_LIMIT_MIB="0.1")

    await ask(stage, "[[clip:oversize:200000]]")
    (message,) = await posts(stage, 1, PATIENCE_TO_ENCODE_S)

    assert message.videos == []
    assert "too large to upload" in message.text
    assert stage.evolink.results_url in str(message.now)
    await until_nothing_is_left(stage.folder)


@pytest.mark.thorough
@pytest.mark.usefixtures("_made_large")
async def test_a_bot_that_is_killed_meanwhile_begins_again(
    open_world: OpenStage,
) -> None:
    stage = await open_world(
        discord=SMALL_SERVER, CLAPPER_DISCORD__UPLOAD_LIMIT_MIB="10"
    )
    await ask(stage, "A large lighthouse")
    await until(lambda: any(".copy.mp4." in one for one in spooled(stage.folder)))

    await stage.bot.kill()
    assert any(one.endswith(".part") for one in spooled(stage.folder))
    await stage.bot.start(CLAPPER_DISCORD__UPLOAD_LIMIT_MIB="10")
    (message,) = await posts(stage, 1, PATIENCE_TO_ENCODE_S)

    assert len(message.videos) == 1
    assert len(posted(stage)) == 1
    assert sum(one.host == "results" for one in stage.evolink.requests) == 1
    await until_nothing_is_left(stage.folder)


@pytest.mark.thorough
@pytest.mark.usefixtures("_made_large")
async def test_where_memory_runs_out_the_bot_goes_on_and_posts_the_link(
    open_world: OpenStage,
) -> None:
    """The kernel kills the process that makes the copy, and nobody tries again."""
    stage = await open_world(
        discord=SMALL_SERVER, CLAPPER_DISCORD__UPLOAD_LIMIT_MIB="10"
    )
    await ask(stage, "A large lighthouse")
    await until(lambda: any(".copy.mp4." in one for one in spooled(stage.folder)))

    (child,) = children(stage.bot.pid)
    os.kill(child, signal.SIGKILL)

    (message,) = await posts(stage, 1, PATIENCE_TO_ENCODE_S)
    assert message.videos == []
    assert "too large to upload" in message.text
    assert stage.evolink.results_url in str(message.now)
    assert len(posted(stage)) == 1
    assert sum(one.host == "results" for one in stage.evolink.requests) == 1
    await until_nothing_is_left(stage.folder)


async def until_nothing_is_left(folder: Path) -> None:
    """The files go once it is recorded that the clip was posted."""
    await until(lambda: spooled(folder) == [])


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


def seen(folder: Path, data: bytes) -> Seen:
    path = folder / "posted.mp4"
    path.write_bytes(data)
    return look_at(path)


def spooled(folder: Path) -> list[str]:
    return [one.name for one in (folder / "spool").iterdir()]
