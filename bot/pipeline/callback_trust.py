"""Whether EvoLink's callbacks reach us, judged by what became of the latest ones.

Callbacks arrive at any process, and one polls: what came is in the job's row. What is
made of it is the process's memory. A wrong belief costs requests or seconds, never a
job.
"""

from collections import OrderedDict

from bot.ids import JobId

MOST_MISSED = 3
"""After so many ends in a row that nobody told us of, we ask as if nobody ever did."""
_REMEMBERED = 4096


class CallbackTrust:
    """Told of each callback, and of each end that was found without one."""

    def __init__(self) -> None:
        self._heard: OrderedDict[JobId, None] = OrderedDict()
        self._missed = MOST_MISSED  # until the first one proves that they arrive

    @property
    def works(self) -> bool:
        """Whether callbacks may be waited for."""
        return self._missed < MOST_MISSED

    def arrived(self) -> None:
        """Note that another process has got a callback."""
        self._missed = 0

    def heard(self, job_id: JobId) -> None:
        """Note that a callback for this job arrived here."""
        self._missed = 0
        self._heard[job_id] = None
        if len(self._heard) > _REMEMBERED:
            self._heard.popitem(last=False)

    def ended(self, job_id: JobId, *, called_back: bool) -> bool:
        """Note that a task's end was read; return whether a callback had told of it.

        `called_back` says whether the job's row knows of one.
        """
        told = self._heard.pop(job_id, self) is None or called_back
        self._missed = 0 if told else self._missed + 1
        return told
