"""`clapper demo` as a person starts it and ends it."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0


def processes_with(text: str) -> list[int]:
    """Return the processes in whose environment a text stands."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if text.encode() in environment.read_bytes():
                found.append(int(environment.parent.name))
        except OSError:  # gone, or somebody else's
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
@pytest.mark.thorough  # tests/demo begins it too
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
async def test_it_prints_its_address_and_leaves_nothing_behind(
    tmp_path: Path, ending: signal.Signals
) -> None:
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--no-open", "--speed", "10"),
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert demo.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_S):
            address = None
            while address is None:
                line = (await demo.stdout.readline()).decode()
                assert line, "it ended before it told where it is"
                address = re.search(r"http://127\.0\.0\.1:\d+/", line)
            async with (
                aiohttp.ClientSession() as session,
                session.get(address.group()) as answer,
                # An open page must not hold up the end.
                session.get(f"{address.group()}api/events") as events,
            ):
                assert answer.status == 200
                assert events.status == 200
                demo.send_signal(ending)
                status = await demo.wait()
    finally:
        if demo.returncode is None:
            demo.kill()
            await demo.wait()

    assert status == 0
    assert await asyncio.to_thread(processes_with, str(tmp_path)) == []
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - a blocking call the less
