"""The program as an operator starts it: as a process, or faster inside this one."""

import asyncio
import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from bot.cli import main
from tests.plain_logs import log_kept

ROOT = Path(__file__).parents[2]
NEEDED = {
    "CLAPPER_DISCORD__TOKEN": "the-bots-own-token",
    "CLAPPER_EVOLINK__API_KEY": "the-evolink-api-key",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What an invocation left behind."""

    status: int | None
    out: str
    err: str


async def clapper(*arguments: str, folder: Path, **env: str) -> Ended:
    """Run `python -m bot` in a folder, with only the given variables of ours."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=folder,
        env={**environment(), **env},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return Ended(status=process.returncode, out=out.decode(), err=err.decode())


def environment() -> dict[str, str]:
    """Return what a process needs of ours: its paths, and its observer."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == "PATH" or name.startswith("COVERAGE_")
    }
    return {**kept, "PYTHONPATH": str(ROOT)}


async def invoked(*arguments: str, folder: Path, **env: str) -> Ended:
    """Do the same without a new process, where what a process is does not matter.

    In a thread: a command runs an event loop of its own.
    """
    return await asyncio.to_thread(_invoked, arguments, folder, env)


def _invoked(arguments: tuple[str, ...], folder: Path, env: dict[str, str]) -> Ended:
    others = {name: None for name in os.environ if name.startswith("CLAPPER_")}
    with contextlib.chdir(folder), log_kept():
        result = CliRunner().invoke(main, arguments, env={**others, **env})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(status=result.exit_code, out=result.stdout, err=result.stderr)
