"""Jobs that EvoLink may refuse for a reason of their own, rather than the account's."""

from collections import Counter

from bot.ids import JobId

PAUSES_OF_ONE_JOB = 2
"""So many pauses may begin with the same job before it is held to be the reason."""


class Suspects:
    """Counts in how many pauses, one after another, each job was refused."""

    def __init__(self) -> None:
        self._refused: set[JobId] = set()
        """Jobs refused during this pause."""
        self._pauses: Counter[JobId] = Counter()
        """Pauses until now, of the jobs that were refused during the latest one."""

    def note_refused(self, job_id: JobId) -> None:
        """Note that a job's request was refused during this pause."""
        self._refused.add(job_id)

    def note_pause_ended(self) -> None:
        """Note that intake goes on."""
        self._pauses = Counter(
            {job_id: self._pauses[job_id] + 1 for job_id in self._refused}
        )
        self._refused = set()

    def has(self, job_id: JobId) -> bool:
        """Return whether a job is held to be the reason of its refusals."""
        return self._pauses[job_id] >= PAUSES_OF_ONE_JOB
