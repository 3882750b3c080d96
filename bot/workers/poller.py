"""Asks EvoLink about all running tasks: one loop, due times in the database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.domain.ids import TaskId
from bot.domain.jobs import Job
from bot.domain.waiting import Backoff
from bot.errors import AccountRefused, EvolinkError, RateLimited
from bot.ports import Clock, Due, Evolink, JobStore
from bot.usecases.account import AccountGate
from bot.workers.claims import Claims
from bot.workers.job_worker import wait_s
from bot.workers.outage import NotNow, Outage
from bot.workers.readings import Readings, earliest
from bot.workers.task_reader import BATCH, Answer, TaskReader, is_fault
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 500
"""Jobs read in one look: ten batches."""
AHEAD_S = 0.5
"""Polls due within this time go with those that are due, where they can go together:
nobody waits for company, and each later batch is a request saved."""
FILL_S = 2.0
"""What would stay empty of a batch is filled with polls due within this time."""
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
        """What could not be read alone. It goes last, lest it hold up the rest."""

    async def look(self) -> float:
        """Read every task that is due, in as few requests as possible."""
        quiet_s = self.outage.quiet_s
        if quiet_s > 0:
            return quiet_s
        now = self._clock.now()
        due, more, following = await self._due(now)
        read_all, again = await self._read(due)
        if self.outage.quiet_s > 0:
            return self.outage.quiet_s
        if more:
            return 0.0
        if not read_all:
            return LEFT_OVER_S
        return wait_s(self._clock.now(), earliest([following, again]))

    async def _due(self, now: datetime) -> tuple[Sequence[Job], bool, datetime | None]:
        """Return whom to ask about now, whether there may be more, and who follows.

        The last is when the first of those is due who are not asked about now.
        """
        if not self._reader.has_batch:
            # Single reads cost the same however many go together.
            due, following = await self._jobs.due_and_next(Due.POLL, now, MOST_AT_ONCE)
            return due, len(due) == MOST_AT_ONCE, following
        ahead = now + timedelta(seconds=AHEAD_S)
        size = min(BATCH, MOST_AT_ONCE)
        soon, following = await self._jobs.due_and_next(
            Due.POLL, now + timedelta(seconds=FILL_S), size
        )
        if not soon or not _due_by(soon[0], ahead):
            return [], False, soon[0].poll_due_at if soon else following
        more = len(soon) == size and _due_by(soon[-1], ahead)
        if len(soon) == size:
            # Who comes behind them was not read, and may be due as soon as the last.
            following = soon[-1].poll_due_at
        if more and size < MOST_AT_ONCE:
            soon, following = await self._jobs.due_and_next(
                Due.POLL, ahead, MOST_AT_ONCE
            )
            more = len(soon) == MOST_AT_ONCE
        asked = [
            job for job in soon if _due_by(job, now) or self._readings.may_ask(job, now)
        ]
        ids = {job.id for job in asked}
        left = (job.poll_due_at for job in soon if job.id not in ids)
        return asked, more, next(left, following)

    async def _read(self, due: Sequence[Job]) -> tuple[bool, datetime | None]:
        """Read these jobs' tasks and record it.

        Returns whether all were asked about, and when the first is due again.
        """
        claimed = self._claimed(due)
        by_task = {
            job.task_id: job
            for job in due
            if job.task_id is not None and job.task_id not in claimed
        }
        wanted = [*claimed, *by_task]
        asked: set[TaskId] = set()
        again: datetime | None = None
        task_ids = sorted(wanted, key=self._failed.__contains__)
        for portion in self._reader.portions(task_ids):
            try:
                async with self.outage.asking():
                    fresh = await self._reader.read(portion)
                    down = all(map(is_fault, fresh.values()))
                    failed = down and not asked
                    if failed:
                        # Every job is put off together by being quiet, not each.
                        self._failed = (self._failed | fresh.keys()) & set(wanted)
                        await self._outage_of(fresh)
                    else:
                        # Where others were answered, the tasks are at fault.
                        self.outage.worked()
            except NotNow:
                break
            if not failed:
                self._failed -= {one for one, it in fresh.items() if not is_fault(it)}
                asked |= fresh.keys()
                # What has ended is not kept waiting for the other portions.
                again = earliest([again, await self._record(fresh, claimed, by_task)])
            self._seen(self.outage.since)
            if down:
                break
        unasked: dict[TaskId, Answer | None] = dict.fromkeys(
            task_id for task_id in wanted if task_id not in asked
        )
        await self._record(unasked, claimed, by_task)
        hinted = claimed.values()
        await self._readings.record(
            (),
            without_task=[
                job for job in due if job.task_id is None and job not in hinted
            ],
        )
        return not unasked, again

    async def _record(
        self,
        answers: Mapping[TaskId, Answer | None],
        claimed: Mapping[TaskId, Job],
        by_task: Mapping[TaskId, Job],
    ) -> datetime | None:
        """Record what was answered; None = the task was not asked about after all."""
        answered = [
            (by_task[task_id], answer)
            for task_id, answer in answers.items()
            if task_id in by_task
        ]
        hinted = [
            (claimed[task_id], answer)
            for task_id, answer in answers.items()
            if task_id in claimed
        ]
        if self._claims is not None and hinted:
            answered += await self._claims.settle(hinted)
        return await self._readings.record(answered)

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


def _due_by(job: Job, time: datetime) -> bool:
    return job.poll_due_at is not None and job.poll_due_at <= time
