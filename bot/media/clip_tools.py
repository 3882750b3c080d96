"""Has clips taken apart by a child process, bounded in time and memory."""

import asyncio
import os
import sys
from pathlib import Path

import structlog

from bot.media.outcome import Outcome
from bot.part_files import part_of

log = structlog.get_logger(__name__)

SHRINK_WITHIN_S = 120.0
FRAME_WITHIN_S = 30.0
_PASSED_ON = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME")
"""Of our environment. The rest may hold a token or a key."""


class ClipTools:
    """Makes clips smaller, one at a time, and reads their last frames."""

    def __init__(
        self,
        *,
        shrink_within_s: float = SHRINK_WITHIN_S,
        frame_within_s: float = FRAME_WITHIN_S,
    ) -> None:
        self._shrink_within_s = shrink_within_s
        self._frame_within_s = frame_within_s
        self._shrinking = asyncio.Lock()

    @property
    def is_shrinking(self) -> bool:
        """Whether another clip would have to wait for its turn."""
        return self._shrinking.locked()

    async def shrink(self, clip: Path, into: Path, *, max_bytes: int) -> bool:
        """Encode a clip again so that it fits; return whether `into` is there now.

        It appears whole and flushed to disk, or not at all. It does not if that would
        look bad, if the clip cannot be read, takes too long or too much memory, or if
        there is no room for it.
        """
        async with self._shrinking:
            return await _run_child(
                into, self._shrink_within_s, "shrink", clip, str(max_bytes)
            )

    async def last_frame(self, clip: Path, into: Path) -> bool:
        """Write a clip's last frame as a JPEG; return whether `into` is there now.

        The caller sees to it that few are read at once.
        """
        return await _run_child(into, self._frame_within_s, "last-frame", clip)


async def _run_child(
    into: Path, within_s: float, task: str, clip: Path, *rest: str
) -> bool:
    part = part_of(into)
    try:
        status = await _exit_status(within_s, task, str(clip), str(part), *rest)
        if status == Outcome.DONE:
            await asyncio.to_thread(_keep, part, into)
            return True
        log.warning("clip not processed", task=task, reason=_reason(status))
    except OSError as error:
        log.warning("clip not processed", task=task, reason=error.strerror)
    finally:
        part.unlink(missing_ok=True)
    return False


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
