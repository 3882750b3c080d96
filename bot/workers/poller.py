"""Asks EvoLink about all running tasks: one loop, due times in the database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog

from bot.domain.ids import TaskId
from bot.domain.jobs import Job
from bot.domain.waiting import Backoff
from bot.errors import AccountRefused, EvolinkError, RateLimited
from bot.ports import Clock, Due, Evolink, JobStore
from bot.usecases.account import AccountGate
from bot.workers.claims import Claims
from bot.workers.outage import Outage
from bot.workers.readings import Readings
from bot.workers.task_reader import Answer, TaskReader, is_fault
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

IDLE_S = 30.0
MOST_AT_ONCE = 500
"""Jobs read in one look: ten batches."""
GATHER_S = 0.5
"""Polls due within this time go together: a fuller batch is a request saved."""
LEFT_OVER_S = 1.0
"""Before tasks are asked about that a faltering service kept from being asked."""
OUTAGE_BACKOFF = Backoff(base_s=1.5, cap_s=30.0)


class Poller(Worker):
    """Finds due tasks, reads them together, and records what they say."""

    name = "poller"

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        jobs: JobStore,
        evolink: Evolink,
        readings: Readings,
        clock: Clock,
        *,
        seen: Callable[[datetime | None], None] = lambda _since: None,
        account: AccountGate | None = None,
        claims: Claims | None = None,
    ) -> None:
        """Keep the parts. Without `claims`, what callbacks name is not looked at.

        `seen` hears after each request since when EvoLink fails. `account` is told
        where our key is refused; without it, the next submit finds that out.
        """
        super().__init__()
        self._seen = seen
        self._account = account
        self._jobs = jobs
        self._clock = clock
        self._readings = readings
        self._claims = claims
        self.outage = Outage("evolink", clock, OUTAGE_BACKOFF)
        self._reader = TaskReader(evolink, clock)
        self._failed: frozenset[TaskId] = frozenset()
        """What nobody could read last time. It goes last, lest it hold up the rest."""

    async def look(self) -> float:
        """Read every task that is due, in as few requests as possible."""
        quiet_s = self.outage.quiet_s
        if quiet_s > 0:
            return quiet_s
        now = self._clock.now()
        due = await self._jobs.due(Due.POLL, now, MOST_AT_ONCE)
        read_all = await self._read(due)
        if self.outage.quiet_s > 0:
            return self.outage.quiet_s
        if len(due) == MOST_AT_ONCE:
            return 0.0
        if not read_all:
            return LEFT_OVER_S
        following = await self._jobs.next_due(Due.POLL, now)
        if following is None:
            return IDLE_S
        wait_s = (following - self._clock.now()).total_seconds()
        return min(max(wait_s, 0.0) + self._gather_s, IDLE_S)

    def wake_in(self, wait_s: float) -> None:
        """Look in so many seconds at the latest; later ones wait for company."""
        super().wake_in(wait_s + self._gather_s if wait_s > 0 else wait_s)

    @property
    def _gather_s(self) -> float:
        # Single reads cost the same however many go together.
        return GATHER_S if self._reader.has_batch else 0.0

    async def _read(self, due: Sequence[Job]) -> bool:
        """Read these jobs' tasks and record it; return whether all were asked about."""
        claimed = self._claimed(due)
        by_task = {
            job.task_id: job
            for job in due
            if job.task_id is not None and job.task_id not in claimed
        }
        wanted = [*claimed, *by_task]
        answers: dict[TaskId, Answer] = {}
        task_ids = sorted(wanted, key=self._failed.__contains__)
        self._failed = frozenset()
        failing = self.outage.since is not None
        for portion in self._reader.portions(task_ids, probing=failing):
            fresh = await self._reader.read(portion)
            down = all(map(is_fault, fresh.values()))
            if down and not answers:
                # Every job is put off together by being quiet, not one by one.
                self._failed = frozenset(fresh)
                await self._outage_of(fresh)
            else:
                # Where others were answered, the tasks are at fault, not the service.
                self.outage.worked()
                answers.update(fresh)
            self._seen(self.outage.since)
            if down:
                break
        answered = [(job, answers.get(task_id)) for task_id, job in by_task.items()]
        if self._claims is not None and claimed:
            answered += await self._claims.settle(
                [(job, answers.get(task_id)) for task_id, job in claimed.items()]
            )
        hinted = claimed.values()
        await self._readings.record(
            answered,
            without_task=[
                job for job in due if job.task_id is None and job not in hinted
            ],
        )
        return len(answers) == len(wanted)

    def _claimed(self, due: Sequence[Job]) -> dict[TaskId, Job]:
        """Return the jobs whose callbacks named a task, by that task."""
        if self._claims is None:
            return {}
        return {job.task_hint: job for job in due if job.task_hint is not None}

    async def _outage_of(self, answers: Mapping[TaskId, Answer]) -> None:
        errors = [one for one in answers.values() if isinstance(one, EvolinkError)]
        asked_s = max(
            (e.retry_after_s or 0.0 for e in errors if isinstance(e, RateLimited)),
            default=None,
        )
        self.outage.failed(str(errors[0]), retry_after_s=asked_s)
        refused = next((e for e in errors if isinstance(e, AccountRefused)), None)
        if refused is not None and self._account is not None:
            await self._account.refused(refused)
