"""A worker that attends to due jobs side by side, each at most once at a time."""

import asyncio
import secrets
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.ids import JobId
from bot.domain.jobs import Job, JobChanges
from bot.domain.waiting import Backoff
from bot.ports import Clock, Due, JobStore
from bot.workers.outage import Outage
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

Attend = Callable[[Job], Awaitable[None]]

IDLE_S = 30.0
"""The longest sleep. A wake-up that got lost would cost this much at worst."""
AFTER_SURPRISE_S = 60.0
"""How long a job rests after an error that nobody foresaw."""
SERVICE_BACKOFF = Backoff(base_s=1.5, cap_s=30.0)
"""Between two tries of a service that fails, over all jobs that need it."""
MOST_SURPRISES = 10
AFTER_MANY_SURPRISES_S = 3600.0


@dataclass(frozen=True, slots=True)
class _InHand:
    """A job that is being attended to."""

    task: asyncio.Task[None]
    due_at: datetime | None
    """When it was due, as it was begun with: another date is a new reason."""


class JobWorker(Worker):
    """Finds the jobs due for one kind of work, the longest due first."""

    kind: Due
    """The column that says when a job is due."""
    at_once: int
    """How many jobs are attended to side by side."""
    look_far = 0
    """How many due jobs are read at least, where not each may be begun with."""

    def __init__(self, jobs: JobStore, clock: Clock) -> None:
        super().__init__()
        self._jobs = jobs
        self._clock = clock
        self._in_hand: dict[JobId, _InHand] = {}
        self._due_again: set[JobId] = set()
        """In hand, and due anew since they were begun with."""
        self._done_lately: set[JobId] = set()
        """Done since it was asked what is due: the answer may show them as before."""
        self.left_some = True
        """Whether the latest look may have left due jobs for want of room."""
        self._outages: list[Outage] = []
        self._surprises: dict[JobId, int] = {}
        """Errors in a row that nobody foresaw. A restart forgives them."""

    @abstractmethod
    async def attend(self, job: Job) -> None:
        """Do what is due for one job, and record when it is due again, if at all."""

    async def give_up(self, job: Job, reference: str) -> None:
        """Leave a job alone for long: it met with an error `MOST_SURPRISES` times.

        `reference` stands in the log beside the last of them.
        """
        log.error("job left alone", worker=self.name, reference=reference)
        await self.postpone(job, AFTER_MANY_SURPRISES_S)

    def depends_on(self, service: str) -> Outage:
        """Return the memory of a service's failures, to be told of each answer.

        While it fails, one job at a time tries it, after waits that grow.
        """
        outage = Outage(service, self._clock, SERVICE_BACKOFF)
        self._outages.append(outage)
        return outage

    async def look(self) -> float:
        """Begin with as many due jobs as there is room for."""
        room = self.room
        self.left_some = True
        if room <= 0:
            return self.quiet_s or IDLE_S  # whoever finishes wakes the loop
        now = self._clock.now()
        limit = max(room, self.look_far)
        due, next_at = await self._due(now, limit)
        begun = 0
        for job in due:
            if self.has_room_for(job):
                self.begin(job)
                begun += 1
        if begun < len(due) or len(due) == limit:
            return IDLE_S
        self.left_some = False
        return wait_s(now, next_at)

    def offer(self, job: Job) -> None:
        """Begin with a job as it was just written, without reading it again.

        Where others may be due who could not be begun with, as also during a look, or
        where there is no room, it waits its turn. The row may have been changed once
        more in the same commit, as one that was read may be a moment later: that is
        rung for, and each attendance ends in a step or a date that looks whether it is
        still due.
        """
        is_next = self.at_work and not self.left_some and job.id not in self._in_hand
        if is_next and self.has_room_for(job):
            self.begin(job)
        else:
            self.wake()

    def has_room_for(self, job: Job) -> bool:  # noqa: ARG002 - for overrides
        """Return whether a job may be begun with now."""
        return self.room > 0

    def begin(self, job: Job, attend: Attend | None = None) -> None:
        """Attend to a job beside the loop. It must not be in hand already."""
        assert job.id not in self._in_hand, "a job that is in hand is begun again"
        task = asyncio.create_task(
            self._attend(job, attend or self.attend), name=f"{self.name} {job.id}"
        )
        self._in_hand[job.id] = _InHand(task, getattr(job, self.kind.value))
        task.add_done_callback(lambda _: self._done(job.id))

    @property
    def in_hand(self) -> frozenset[JobId]:
        """The jobs being attended to now."""
        return frozenset(self._in_hand)

    @property
    def room(self) -> int:
        """How many more jobs may be begun now."""
        if self.quiet_s > 0:
            return 0
        failing = any(one.since is not None for one in self._outages)
        return (1 if failing else self.at_once) - len(self._in_hand)

    @property
    def quiet_s(self) -> float:
        """For how many seconds nothing should be begun, because a service fails."""
        return max((one.quiet_s for one in self._outages), default=0.0)

    async def drain(self) -> None:
        """Wait for the jobs in hand; a cancellation is passed on to them."""
        tasks = [one.task for one in self._in_hand.values()]
        try:
            if tasks:
                await asyncio.wait(tasks)
        except asyncio.CancelledError:
            await self.abandon()
            raise

    async def abandon(self) -> None:
        """Cancel the jobs in hand, and wait until each has let go."""
        tasks = [one.task for one in self._in_hand.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

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
            reference = secrets.token_hex(4)
            log.exception(
                "job not attended",
                worker=self.name,
                job_id=job.id,
                reference=reference,
            )
            await self._rest(job, reference)
        else:
            self._surprises.pop(job.id, None)

    async def _rest(self, job: Job, reference: str) -> None:
        surprises = self._surprises.get(job.id, 0) + 1
        self._surprises[job.id] = surprises
        try:
            if surprises < MOST_SURPRISES:
                await self.postpone(job, AFTER_SURPRISE_S)
            else:
                await self.give_up(job, reference)
                self._surprises.pop(job.id)
        except Exception:
            log.exception("job not postponed", worker=self.name, job_id=job.id)
            await asyncio.sleep(1.0)
            # It is as due as before, and nothing was written that would ring for it.
            self.left_some = True

    def _done(self, job_id: JobId) -> None:
        del self._in_hand[job_id]
        self._done_lately.add(job_id)
        if self.left_some or job_id in self._due_again:
            self.wake()
        self._due_again.discard(job_id)

    async def _due(
        self, now: datetime, limit: int
    ) -> tuple[Sequence[Job], datetime | None]:
        """Return due jobs that are not in hand, and when the next one is due."""
        self._done_lately.clear()
        found, next_at = await self._jobs.due_and_next(
            self.kind, now, limit + len(self._in_hand)
        )
        others: list[Job] = []
        for job in found:
            begun = self._in_hand.get(job.id)
            if job.id in self._done_lately:
                self.wake()
            elif begun is None:
                others.append(job)
            elif begun.due_at != getattr(job, self.kind.value):
                self._due_again.add(job.id)
        return others[:limit], next_at


def wait_s(now: datetime, next_at: datetime | None) -> float:
    """Return how long a loop may sleep until the next job is due."""
    if next_at is None:
        return IDLE_S
    return min(max((next_at - now).total_seconds(), 0.0), IDLE_S)
