"""A worker that attends to due jobs side by side, each at most once at a time."""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.domain.ids import JobId
from bot.domain.jobs import Job, JobChanges
from bot.ports import Clock, Due, JobStore
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

Attend = Callable[[Job], Awaitable[None]]

IDLE_S = 30.0
"""The longest sleep. A wake-up that got lost would cost this much at worst."""
AFTER_SURPRISE_S = 60.0
"""How long a job rests after an error that nobody foresaw."""


class JobWorker(Worker):
    """Finds the jobs due for one kind of work, the longest due first."""

    kind: Due
    """The column that says when a job is due."""
    at_once: int
    """How many jobs are attended to side by side."""

    def __init__(self, jobs: JobStore, clock: Clock) -> None:
        super().__init__()
        self._jobs = jobs
        self._clock = clock
        self._in_hand: dict[JobId, asyncio.Task[None]] = {}

    @abstractmethod
    async def attend(self, job: Job) -> None:
        """Do what is due for one job, and record when it is due again, if at all."""

    async def look(self) -> float:
        """Begin with as many due jobs as there is room for."""
        room = self.at_once - len(self._in_hand)
        if room <= 0:
            return IDLE_S  # whoever finishes wakes the loop
        now = self._clock.now()
        due = await self._jobs.due(self.kind, now, room, skip=tuple(self._in_hand))
        for job in due:
            self.begin(job)
        if len(due) == room:
            return IDLE_S
        return await self._until_next(now)

    def begin(self, job: Job, attend: Attend | None = None) -> None:
        """Attend to a job beside the loop. It must not be in hand already."""
        task = asyncio.create_task(
            self._attend(job, attend or self.attend), name=f"{self.name} {job.id}"
        )
        self._in_hand[job.id] = task
        task.add_done_callback(lambda _: self._done(job.id))

    @property
    def in_hand(self) -> frozenset[JobId]:
        """The jobs being attended to now."""
        return frozenset(self._in_hand)

    async def drain(self) -> None:
        """Wait for the jobs in hand; a cancellation is passed on to them."""
        tasks = list(self._in_hand.values())
        try:
            await asyncio.gather(*tasks, return_exceptions=True)
        except asyncio.CancelledError:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise

    async def postpone(
        self, job: Job, wait_s: float, changes: JobChanges | None = None
    ) -> None:
        """Record that the job is due again in so many seconds."""
        note: JobChanges = {**(changes or {})}
        due: datetime = self._clock.now() + timedelta(seconds=wait_s)
        note[self.kind.value] = due
        await self._jobs.note({job.id: note})

    async def _attend(self, job: Job, attend: Attend) -> None:
        try:
            with structlog.contextvars.bound_contextvars(job_id=job.id):
                await attend(job)
        except Exception:
            # One job's surprise is no other job's business, and no reason to spin.
            log.exception("job not attended", worker=self.name, job_id=job.id)
            await self._rest(job)

    async def _rest(self, job: Job) -> None:
        try:
            await self.postpone(job, AFTER_SURPRISE_S)
        except Exception:
            log.exception("job not postponed", worker=self.name, job_id=job.id)
            await asyncio.sleep(1.0)

    def _done(self, job_id: JobId) -> None:
        del self._in_hand[job_id]
        self.wake()

    async def _until_next(self, now: datetime) -> float:
        # Whatever was due by now has just been taken in hand.
        due = await self._jobs.next_due(self.kind, now)
        if due is None:
            return IDLE_S
        return min(max((due - now).total_seconds(), 0.0), IDLE_S)
