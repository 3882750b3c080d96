"""A worker that attends to due jobs side by side, each at most once at a time.

Which of them, and how many, is up to the limits of the services that they need: a job
that must wait for one stays due, and is begun with when there is room.
"""

import asyncio
import secrets
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import StorageError
from bot.ids import ChannelId, JobId
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.store import JobStore
from bot.workers.service_limit import Call, EndpointLimit
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

Attend = Callable[[Job], Awaitable[None]]

IDLE_S = 30.0
"""The longest sleep. A wake-up that got lost would cost this much at worst."""
AFTER_SURPRISE_S = 60.0
"""How long a job rests after an error that nobody foresaw."""
LOOK_FAR = 64
"""How many due jobs are read at least: not each may be begun with."""
FEW_TRIES = 4
"""What an item's count of attempts stops at while the service may be at fault."""
AFTER_STORAGE_ERROR_S = 1.0
"""How long it is in hand after an error of the database, before it is due again."""
MOST_SURPRISES = 10
AFTER_MANY_SURPRISES_S = 3600.0


@dataclass(frozen=True, slots=True)
class _InHand:
    """A job that is being attended to."""

    task: asyncio.Task[None]
    due_at: datetime | None
    """When it was due, as it was begun with: another date is a new reason."""


Request = tuple[EndpointLimit, Hashable]
"""What a job asks next, and the item of that endpoint which it asks for."""


class JobWorker(Worker):
    """Finds the jobs due for one kind of work, the least recently tried first."""

    kind: Due
    """The column that says when a job is due."""
    at_once: int
    """How many jobs are attended to side by side."""

    def __init__(self, jobs: JobStore, clock: Clock) -> None:
        super().__init__()
        self._jobs = jobs
        self._clock = clock
        self._in_hand: dict[JobId, _InHand] = {}
        self._calls: dict[JobId, Call] = {}
        """What the jobs in hand ask for."""
        self._due_again: set[JobId] = set()
        """In hand, and due anew since they were begun with."""
        self._done_lately: set[JobId] = set()
        """Done since it was asked what is due: the answer may show them as before."""
        self.left_some = True
        """Whether the latest look may have left due jobs for want of room."""
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

    def request_of(self, job: Job) -> Request | None:  # noqa: ARG002 - for overrides
        """Return what attending to a job asks of a service; None = nothing."""
        return None

    async def look(self) -> float:
        """Begin with as many due jobs as there is room for."""
        self.left_some = True
        if self.room <= 0:
            return IDLE_S  # the next that finishes wakes the loop
        now = self._clock.now()
        limit = max(self.room, LOOK_FAR)
        due, next_at = await self._due(now, limit)
        waits_s = self._begin_with(due)
        if len(due) == limit:
            left = [job for job in due if job.id not in self._in_hand]
            if self.room > 0 and any(self._waits_alone(job) for job in left):
                # Those behind them may be of channels that need not wait.
                full = {job.channel_id for job in left}
                others, _ = await self._due(now, limit, skip_channels=full)
                waits_s += self._begin_with(others)
            return min(waits_s, default=IDLE_S)
        if waits_s:
            return min(*waits_s, wait_s(now, next_at))
        self.left_some = False
        return wait_s(now, next_at)

    def _begin_with(self, due: Sequence[Job]) -> list[float]:
        """Begin with those that may go now; return for how long each other waits."""
        waits_s = []
        for job in self.in_order(due):
            job_wait_s = self.wait_s_for(job) if self.room > 0 else IDLE_S
            if job_wait_s <= 0:
                self.begin(job)
            else:
                waits_s.append(job_wait_s)
        return waits_s

    def _waits_alone(self, job: Job) -> bool:
        """Whether a job waits for its own item, while others might be asked for."""
        request = self.request_of(job)
        return request is not None and request[0].room > 0

    def in_order(self, due: Sequence[Job]) -> Sequence[Job]:
        """Return due jobs in the order in which they should be tried."""
        by_endpoint: dict[EndpointLimit | None, list[Job]] = {}
        for job in due:
            request = self.request_of(job)
            by_endpoint.setdefault(request and request[0], []).append(job)
        ordered = by_endpoint.pop(None, [])
        for endpoint, jobs in by_endpoint.items():
            ordered += endpoint.in_order(jobs, self._item) if endpoint else jobs
        return ordered

    def _item(self, job: Job) -> Hashable:
        request = self.request_of(job)
        return request and request[1]

    def wait_s_for(self, job: Job) -> float:
        """Return for how many seconds a job must not be begun with; 0 = begin now."""
        request = self.request_of(job)
        return 0.0 if request is None else request[0].wait_s(request[1])

    def offer(self, job: Job) -> None:
        """Begin with a job as it was just written, without reading it again.

        Where others may be due who could not be begun with, as also during a look, or
        where there is no room, it waits its turn. The row may have been changed once
        more in the same commit, as one that was read may be a moment later: that is
        rung for, and each attendance ends in a step or a date that looks whether it is
        still due.
        """
        is_next = self.at_work and not self.left_some and job.id not in self._in_hand
        if is_next and self.room > 0 and self.wait_s_for(job) <= 0:
            self.begin(job)
        else:
            self.wake()

    def begin(self, job: Job, attend: Attend | None = None) -> None:
        """Attend to a job beside the loop. It must not be in hand already."""
        assert job.id not in self._in_hand, "a job that is in hand is begun again"
        request = self.request_of(job)
        if request is not None:
            endpoint, item = request
            self._calls[job.id] = endpoint.begin(item)
        task = asyncio.create_task(
            self._attend(job, attend or self.attend), name=f"{self.name} {job.id}"
        )
        self._in_hand[job.id] = _InHand(task, getattr(job, self.kind.value))
        task.add_done_callback(lambda _: self._done(job.id))

    def ask(self, job: Job, request: Request) -> Call:
        """Make what a job in hand asks for its one request; a former one is over.

        The limit must have room for it, unless it was begun with this request.
        """
        endpoint, item = request
        call = self._calls.get(job.id)
        if call is None or not call.is_of(endpoint, item):
            self._let_go(job.id)
            call = self._calls[job.id] = endpoint.begin(item)
        return call

    def begun_for(self, job: Job, endpoint: EndpointLimit) -> bool:
        """Return whether a job in hand has a request of this endpoint in hand."""
        call = self._calls.get(job.id)
        return call is not None and call.endpoint is endpoint

    def _let_go(self, job_id: JobId) -> None:
        call = self._calls.pop(job_id, None)
        if call is not None:
            call.end()

    @property
    def in_hand(self) -> frozenset[JobId]:
        """The jobs being attended to now."""
        return frozenset(self._in_hand)

    @property
    def room(self) -> int:
        """How many more jobs may be begun now."""
        return self.at_once - len(self._in_hand)

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
        except StorageError as error:
            # No job's fault, and so no job is given up for it: it is as due as before.
            log.debug("job waits for the database", job_id=job.id, reason=str(error))
            await self._leave()
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
        except StorageError:
            await self._leave()
        except Exception:
            log.exception("job not postponed", worker=self.name, job_id=job.id)
            await self._leave()

    async def _leave(self) -> None:
        """Leave a job as due as it was: nothing was written that would ring for it."""
        await asyncio.sleep(AFTER_STORAGE_ERROR_S)
        self.left_some = True

    def _done(self, job_id: JobId) -> None:
        del self._in_hand[job_id]
        self._let_go(job_id)
        self._done_lately.add(job_id)
        if self.left_some or job_id in self._due_again:
            self.wake()
        self._due_again.discard(job_id)

    async def _due(
        self, now: datetime, limit: int, skip_channels: Collection[ChannelId] = ()
    ) -> tuple[Sequence[Job], datetime | None]:
        """Return due jobs that are not in hand, and when the next one is due."""
        self._done_lately.clear()
        found, next_at = await self._jobs.due_and_next(
            self.kind,
            now,
            limit + len(self._in_hand),
            skip_channels=skip_channels,
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


def more_attempts(attempts: int, *, fails_alone: bool) -> int:
    """Return how often an item was tried, after one more failure.

    What may be the service's fault counts little, or a long outage would push every
    item's own back-off to minutes.
    """
    return attempts + 1 if fails_alone or attempts < FEW_TRIES else attempts


def wait_s(now: datetime, next_at: datetime | None) -> float:
    """Return how long a loop may sleep until the next job is due."""
    if next_at is None:
        return IDLE_S
    return min(max((next_at - now).total_seconds(), 0.0), IDLE_S)
