"""Erases pictures that nobody needs any more, here and at EvoLink."""

from datetime import timedelta
from functools import partial

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import EvolinkError, FilesRefused
from bot.ids import FileId, JobId
from bot.pictures.ports import Files, LeftFile, Leftovers
from bot.pictures.prepare import smallest
from bot.pictures.uploads import CONTENT_TYPE, FILE_LIFE, file_name
from bot.processes.seats import Seat
from bot.workers.outcomes import note_evolink
from bot.workers.service_limit import Call, EndpointLimit
from bot.workers.side_by_side import Piece, SideBySide
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

IDLE_S = 30.0
SOON_S = 2.0
"""What ends within that time is erased together."""
PORTION = 50
"""Pictures that are erased in one transaction, or files that are due at once."""
BACKOFF = Backoff(base_s=15.0, cap_s=3600.0)
SURELY_GONE_AFTER = FILE_LIFE + timedelta(hours=1)


class PictureCleaner(Worker):
    """Deletes files at EvoLink once no task needs them, and pictures with their jobs.

    Two of them at once would do no harm: a file that is gone is as good as deleted.
    """

    name = "picture cleaner"
    seat = Seat.HOUSEKEEPING

    def __init__(
        self,
        pictures: Leftovers,
        files: Files,
        clock: Clock,
        *,
        deletes: EndpointLimit,
    ) -> None:
        super().__init__()
        self._pictures = pictures
        self._files = files
        self._clock = clock
        self._deletes = deletes
        self._deleting: SideBySide[JobId] = SideBySide(self.name, self.wake)
        deletes.when_free(self.wake)

    def soon(self) -> None:
        """Look again soon: a job may need its picture no more."""
        self.wake_in(SOON_S)

    async def run_once(self) -> float:
        """Erase what is not needed, and begin to delete the files that are due."""
        now = self._clock.now()
        erased = await self._pictures.erase_unneeded(now, PORTION)
        left = await self._pictures.left_files(now, PORTION)
        wait_s = await self._deleting.begin_all(
            [
                Piece(key=one.job_id, item=one.job_id, work=partial(self._clear, one))
                for one in left
            ],
            self._deletes,
        )
        if erased == PORTION:
            return 0.0
        return IDLE_S if wait_s is None else min(wait_s, IDLE_S)

    @property
    def in_progress(self) -> int:
        """How many files it is about just now."""
        return len(self._deleting)

    async def drain(self) -> None:
        """Wait for the deletions in progress."""
        await self._deleting.drain()

    async def abandon(self) -> None:
        """Cancel the deletions in progress."""
        await self._deleting.abandon()

    async def _clear(self, file: LeftFile, call: Call) -> None:
        now = self._clock.now()
        if now - file.uploaded_at < SURELY_GONE_AFTER:
            try:
                await self._delete(file)
            except FilesRefused as error:
                call.answered()
                # It is not ours, so there is nothing that we could do about it.
                log.warning("file not deleted", job_id=file.job_id, reason=str(error))
            except EvolinkError as error:
                note_evolink(call, error)
                log.info("file not deleted yet", job_id=file.job_id, reason=str(error))
                wait_s = call.retry_s(BACKOFF.wait_s(file.attempts + 1))
                due_at = now + timedelta(seconds=wait_s)
                await self._pictures.postpone(file, due_at)
                return
            else:
                call.answered()
        await self._pictures.note_deleted(file.job_id)

    async def _delete(self, file: LeftFile) -> None:
        await self._files.delete(file.file_id or await self._found(file.job_id))

    async def _found(self, job_id: JobId) -> FileId:
        """Return the id of a file whose upload was never answered.

        EvoLink finds files by their ids alone, and an upload of the same name replaces
        what is there.
        """
        uploaded = await self._files.upload(file_name(job_id), smallest(), CONTENT_TYPE)
        return uploaded.file_id
