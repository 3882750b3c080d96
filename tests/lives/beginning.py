"""Begins the process that lives are forked from. It is ready after two seconds."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BEGUN_WITHIN_S = 180.0


@contextmanager
def zygote(folder: Path) -> Iterator[Path]:
    """Run that process; return where it will listen: see `until_it_listens`."""
    path = folder / "zygote"
    # Whoever forks must be free of settings that are meant for one life.
    env = {k: v for k, v in os.environ.items() if not k.startswith("CLAPPER_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.lives.zygote", str(path)],
        env=env,
        stdin=subprocess.PIPE,
    )
    try:
        yield path
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


def until_it_listens(path: Path) -> None:
    """Wait until lives can be begun at `path`."""
    deadline = time.monotonic() + BEGUN_WITHIN_S
    while not path.exists():
        assert time.monotonic() < deadline, "no lives can be begun"
        time.sleep(0.02)
