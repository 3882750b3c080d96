"""A worker that claims due jobs and handles them side by side.

Which of them, and how many, is up to the limits of the services that they need: a job
that must wait for one stays due, and is claimed when there is room. In memory is only
what this process is handling.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.ids import JobId
from bot.jobs.claims import Claim
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.store import JobStore
from bot.workers.handler_errors import Handler, HandlerErrors
from bot.workers.heartbeat import HEARTBEAT_S, Heartbeat
from bot.workers.leases import LEASE_S
from bot.workers.scan import MIN_SCAN, scan
from bot.workers.service_limit import Call, EndpointLimit
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

IDLE_S = 30.0
"""The longest sleep. A wake-up that got lost would cost this much at worst."""
RENEW_BEFORE_S = LEASE_S - HEARTBEAT_S
"""A lease that ends so soon is renewed."""
AFTER_MANY_ERRORS_S = 3600.0
"""How long a job is suspended whose handler failed `MOST_ERRORS` times in a row."""

Request = tuple[EndpointLimit, Hashable]
"""What a job asks next, and the item of that endpoint which it asks for."""


@dataclass(slots=True)
class _Handling:
    """A job that was chosen, and is handled once it is claimed."""

    call: Call | None
    """What it asks for."""
    claim: Claim | None = None
    lease_until: datetime | None = None
    task: asyncio.Task[None] | None = None


class JobWorker(Worker):
    """Claims the jobs due for one kind of work, the least recently tried first."""

    kind: Due
    """The column that says when a job is due."""
    at_once: int
    """How many jobs are handled side by side."""

    def __init__(self, jobs: JobStore, clock: Clock) -> None:
        super().__init__()
        self._jobs = jobs
        self._clock = clock
        self._handling: dict[JobId, _Handling] = {}
        self._errors = HandlerErrors(self)
        self._heartbeat = Heartbeat(self.name, self._renew)
        self._cut_off: list[Claim] = []
        """Claims whose handlers were cancelled."""

    @abstractmethod
    async def handle(self, claim: Claim) -> None:
        """Do what is due for one job, and end the claim with the result."""

    async def give_up(self, claim: Claim, reference: str) -> None:
        """Suspend a job: its handler failed `MOST_ERRORS` times in a row.

        `reference` is in the log beside the last error.
        """
        log.error(
            "job suspended after repeated errors",
            worker=self.name,
            reference=reference,
        )
        await self.postpone(claim, AFTER_MANY_ERRORS_S)

    def request_of(self, job: Job) -> Request | None:  # noqa: ARG002 - for overrides
        """Return what handling a job asks of a service; None = nothing."""
        return None

    async def run_once(self) -> float:
        """Claim as many due jobs as there is room for, and begin with them."""
        try:
            return await self._run_once()
        except BaseException:
            self._let_go_of_unclaimed()
            raise

    async def _run_once(self) -> float:
        await self._renew()
        if self.room <= 0:
            return self.room_in_s
        now = self._clock.now()
        due, next_at, limit = await self._due(now)
        chosen, waits_s = self._choose(due)
        if len(due) == limit:
            left = [job for job in due if job.id not in self._handling]
            if self.room > 0 and any(self._waits_alone(job) for job in left):
                # Those behind them may be of channels that need not wait.
                others, _ = await self._jobs.due_and_next(
                    self.kind,
                    now,
                    limit,
                    skip_channels={job.channel_id for job in left},
                )
                more, more_waits_s = self._choose(others)
                chosen += more
                waits_s += more_waits_s
        await self._claim(chosen, now)
        # To claim may have taken a moment, in which a place may have become free.
        took_s = (self._clock.now() - now).total_seconds()
        waits_s = [max(0.0, one - took_s) for one in waits_s]
        if len(due) == limit:
            if chosen or not waits_s:
                # Those behind them were not read, and may be begun with.
                waits_s.append(0.0 if self.room > 0 else self.room_in_s)
            return min(*waits_s, IDLE_S)
        return min(*waits_s, IDLE_S, wait_s(self._clock.now(), next_at))

    async def _due(self, now: datetime) -> tuple[Sequence[Job], datetime | None, int]:
        """Read what is due, when the next is, and how many were asked for."""
        next_at: datetime | None = None

        async def read(limit: int) -> Sequence[Job]:
            nonlocal next_at
            due, next_at = await self._jobs.due_and_next(self.kind, now, limit)
            return due

        due, limit = await scan(read, self.hides_others, least=self.least_read)
        return due, next_at, limit

    @property
    def least_read(self) -> int:
        """How many due jobs are read at least, where there are so many."""
        return max(self.room, MIN_SCAN)

    def hides_others(self, job: Job) -> bool:
        """Return whether a job that is due leaves its room to those behind it.

        It waits for its own item, as one that has failed does.
        """
        request = self.request_of(job)
        return request is not None and request[0].waits_alone(request[1])

    def _choose(self, due: Sequence[Job]) -> tuple[list[Job], list[float]]:
        """Choose those that may go now; return for how long the others wait.

        Those that only lack room have one entry together.
        """
        chosen: list[Job] = []
        waits_s: list[float] = []
        for job in self.in_order(due):
            if job.id in self._handling:
                continue  # this process does not claim its own work
            if self.room <= 0:
                waits_s.append(self.room_in_s)
                break  # all others wait for the same
            job_wait_s = self.wait_s_for(job)
            if job_wait_s <= 0:
                self.reserve(job)
                chosen.append(job)
            else:
                waits_s.append(job_wait_s)
        return chosen, waits_s

    async def _claim(self, chosen: Sequence[Job], due_by: datetime) -> None:
        """Claim jobs that were chosen, and begin with those that nobody else has."""
        if not chosen:
            return
        now = self._clock.now()
        claims = await self._jobs.claim(
            self.kind,
            [job.id for job in chosen],
            due_by=due_by,
            now=now,
            until=self.lease_until,
        )
        for claim in claims:
            self._begin(claim, self.handle)
        if len(claims) < len(chosen):
            self._let_go_of_unclaimed()
            self.wake()  # others may go in their place

    def _let_go_of_unclaimed(self) -> None:
        """Give back what was reserved for jobs that are not begun with."""
        chosen = [job_id for job_id, one in self._handling.items() if one.task is None]
        for job_id in chosen:
            self.free(job_id)

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

    def reserve(self, job: Job) -> None:
        """Take a place for a job, and what it asks of its service."""
        request = self.request_of(job)
        call = None if request is None else request[0].begin(request[1])
        self._handling[job.id] = _Handling(call)

    def free(self, job_id: JobId) -> None:
        """Give the place of a job back."""
        call = self._handling.pop(job_id).call
        if call is not None:
            call.end()
        if not self._handling:
            self._heartbeat.end()

    def begin(self, claim: Claim, handle: Handler) -> None:
        """Handle a job, claimed in another way than by a pass, beside the loop."""
        assert claim.job.id not in self._handling, "a job is handled by two"
        self.reserve(claim.job)
        self._begin(claim, handle)

    def _begin(self, claim: Claim, handle: Handler) -> None:
        job_id = claim.job.id
        one = self._handling[job_id]
        one.claim, one.lease_until = claim, self.lease_until
        self._heartbeat.begin()
        one.task = asyncio.create_task(
            self._errors.run(claim, handle), name=f"{self.name} {job_id}"
        )
        one.task.add_done_callback(lambda _: self._done(job_id))

    def ask(self, job: Job, request: Request) -> Call:
        """Make what a job being handled asks for its one request; a former one is over.

        The limit must have room for it, unless it was begun with this request.
        """
        endpoint, item = request
        one = self._handling[job.id]
        if one.call is None or not one.call.is_of(endpoint, item):
            if one.call is not None:
                one.call.end()
            one.call = endpoint.begin(item)
        return one.call

    def ask_nothing(self, job: Job) -> None:
        """End what a job being handled asks for, of which nothing was asked yet.

        What it does now takes long, and must not look like a service that is silent.
        """
        one = self._handling[job.id]
        if one.call is not None:
            one.call.end()
            one.call = None

    def begun_for(self, job: Job, endpoint: EndpointLimit) -> bool:
        """Return whether a job being handled has a request of this endpoint."""
        call = self._handling[job.id].call
        return call is not None and call.endpoint is endpoint

    @property
    def handling(self) -> frozenset[JobId]:
        """The jobs that are handled by this process now."""
        return frozenset(self._handling)

    @property
    def room(self) -> int:
        """How many more jobs may be begun now."""
        return self.at_once - len(self._handling)

    @property
    def room_in_s(self) -> float:
        """In how many seconds there is room, where there is none.

        The next job that is done wakes the loop before.
        """
        return IDLE_S

    @property
    def lease_until(self) -> datetime:
        """When the lease of a claim ends that is made now."""
        return self._clock.now() + timedelta(seconds=LEASE_S)

    @property
    def in_progress(self) -> int:
        """How many jobs it is about just now."""
        return len(self._handling)

    async def drain(self) -> None:
        """Wait for the jobs being handled; a cancellation is passed on to them."""
        tasks = self._tasks()
        try:
            if tasks:
                await asyncio.wait(tasks)
        except asyncio.CancelledError:
            await self.abandon()
            raise

    async def abandon(self) -> None:
        """Cancel the jobs being handled, and wait until each has let go."""
        self._cut_off += [one.claim for one in self._handling.values() if one.claim]
        tasks = self._tasks()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def hand_over(self) -> None:
        """End the claims of those that were cancelled."""
        cut_off, self._cut_off = self._cut_off, []
        if cut_off:
            await self._jobs.let_go(cut_off)

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [one.task for one in self._handling.values() if one.task is not None]

    async def postpone(
        self, claim: Claim, wait_s: float, changes: JobChanges | None = None
    ) -> None:
        """End a claim; the job is due again in so many seconds, or sooner by news."""
        note: JobChanges = {**(changes or {})}
        note[self.kind.value] = self._clock.now() + timedelta(seconds=wait_s)
        await self._jobs.finish(claim, note)

    async def release(self, claim: Claim) -> None:
        """End a claim and leave the job as due as it was."""
        await self._jobs.finish(claim, {})

    async def _renew(self) -> None:
        """Keep what takes long from being claimed by others."""
        soon = self._clock.now() + timedelta(seconds=RENEW_BEFORE_S)
        ending = [
            one
            for one in self._handling.values()
            if one.lease_until is not None and one.lease_until <= soon
        ]
        if not ending:
            return
        until = self.lease_until
        await self._jobs.renew([one.claim for one in ending if one.claim], until)
        for one in ending:
            one.lease_until = until

    def _done(self, job_id: JobId) -> None:
        was_full = len(self._handling) >= self.at_once
        self.free(job_id)
        if was_full:
            self.wake()


def wait_s(now: datetime, next_at: datetime | None) -> float:
    """Return how long a loop may sleep until the next job is due."""
    if next_at is None:
        return IDLE_S
    return min(max((next_at - now).total_seconds(), 0.0), IDLE_S)
