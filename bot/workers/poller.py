"""Asks EvoLink about all running tasks: one loop, due times in the database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog

from bot.domain.ids import TaskId
from bot.domain.jobs import Job
from bot.domain.waiting import Backoff
from bot.errors import EvolinkError, RateLimited, TaskUnknown
from bot.ports import Clock, Due, Evolink, JobStore
from bot.workers.outage import Outage
from bot.workers.readings import Readings
from bot.workers.task_reader import Answer, TaskReader
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

IDLE_S = 30.0
MOST_AT_ONCE = 500
"""Jobs read in one look: ten batches."""
GATHER_S = 0.25
"""Polls due within this time go together: a fuller batch is a request saved."""
OUTAGE_BACKOFF = Backoff(base_s=1.5, cap_s=30.0)


class Poller(Worker):
    """Finds due tasks, reads them together, and records what they say."""

    name = "poller"

    def __init__(
        self,
        jobs: JobStore,
        evolink: Evolink,
        readings: Readings,
        clock: Clock,
        *,
        seen: Callable[[datetime | None], None] = lambda _since: None,
    ) -> None:
        """Keep the parts. `seen` hears after each request since when EvoLink fails."""
        super().__init__()
        self._seen = seen
        self._jobs = jobs
        self._clock = clock
        self._readings = readings
        self.outage = Outage("evolink", clock, OUTAGE_BACKOFF)
        self._reader = TaskReader(evolink, clock)

    async def look(self) -> float:
        """Read every task that is due, in as few requests as possible."""
        quiet_s = self.outage.quiet_s
        if quiet_s > 0:
            return quiet_s
        now = self._clock.now()
        due = await self._jobs.due(Due.POLL, now, MOST_AT_ONCE)
        if due:
            await self._read(due)
        if len(due) == MOST_AT_ONCE:
            return 0.0
        if self.outage.quiet_s > 0:
            return self.outage.quiet_s
        following = await self._jobs.next_due(Due.POLL, now)
        if following is None:
            return IDLE_S
        wait_s = (following - self._clock.now()).total_seconds()
        return min(max(wait_s, 0.0) + GATHER_S, IDLE_S)

    async def _read(self, due: Sequence[Job]) -> None:
        by_task = {job.task_id: job for job in due if job.task_id is not None}
        without = [job for job in due if job.task_id is None]
        answers: dict[TaskId, Answer] = {}
        for portion in self._reader.portions(list(by_task)):
            fresh = await self._reader.read(portion)
            answers.update(fresh)
            if self._note_outage(fresh):
                break
        await self._readings.record(
            [(job, answers.get(task_id)) for task_id, job in by_task.items()],
            without,
        )

    def _note_outage(self, answers: Mapping[TaskId, Answer]) -> bool:
        """Return whether the service is down, so that asking on is of no use."""
        down = self._is_down(answers)
        self._seen(self.outage.since)
        return down

    def _is_down(self, answers: Mapping[TaskId, Answer]) -> bool:
        errors = [
            answer
            for answer in answers.values()
            if isinstance(answer, EvolinkError) and not isinstance(answer, TaskUnknown)
        ]
        if not errors:
            self.outage.worked()
            return False
        if len(errors) < len(answers):
            return False  # one bad answer among good ones is no outage
        asked_s = max(
            (e.retry_after_s or 0.0 for e in errors if isinstance(e, RateLimited)),
            default=None,
        )
        self.outage.failed(str(errors[0]), retry_after_s=asked_s)
        return True
