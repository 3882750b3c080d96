"""Clips are taken apart in a child process: bounded, alone, and gone with the bot."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.media import is_installed
from bot.media.child import MEMORY_BYTES
from bot.media.clip_tools import ClipTools
from tests.media.children import children, command
from tests.media.clips import look_at, make_clip, make_sound

MB = 1_000_000
PATIENCE_S = 60.0


@pytest.fixture
def tools() -> ClipTools:
    return ClipTools()


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "clip.mp4", duration_s=3, bits_per_s=4 * MB)


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Takes some seconds to encode again."""
    path = tmp_path_factory.mktemp("long") / "long.mp4"
    return make_clip(path, size_px=(1280, 720), duration_s=10, frames_per_s=30)


def test_pyav_is_installed_for_these_tests() -> None:
    assert is_installed()


async def test_a_clip_is_made_smaller(
    tools: ClipTools, clip: Path, tmp_path: Path
) -> None:
    into = tmp_path / "into.mp4"

    assert await tools.shrink(clip, into, max_bytes=MB)

    assert into.stat().st_size <= MB
    assert look_at(into).index_first
    assert names(tmp_path) == {"clip.mp4", "into.mp4"}
    assert look_at(clip).frames == look_at(into).frames


async def test_a_last_frame_is_written(
    tools: ClipTools, clip: Path, tmp_path: Path
) -> None:
    assert await tools.last_frame(clip, tmp_path / "frame.jpg")

    assert (tmp_path / "frame.jpg").read_bytes()[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("few bytes", "would_look_bad"),
        ("sound", "no_video"),
        ("text", "unreadable"),
        ("nothing", "unreadable"),
        ("playlist", "unreadable"),
        ("no folder", "unreadable"),
    ],
)
async def test_what_cannot_be_made_smaller_leaves_nothing_behind(
    tools: ClipTools, clip: Path, tmp_path: Path, kind: str, reason: str
) -> None:
    """A list of other files is not followed, whatever FFmpeg would do."""
    into = tmp_path / ("none/into.mp4" if kind == "no folder" else "into.mp4")
    spoil(clip, kind)

    with capture_logs() as logs:
        made = await tools.shrink(
            clip, into, max_bytes=50_000 if kind == "few bytes" else MB
        )

    assert not made
    assert [(one["event"], one["reason"]) for one in logs] == [
        ("clip not processed", reason)
    ]
    assert names(tmp_path) <= {"clip.mp4"}


@pytest.mark.thorough
async def test_what_takes_too_long_is_given_up(long_clip: Path, tmp_path: Path) -> None:
    tools = ClipTools(shrink_within_s=0.05)

    with capture_logs() as logs:
        assert not await tools.shrink(long_clip, tmp_path / "into", max_bytes=MB)

    assert [one["reason"] for one in logs] == ["it took too long"]
    assert names(tmp_path) == set()
    assert children() == []


@pytest.mark.thorough
async def test_what_is_cancelled_stops_at_once_and_can_begin_again(
    tools: ClipTools, long_clip: Path, tmp_path: Path
) -> None:
    into = tmp_path / "into"
    task = asyncio.create_task(tools.shrink(long_clip, into, max_bytes=MB))
    await until_it_writes(tmp_path)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert children() == []
    assert names(tmp_path) == set()
    assert await tools.shrink(long_clip, into, max_bytes=2 * MB)


@pytest.mark.thorough
async def test_a_child_that_is_killed_is_a_clip_that_stays_as_it_is(
    tools: ClipTools, long_clip: Path, tmp_path: Path
) -> None:
    """As the kernel does where the machine has no memory left."""
    task = asyncio.create_task(tools.shrink(long_clip, tmp_path / "into", max_bytes=MB))
    await until_it_writes(tmp_path)

    (child,) = children()
    os.kill(child, signal.SIGKILL)

    assert not await task
    assert names(tmp_path) == set()


@pytest.mark.thorough
async def test_clips_are_made_smaller_one_at_a_time(
    tools: ClipTools, clip: Path, tmp_path: Path
) -> None:
    most = 0

    async def count() -> None:
        nonlocal most
        while True:
            most = max(most, len(children()))
            await asyncio.sleep(0.01)

    counting = asyncio.create_task(count())
    made = await asyncio.gather(
        *(tools.shrink(clip, tmp_path / f"{n}", max_bytes=MB) for n in range(3))
    )
    counting.cancel()

    assert made == [True] * 3
    assert most == 1
    assert not tools.is_shrinking


@pytest.mark.thorough
async def test_a_last_frame_does_not_wait_for_a_clip_that_is_made_smaller(
    tools: ClipTools, long_clip: Path, tmp_path: Path
) -> None:
    task = asyncio.create_task(tools.shrink(long_clip, tmp_path / "into", max_bytes=MB))
    await until_it_writes(tmp_path)

    assert tools.is_shrinking
    assert await tools.last_frame(long_clip, tmp_path / "frame")

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.thorough
async def test_the_child_is_bounded_in_memory_and_knows_nothing_of_our_settings(
    tools: ClipTools,
    long_clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CLAPPER_DISCORD__TOKEN", "a-secret")
    task = asyncio.create_task(tools.shrink(long_clip, tmp_path / "into", max_bytes=MB))
    await until_it_writes(tmp_path)

    (child,) = children()
    known = about(child, "environ")
    limits = about(child, "limits").decode()
    goes_first = about(child, "oom_score_adj")

    assert re.search(rf"Max address space +{MEMORY_BYTES} ", limits)
    assert goes_first == b"1000\n"
    assert int(about(os.getpid(), "oom_score_adj")) < 1000
    assert b"secret" not in known
    assert b"CLAPPER" not in known
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.thorough
async def test_the_child_ends_with_a_bot_that_is_killed(
    long_clip: Path, tmp_path: Path
) -> None:
    program = (
        "import asyncio, sys; from pathlib import Path;"
        "from bot.media.clip_tools import ClipTools;"
        "clip, into = map(Path, sys.argv[1:]);"
        "asyncio.run(ClipTools().shrink(clip, into, max_bytes=1_000_000))"
    )
    with a_process("-c", program, str(long_clip), str(tmp_path / "into")) as bot:
        await until_it_writes(tmp_path)
        (child,) = children(bot.pid)
        bot.kill()
        bot.wait()

    async with asyncio.timeout(PATIENCE_S):
        while is_alive(child):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
    assert not (tmp_path / "into").exists()


async def until_it_writes(folder: Path) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not any(one.endswith(".part") for one in names(folder)):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


def spoil(clip: Path, kind: str) -> None:
    match kind:
        case "sound":
            make_sound(clip)
        case "text":
            clip.write_bytes(b"no clip" * 10_000)
        case "playlist":
            clip.write_bytes(b"#EXTM3U\n#EXTINF:3,\nhttp://127.0.0.1:9/a.ts\n")
        case "nothing":
            clip.unlink()
        case _:
            pass


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def about(pid: int, name: str) -> bytes:
    return Path(f"/proc/{pid}/{name}").read_bytes()


def is_alive(pid: int) -> bool:
    return b"bot.media.child" in command(pid)


@contextmanager
def a_process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, *arguments])
    try:
        yield process
    finally:
        process.kill()
        process.wait()
