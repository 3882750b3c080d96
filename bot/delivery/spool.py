"""Where fetched clips wait on disk."""

import os
import re
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import structlog

from bot.ids import JOB_ID_PATTERN, JobId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobLookups
from bot.part_files import PART_SUFFIX

log = structlog.get_logger(__name__)

LONGEST_DOWNLOAD_S = 3600.0
"""Far longer than one may take."""
_CLIP = re.compile(rf"clapper-({JOB_ID_PATTERN})(?:\.copy)?\.mp4")


class Spool:
    """A folder of clips, each under its job's id, so that no outside name gets in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self) -> None:
        """Create the folder, readable for us alone.

        Raises:
            OSError: If it cannot be created or written.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(self._folder, os.W_OK | os.X_OK):
            msg = f"{self._folder} cannot be written"
            raise PermissionError(msg)

    def path(self, job: Job) -> Path:
        """Return where this job's clip lies or would lie."""
        return self._folder / f"clapper-{job.id}.mp4"

    def copy_path(self, job: Job) -> Path:
        """Return where a smaller copy of this job's clip lies or would lie."""
        return self._folder / f"clapper-{job.id}.copy.mp4"

    def jobs(self, older_than_s: float = 0.0) -> Collection[JobId]:
        """Return the ids of the jobs that have a clip here, or a copy of one.

        Those that have a younger file than `older_than_s` are left out.
        """
        limit = time.time() - older_than_s
        found: dict[JobId, bool] = {}
        for path in self._folder.iterdir():
            match = _CLIP.fullmatch(path.name)
            # It may be removed meanwhile, as its clip is posted.
            with suppress(FileNotFoundError):
                if match is not None:
                    job_id = JobId(match[1])
                    is_old = path.stat().st_mtime <= limit
                    found[job_id] = found.get(job_id, True) and is_old
        return [job_id for job_id, are_old in found.items() if are_old]

    def discard(self, job_id: JobId) -> None:
        """Remove a clip and its copy; what is gone already is no error."""
        for name in (f"clapper-{job_id}.mp4", f"clapper-{job_id}.copy.mp4"):
            (self._folder / name).unlink(missing_ok=True)

    def discard_parts(self, older_than_s: float) -> None:
        """Remove what interrupted downloads and encodings left behind."""
        limit = time.time() - older_than_s
        for part in self._folder.glob(f"*{PART_SUFFIX}"):
            # Where processes share the folder, another may end its download meanwhile.
            with suppress(FileNotFoundError):
                if part.stat().st_mtime < limit:
                    part.unlink()


async def discard_leftovers(
    spool: Spool, jobs: JobLookups, *, older_than_s: float
) -> None:
    """Remove the clips of jobs that are not `delivering`.

    The deliverer removes what it has posted or given up. A crash right before that, a
    server that was left meanwhile, or another process that has delivered the job,
    leaves a file behind that nothing else would ever look at. While workers are at
    work, those younger than `older_than_s` stay: a job may just have got its clip.

    Raises:
        StorageError: If the database did not answer.
    """
    left = 0
    for job_id in spool.jobs(older_than_s):
        job = await jobs.get(job_id)
        if job is None or job.state is not JobState.DELIVERING:
            spool.discard(job_id)
            left += 1
    if left:
        log.info("leftover clips removed", count=left)
