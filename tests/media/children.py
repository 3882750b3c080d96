"""The processes that take clips apart, as the kernel knows them."""

import os
from pathlib import Path


def children(of: int | None = None) -> list[int]:
    """Return the processes that a process has begun to take clips apart."""
    listed = Path(f"/proc/{of or os.getpid()}/task").glob("*/children")
    found = [int(pid) for one in listed for pid in one.read_text().split()]
    return [pid for pid in found if b"bot.media.child" in command(pid)]


def command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
