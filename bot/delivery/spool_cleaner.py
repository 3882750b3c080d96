"""Removes what lies in this process's spool and is needed by no job any more."""

from bot.delivery.spool import LONGEST_DOWNLOAD_S, Spool, discard_leftovers
from bot.jobs.store import JobLookups
from bot.workers.worker import Worker

PAUSE_S = 900.0
UNTOUCHED_FOR_S = 900.0
"""What was written since then may be about to be posted."""


class SpoolCleaner(Worker):
    """Each process cleans its own disk.

    A process that has fetched a clip may lose the job to another one, which fetches and
    posts a clip of its own: then nothing else would look at the first file.
    """

    name = "spool cleaner"
    first_pass_after_s = PAUSE_S

    def __init__(self, spool: Spool, jobs: JobLookups) -> None:
        super().__init__()
        self._spool = spool
        self._jobs = jobs

    async def run_once(self) -> float:
        """Remove the clips of jobs that have ended, and what crashes have left."""
        await discard_leftovers(self._spool, self._jobs, older_than_s=UNTOUCHED_FOR_S)
        self._spool.discard_parts(LONGEST_DOWNLOAD_S)
        return PAUSE_S
