"""Puts the pictures of jobs at EvoLink, right before their paid requests."""

from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.errors import EvolinkError, PictureLost
from bot.ids import JobId
from bot.jobs.jobs import Job
from bot.pictures.ports import Files, Uploaded, UploadedFile

log = structlog.get_logger(__name__)

FILE_LIFE = timedelta(hours=72)
"""EvoLink docs."""
FRESH_FOR = timedelta(hours=48)
"""A file that is older may be gone before its task reads it."""
CONTENT_TYPE = "image/jpeg"


def file_name(job_id: JobId) -> str:
    """Return what a job's file is called at EvoLink; another upload replaces it."""
    return f"clapper-{job_id}.jpg"


class Uploads:
    """Uploads pictures, and says which have to be."""

    def __init__(self, pictures: Uploaded, files: Files, clock: Clock) -> None:
        self._pictures = pictures
        self._files = files
        self._clock = clock

    def is_due(self, job: Job) -> bool:
        """Return whether a job's picture must be uploaded before its request leaves.

        Not for one that may have left: the same request has the same address. But where
        that is unknown, as in a restored copy, EvoLink is given another one under the
        same key, which it refuses if it has made the clip.
        """
        if job.request.picture is None:
            return False
        uploaded_at = job.picture_uploaded_at
        if job.picture_url is None or uploaded_at is None:
            return True
        if job.unsure_since is not None:
            return False
        return self._clock.now() - uploaded_at > FRESH_FOR

    async def upload(self, job: Job) -> UploadedFile:
        """Upload a job's picture. That there may be a file is recorded before.

        Raises:
            EvolinkUnavailable: If it may be tried again.
            EvolinkRefused: If EvoLink does not take it.
            PictureLost: If it is not kept any more.
        """
        intended_at = self._clock.now()
        data = await self._pictures.intend_upload(job.id, intended_at)
        if data is None:
            msg = "no request was made: the picture is not kept any more"
            raise PictureLost(msg)
        uploaded = await self._files.upload(file_name(job.id), data, CONTENT_TYPE)
        now = self._clock.now()
        noted = await self._pictures.note_uploaded(
            job.id, uploaded.file_id, now, intended_at=intended_at
        )
        if not noted:
            await self._take_back(job.id, uploaded)
        return uploaded

    async def _take_back(self, job_id: JobId, uploaded: UploadedFile) -> None:
        """Delete a file that nobody else will: the job ended during the upload."""
        try:
            await self._files.delete(uploaded.file_id)
        except EvolinkError as error:
            log.warning("file left to its end", job_id=job_id, reason=str(error))
