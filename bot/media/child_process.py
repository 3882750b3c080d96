"""Runs the child process that decodes media files, bounded in time and memory."""

import asyncio
import os
import sys
from pathlib import Path

from bot.media.outcome import Outcome
from bot.part_files import part_of

_PASSED_ON = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME")
"""Of our environment. The rest may hold a token or a key."""


async def run_child(
    into: Path, within_s: float, task: str, file: Path, *rest: str
) -> str | None:
    """Have one task done on a file; return why it failed, or None if `into` exists now.

    It appears whole and flushed to disk, or not at all.
    """
    part = part_of(into)
    try:
        status = await _exit_status(within_s, task, str(file), str(part), *rest)
        if status != Outcome.DONE:
            return _reason(status)
        await asyncio.to_thread(_keep, part, into)
    except OSError as error:
        return error.strerror or type(error).__name__
    finally:
        part.unlink(missing_ok=True)
    return None


async def _exit_status(within_s: float, *arguments: str) -> int | None:
    """Run the child process and return how it ended; None = it took too long.

    Raises:
        OSError: If no process can be started.
    """
    package = Path(__file__).parents[2]
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "bot.media.child"),
        *arguments,
        # It ends when this pipe does, which no end of ours leaves open.
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={
            "PYTHONPATH": str(package),
            # One for each processor would use up the addresses.
            "MALLOC_ARENA_MAX": "2",
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        },
    )
    try:
        async with asyncio.timeout(within_s):
            return await child.wait()
    except TimeoutError:
        return None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


def _keep(part: Path, into: Path) -> None:
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(into)


def _reason(status: int | None) -> str:
    if status is None:
        return "it took too long"
    return (
        Outcome(status).name.lower() if status in set(Outcome) else f"status {status}"
    )
