"""The real program, started as an operator starts it."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

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
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **env},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return Ended(status=process.returncode, out=out.decode(), err=err.decode())
