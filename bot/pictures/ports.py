"""What is needed of kept pictures, of large ones, and of files at EvoLink."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.ids import FileId, JobId


class Pictures(Protocol):
    """The pictures of jobs, while they are kept. Implemented in `storage.pictures`."""

    async def of(self, job_id: JobId) -> bytes | None:
        """Return a job's picture, a JPEG; None = it has none, or none any more.

        It is kept until the job has ended and everything about it has been posted.
        """
        ...


class LargePictures(Protocol):
    """Decodes what would take too much memory here. Implemented in `bot.media`."""

    async def reduced(self, webp: bytes) -> bytes | None:
        """Return a WebP as a PNG that is not much larger than needed, and upright.

        Returns None if it cannot be read, moves, or takes too long or too much memory.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile:
    """A file that EvoLink holds for us, for 72 hours."""

    file_id: FileId
    """What it is deleted by."""
    url: str
    """Where EvoLink, and everybody who knows it, reads the file."""


class Files(Protocol):
    """Holds pictures at EvoLink. Implemented by `bot.evolink.files.EvolinkFiles`.

    Both methods raise `FilesUnavailable` where it may be tried again at any time,
    `RateLimited` where EvoLink says when, and `AccountRefused` where the key or the
    account is at fault.
    """

    async def upload(self, name: str, data: bytes, content_type: str) -> UploadedFile:
        """Upload a file, in the place of an earlier one of that name.

        Raises:
            FilesFull: If the account holds as many files as it may; try again later.
            FilesRefused: If this file will never be taken.
        """
        ...

    async def delete(self, file_id: FileId) -> None:
        """Delete a file; one that is gone already is as good as deleted.

        Raises:
            FilesRefused: If this one is not ours to delete.
        """
        ...


class Uploaded(Protocol):
    """Remembers which pictures EvoLink has. Implemented in `storage.pictures`."""

    async def intend_upload(self, job_id: JobId, at: datetime) -> bytes | None:
        """Record that a job's picture is about to be uploaded; return the picture.

        From then on there may be a file at EvoLink, whose id nobody knows. Returns
        None, with nothing changed, if the picture is not kept any more.
        """
        ...

    async def note_uploaded(
        self, job_id: JobId, file_id: FileId, at: datetime, *, intended_at: datetime
    ) -> bool:
        """Record the file that the upload made that was intended then.

        If another upload has been intended since, it is recorded that there is a file
        under the job's name of which nobody knows whose it is: it may be the one that
        the other's request is about to name.
        Returns False, with nothing changed, if no upload is known of any more: then the
        file is the caller's to delete.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftFile:
    """A file at EvoLink that no task needs any more."""

    job_id: JobId
    file_id: FileId | None
    """None = there may be a file under the job's name, of an id that nobody knows."""
    uploaded_at: datetime
    """When it was uploaded, at the latest."""
    attempts: int
    """How often it was tried to delete it."""


class Leftovers(Protocol):
    """What is left of pictures. Implemented in `storage.pictures`."""

    async def left_files(self, now: datetime, limit: int) -> Sequence[LeftFile]:
        """Return files that may be deleted, and are due for that."""
        ...

    async def postpone(self, file: LeftFile, due_at: datetime) -> None:
        """Record that it was tried to delete a file, and when to try again."""
        ...

    async def note_deleted(self, job_id: JobId) -> None:
        """Record that a job's picture has no file at EvoLink."""
        ...

    async def erase_unneeded(self, now: datetime, limit: int) -> int:
        """Erase the pictures of jobs that are over, at most so many.

        Of those that still have a file at EvoLink that alone stays known. Returns how
        many there were; `limit` = there may be more.
        """
        ...
