"""`clapper db copy` as an operator uses it: real processes, and a bot that goes on."""

import asyncio
import fcntl
import os
import shutil
import signal
import struct
import sys
import termios
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo.bot_process import BotProcess
from bot.demo.stage import Stage, open_stage
from storage.database.engine import Database
from tests.cli.conftest import the_log_as_it_was
from tests.cli.program import clapper, environment, invoked
from tests.e2e.channel import ask, posts
from tests.e2e.conftest import IMPATIENT, UNLIMITED
from tests.pipeline.loops import until
from tests.selection import thorough
from tests.storage.conftest import beside, entries
from tests.storage.history import put_history

__all__ = ["the_log_as_it_was"]

PATIENCE_S = 60.0
PASSWORD = "nobody-else's-password"
MANY_JOBS = 10_000
A_LINE_BYTES = 60


@pytest.fixture
def empty_url(postgresql_url: str) -> Generator[str]:
    with beside(postgresql_url) as url:
        yield url


def before_the_host(url: str) -> str:
    """Add a password that this server does not ask for."""
    return url.replace("clapper@", f"clapper:{PASSWORD}@")


def in_the_query(url: str) -> str:
    """Add it where it may stand, too."""
    return f"{url}?password={PASSWORD}"


@pytest.mark.lengthy
@pytest.mark.timeout(300)  # three starts and four commands, on a machine that is busy
async def test_an_installation_moves_in_mid_work_and_back(
    tmp_path: Path, empty_url: str
) -> None:
    """What is being made when the bot stops is posted from the other database."""
    async with open_stage(folder=tmp_path, make_bot=BotProcess) as stage:
        there = before_the_host(empty_url)
        ways = [
            (stage.bot.settings["CLAPPER_STORAGE__URL"], there),
            (there, f"sqlite:///{tmp_path / 'back' / 'clapper.db'}"),
        ]
        await start(stage)
        for number, (source, target) in enumerate(ways, start=1):
            await ask(stage, f"[[total:3]] comet {number}")
            await stage.discord.wait_until(
                lambda n=number: stage.evolink.paid_tasks == n  # type: ignore[misc]
            )
            assert await stage.bot.stop() == 0

            moved = await clapper(
                "db", "copy", "--from", source, "--to", target, folder=tmp_path
            )

            assert (moved.status, moved.err) == (0, "")
            assert "The copy is complete" in moved.out
            assert PASSWORD not in moved.out
            stage.bot.settings["CLAPPER_STORAGE__URL"] = target
            await start(stage)
            clips = await posts(stage, number, PATIENCE_S)
            assert [len(clip.videos) for clip in clips] == [1] * number
        assert stage.evolink.paid_tasks == len(ways)
        assert stage.discord.violations == []
        assert "Traceback" not in stage.bot.log()
        checked = await clapper(
            "db", "check", folder=tmp_path, CLAPPER_STORAGE__URL=ways[-1][1]
        )
        assert checked.out == "The sums of the database are right.\n"


async def start(stage: Stage) -> None:
    await stage.bot.start(**UNLIMITED, **IMPATIENT)
    await stage.discord.wait_ready(["video"], PATIENCE_S)


@pytest.fixture
def small_url(tmp_path: Path, migrated_file: Path) -> str:
    """Name a database without a row."""
    shutil.copy(migrated_file, tmp_path / "clapper.db")
    return f"sqlite:///{tmp_path / 'clapper.db'}"


@pytest.fixture
async def source_url(small_url: str) -> str:
    """Name a database that takes a while to copy."""
    url = small_url
    async with Database.open(url, may_write=None) as database:
        newest_us = int(datetime.now(UTC).timestamp() * 1_000_000)
        await put_history(database, newest_us, jobs=MANY_JOBS)
    return url


def nearly_full_pipe() -> tuple[int, int]:
    """Return both ends of a pipe with room for a line or two.

    A process that writes more waits, so that a slow test does not come too late.
    """
    reading, writing = os.pipe()
    size = fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    os.write(writing, bytes(size - A_LINE_BYTES))
    return reading, writing


def unread(reading: int) -> int:
    (unread,) = struct.unpack("i", fcntl.ioctl(reading, termios.FIONREAD, bytes(4)))
    return int(unread)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 1), *thorough((signal.SIGKILL, -signal.SIGKILL))],
)
async def test_an_interrupted_copy_starts_no_bot(
    tmp_path: Path, source_url: str, number: signal.Signals, status: int
) -> None:
    target = f"sqlite:///{tmp_path / 'copy.db'}"
    out, into = nearly_full_pipe()
    before = unread(out)
    copying = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "db", "copy", "--from", source_url, "--to", target),
        cwd=tmp_path,
        env=environment() | {"PYTHONUNBUFFERED": "1"},
        stdout=into,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(into)
    await until(lambda: unread(out) > before)

    copying.send_signal(number)
    with os.fdopen(out, "rb") as said:
        (_, err), _ = await asyncio.gather(
            copying.communicate(), asyncio.to_thread(said.read)
        )

    assert copying.returncode == status
    if number is signal.SIGINT:
        assert err.decode() == (
            "The copy was interrupted and is incomplete: delete it before you try"
            " again.\n"
        )
    for command in (["run"], ["check"], ["jobs", "list"], ["db", "upgrade"]):
        # The bot heeds signals, which only a process's main thread can.
        run = clapper if command == ["run"] else invoked
        refused = await run(
            *command,
            folder=tmp_path,
            CLAPPER_DISCORD__TOKEN="x" * 30,
            CLAPPER_EVOLINK__API_KEY="y" * 30,
            CLAPPER_EVOLINK__BASE_URL="http://127.0.0.1:1",
            CLAPPER_DISCORD__API_BASE="http://127.0.0.1:1",
            CLAPPER_STORAGE__URL=target,
        )
        assert refused.status == 1
        assert "copy.db is an incomplete copy: delete it" in refused.out + refused.err


@pytest.mark.thorough
@pytest.mark.parametrize("with_password", [before_the_host, *thorough(in_the_query)])
async def test_no_password_is_shown_whatever_goes_wrong(
    tmp_path: Path, small_url: str, with_password: Callable[[str], str]
) -> None:
    nowhere = with_password("postgresql://clapper@127.0.0.1:1/x")
    wrong = [
        (small_url, nowhere),
        (nowhere, f"sqlite:///{tmp_path / 'copy.db'}"),
        (nowhere, nowhere),
        (small_url, nowhere.replace("postgresql", "mysql")),
        (small_url, nowhere.replace(":1/", ":port/")),
        (small_url, nowhere.replace("://", ":")),
    ]
    for number, (source, target) in enumerate(wrong):
        # What a process says beyond its streams shows in the first.
        run = invoked if number else clapper
        refused = await run(
            "db", "copy", "--from", source, "--to", target, folder=tmp_path
        )
        assert refused.status == 1
        assert len(refused.err.splitlines()) == 1
        assert PASSWORD not in refused.out + refused.err


async def test_what_is_not_there_is_not_copied(tmp_path: Path) -> None:
    source, target = (f"sqlite:///{tmp_path / name}" for name in ("a.db", "b.db"))

    refused = await clapper(
        "db", "copy", "--from", source, "--to", target, folder=tmp_path
    )

    assert refused.status == 1
    assert refused.err == f"There is no database {tmp_path}/a.db (--from).\n"
    assert entries(tmp_path) == []
