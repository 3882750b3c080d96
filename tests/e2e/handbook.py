"""The commands of the handbook's section on backups, and how they are typed."""

import asyncio
import re
import shlex
from pathlib import Path

from bot.demo.stage import Stage
from tests.cli.program import ROOT, clapper
from tests.e2e.conftest import IMPATIENT, UNLIMITED


def blocks(heading: str) -> list[list[str]]:
    """Return the commands of each block below a heading of that section, in order."""
    handbook = (ROOT / "docs" / "operations.md").read_text("utf-8")
    (section,) = re.findall(
        r"^## Backups\n(.*?)^## ", handbook, re.MULTILINE | re.DOTALL
    )
    _, found, rest = section.partition(f"### {heading}\n")
    assert found
    part = rest.partition("\n### ")[0]
    typed = re.findall(r"^```sh\n(.*?)^```", part, re.MULTILINE | re.DOTALL)
    return [block.splitlines() for block in typed]


async def run(
    stage: Stage, commands: list[str], server_programs: Path | None = None
) -> None:
    """Type commands in the bot's folder; what runs until it is stopped is begun.

    `server_programs` is where those of PostgreSQL are.
    """
    for line in commands:
        program, *words = shlex.split(line)
        if program != "clapper":
            assert server_programs is not None
            await _typed(stage, server_programs / program, words)
        elif words == ["run"]:
            await stage.bot.start(**UNLIMITED, **IMPATIENT)
        else:
            ended = await clapper(*words, folder=stage.folder, **stage.bot.settings)
            assert ended.status == 0, ended.err


async def _typed(stage: Stage, program: Path, words: list[str]) -> None:
    process = await asyncio.create_subprocess_exec(
        program, *words, cwd=stage.folder, env=stage.bot.settings
    )
    assert await process.wait() == 0
