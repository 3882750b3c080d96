"""Which file of a clip goes to Discord: the clip, a smaller copy, or none."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.ids import JobId
from bot.jobs.jobs import Job
from bot.pipeline.ports import ClipFiles, Messenger, Shrinker

log = structlog.get_logger(__name__)

TAKEN_EVERYWHERE_BYTES = 10_000_000
"""No server takes less, whatever its limit is thought to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFile:
    """A file that may be posted."""

    path: Path
    is_copy: bool
    """Whether it is a smaller one, made because the clip is too large."""


class ClipFitting:
    """Finds the file that fits, and makes it. What it finds out is on disk.

    Only what Discord has refused is remembered here: a new process tries it once more.
    """

    def __init__(
        self, files: ClipFiles, messenger: Messenger, shrinker: Shrinker | None
    ) -> None:
        self._files = files
        self._messenger = messenger
        self._shrinker = shrinker
        """None = PyAV is not installed."""
        self._refused: set[JobId] = set()
        """Jobs with a file that Discord refused, although it seemed to fit."""

    async def file(self, job: Job) -> ClipFile | None:
        """Return what fits; None = nothing does, or not yet."""
        clip, copy = self._files.path(job), self._files.copy_path(job)
        most = await self._most_bytes(job)
        if 0 < _size(clip) <= most:
            return ClipFile(path=clip, is_copy=False)
        if _size(clip) > 0 and 0 < _size(copy) <= most:
            return ClipFile(path=copy, is_copy=True)
        return None

    async def is_to_shrink(self, job: Job) -> bool:
        """Return whether nothing fits that could be made smaller."""
        if self._shrinker is None or _size(self._files.path(job)) == 0:
            return False
        return await self.file(job) is None

    @property
    def is_busy(self) -> bool:
        """Whether another clip is being made smaller."""
        return self._shrinker is not None and self._shrinker.is_shrinking

    async def shrink(self, job: Job) -> None:
        """Make a smaller copy of a clip, or mark it as too large."""
        assert self._shrinker is not None
        clip, copy = self._files.path(job), self._files.copy_path(job)
        most = await self._most_bytes(job)
        size = _size(clip)
        if await self._shrinker.shrink(clip, copy, max_bytes=most):
            log.info("clip shrunk", size_bytes=size, copy_bytes=_size(copy))
        else:
            self.mark_too_large(job)

    def note_refused(self, job: Job, file: ClipFile) -> bool:
        """Note that Discord refused a file as too large.

        Returns whether a smaller copy may be taken; else the clip is marked.
        """
        can_be_less = _size(file.path) > TAKEN_EVERYWHERE_BYTES
        if self._shrinker is None or not can_be_less:
            self.mark_too_large(job)
            return False
        self._refused.add(job.id)
        return True

    def mark_too_large(self, job: Job) -> None:
        """Leave an empty file in a clip's place: it is not fetched or sent again.

        No clip is empty. On a full disk there may be no room even for that.
        """
        with suppress(OSError):
            self._files.path(job).write_bytes(b"")

    def forget(self, job: Job) -> None:
        """Remove the files of a job that has come to its end."""
        self._refused.discard(job.id)
        self._files.discard(job.id)

    async def _most_bytes(self, job: Job) -> int:
        most = await self._messenger.upload_limit_bytes(job.guild_id)
        return min(most, TAKEN_EVERYWHERE_BYTES) if job.id in self._refused else most


def _size(path: Path) -> int:
    """Return the size of a file in bytes; 0 without one."""
    return path.stat().st_size if path.exists() else 0
