"""What others need of kept pictures. Declarations only."""

from typing import Protocol

from bot.ids import JobId


class Pictures(Protocol):
    """The pictures of jobs, while they are kept. Implemented in `storage.pictures`."""

    async def of(self, job_id: JobId) -> bytes | None:
        """Return a job's picture, a JPEG; None = it has none, or none any more.

        It is kept until the job has ended and everything about it has been posted.
        """
        ...
