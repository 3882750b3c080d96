"""`clapper demo --terminal` as a person meets it, with the real bot behind."""

import asyncio
import os
import re
import socket
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_S = 100.0
RAW = re.compile(r"<t:\d|<@|\*\*|</|^\s*│ (?:-#|###|>)", re.MULTILINE)


class Talk:
    """A running demo, spoken to line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin, self._stdout = process.stdin, process.stdout
        self.heard = ""

    def says(self, line: str) -> None:
        self._stdin.write(f"{line}\n".encode())

    async def hears(self, pattern: str) -> re.Match[str]:
        """Return the next match, once it is printed."""
        begin = len(self.heard)
        while True:
            if found := re.search(pattern, self.heard[begin:]):
                return found
            line = await self._stdout.readline()
            assert line, f"it ended without {pattern!r}:\n{self.heard}"
            self.heard += line.decode()


async def test_a_video_is_made_and_another_cancelled_in_plain_words(
    tmp_path: Path,
) -> None:
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--terminal", "--speed", "3"),
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    talk = Talk(demo)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await talk.hears("quit")
            talk.says("/video colour:red a kite")
            await talk.hears("no option colour")
            talk.says("/video a kite")
            await talk.hears(r"Expected around \d+:\d+")
            talk.says("/videos cancel")
            found = await talk.hears(r"/videos cancel job:(\S+)")
            talk.says(f"/videos cancel job:{found[1]}")
            # It is being made, so it is asked first.
            await talk.hears(r"\[Cancel anyway\]")
            talk.says("press Never")
            await talk.hears("no button Never")
            talk.says("press Cancel anyway")
            await talk.hears("Cancelled")
            talk.says("/video a red fox")
            await talk.hears("▶ .*mp4")
            talk.says("press Edit")
            await talk.hears("opens a form")
            talk.says("quit")
            status = await demo.wait()
    finally:
        if demo.returncode is None:
            demo.kill()
            await demo.wait()

    assert status == 0
    assert RAW.findall(talk.heard) == []


@pytest.mark.parametrize("is_ours", [True, False])
async def test_a_port_that_cannot_be_had_is_one_sentence(
    tmp_path: Path, *, is_ours: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = str(listening.getsockname()[1]) if is_ours else "1"
        if not is_ours and os.geteuid() == 0:
            pytest.skip("root may listen on every port")
        demo = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo", "--no-open", "--port", port),
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(PATIENCE_S):
            _, told = await demo.communicate()

    assert demo.returncode == 1
    sentence = told.decode().strip()
    assert len(sentence.splitlines()) == 1
    assert sentence.startswith(f"Port {port} ")
    assert "--port" in sentence
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - a blocking call the less
