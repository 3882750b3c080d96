"""Has clips made smaller, and their last frames read, by a child process."""

import asyncio
from pathlib import Path

import structlog

from bot.media.child_process import run_child

log = structlog.get_logger(__name__)

SHRINK_WITHIN_S = 120.0
FRAME_WITHIN_S = 30.0


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
            return await _done(
                into, self._shrink_within_s, "shrink", clip, str(max_bytes)
            )

    async def last_frame(self, clip: Path, into: Path) -> bool:
        """Write a clip's last frame as a JPEG; return whether `into` is there now.

        The caller sees to it that few are read at once.
        """
        return await _done(into, self._frame_within_s, "last-frame", clip)


async def _done(into: Path, within_s: float, task: str, clip: Path, *rest: str) -> bool:
    why_not = await run_child(into, within_s, task, clip, *rest)
    if why_not is not None:
        log.warning("clip not processed", task=task, reason=why_not)
    return why_not is None
