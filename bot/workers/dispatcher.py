"""Takes queued jobs to EvoLink: fairly between servers, a limited number at once."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from bot.domain.failures import Failure
from bot.domain.jobs import Job, JobChanges
from bot.domain.states import JobState
from bot.ports import Clock, Due, JobStore
from bot.usecases.account import AccountGate
from bot.workers.job_worker import IDLE_S, Attend, JobWorker
from bot.workers.submitter import Submitter

log = structlog.get_logger(__name__)

PAGE = 100
PROBES_AMONG = 20
"""So many jobs, the next in the queue, take turns at finding out whether a pause ends:
where EvoLink refuses one of them alone, another gets through."""


class Dispatcher(JobWorker):
    """Due for it: requests of uncertain fate. Besides, it takes from the queue."""

    name = "dispatcher"
    kind = Due.SUBMIT
    at_once = 20
    shortest_pause_s = 0.1

    def __init__(
        self,
        jobs: JobStore,
        submitter: Submitter,
        account: AccountGate,
        clock: Clock,
        *,
        max_active_tasks: int,
        give_up_after_s: float,
    ) -> None:
        """Keep the parts. A paused queue fails, free, `give_up_after_s` later."""
        super().__init__(jobs, clock)
        self._submitter = submitter
        self._account = account
        self._max_active_tasks = max_active_tasks
        self._give_up_after_s = give_up_after_s
        self._more_wait = True
        """Whether the latest look may have left somebody in the queue."""
        self.submits = self.depends_on("evolink submits")
        self.submits.when_free(self.wake)

    @property
    def room(self) -> int:
        """How many more requests may leave now: many only while there are answers."""
        room = super().room
        return room if self.submits.is_sure else min(room, 1)

    def begin(self, job: Job, attend: Attend | None = None) -> None:
        """Attend to a job beside the loop, in its turn."""
        asked = self.submits.begin()

        async def in_turn(job: Job) -> None:
            try:
                await (attend or self.attend)(job)
            finally:
                self.submits.end(asked)

        super().begin(job, in_turn)

    async def look(self) -> float:
        """Repeat what is uncertain, then fill the free slots from the queue."""
        # Until the queue was seen: a slot that is left meanwhile is worth a look.
        self._more_wait = True
        quiet_s = self.quiet_s
        if quiet_s > 0:
            return min(quiet_s, IDLE_S)
        wait_s = await super().look()
        if self._account.paused:
            return min(wait_s, await self._wait_for_account())
        await self._take_turns()
        if self.left_some and self.quiet_s > 0:
            # One asks for all; if it hears nothing, another follows.
            return min(wait_s, self.quiet_s)
        return wait_s

    def offer(self, job: Job) -> None:  # noqa: ARG002 - it is read again
        """Look again: a request that is due already is about to leave, or has just.

        Its intent may have been long on its way to the disk.
        """
        self.wake()

    def slot_left(self) -> None:
        """Look again, if somebody may be waiting for the slot."""
        if self._more_wait:
            self.wake()

    async def attend(self, job: Job) -> None:
        """Send a job's request again, if it may be."""
        if job.state is not JobState.SUBMITTING:
            # Nobody waits for it any more: asking again could only cost money.
            await self._jobs.note({job.id: JobChanges(submit_due_at=None)})
            self.slot_left()
            return
        sure_before = job.unsure_since is None
        if sure_before and self._account.paused:
            await self._submitter.put_back(job)
            return
        again = await self._submitter.intend_again(job)
        if again is not None:
            self._heard(await self._submitter.send(again, sure_before=sure_before))

    async def _take_turns(self) -> None:
        room = self.room
        if room <= 0:
            return
        # Where slots are what is lacking, whoever leaves one rings.
        is_open = self._account.is_open
        queued, self._more_wait = await self._jobs.next_queued(
            room if is_open else PROBES_AMONG, slots=self._max_active_tasks
        )
        if not is_open:
            queued = sorted(queued, key=_tried_at)[:1]
        self.left_some = self.left_some or (self._more_wait and len(queued) == room)
        # Together, so that their intents share a commit. Whoever is cancelled here
        # leaves requests that may have left for all that the next life can know.
        intents = await asyncio.gather(
            *(self._submitter.intend(job) for job in queued), return_exceptions=True
        )
        errors = [one for one in intents if isinstance(one, BaseException)]
        for intended in intents:
            if isinstance(intended, Job):
                await self._begin_first(intended)
        if self._more_wait and None in intents:
            # Somebody was cancelled just now, and leaves their place to another.
            self.wake()
        if errors:
            # The others failed for want of the same database.
            raise errors[0]

    async def _begin_first(self, job: Job) -> None:
        if self._account.paused:
            # Since the queue was read. It has not left yet.
            await self._submitter.put_back(job)
        elif self._account.begin():
            self.begin(job, self._probe)
        else:
            self.begin(job, self._send_first)

    async def _send_first(self, job: Job) -> None:
        self._heard(await self._submitter.send(job, sure_before=True))

    async def _probe(self, job: Job) -> None:
        try:
            await self._send_first(job)
        finally:
            self._account.probed()
            self.wake()

    async def _wait_for_account(self) -> float:
        """End whoever has waited for too long; return how long the others may wait."""
        if self._account.probing:
            return IDLE_S  # its end decides about all
        now = self._clock.now()
        paused_for_s = (now - (self._account.paused_since or now)).total_seconds()
        probe_in_s = self._account.probe_in_s
        wait_s = IDLE_S if probe_in_s is None else min(IDLE_S, probe_in_s)
        if paused_for_s < self._give_up_after_s:
            return min(wait_s, self._give_up_after_s - paused_for_s)
        waited = now - timedelta(seconds=self._give_up_after_s)
        waiting = await self._jobs.queued_since(waited, PAGE)
        for job in waiting:
            await self._jobs.move(
                job.id,
                JobState.QUEUED,
                JobState.FAILED,
                now,
                failure=Failure.PAUSED,
                notice_due_at=now,
                status_due_at=now,
            )
        return 0.0 if len(waiting) == PAGE else wait_s

    def _heard(self, wait_s: float | None) -> None:
        if wait_s is None:
            self.submits.worked()
        else:
            self.submits.failed("no answer", retry_after_s=wait_s)


def _tried_at(job: Job) -> datetime:
    """Return when a queued job was last refused; long ago, if it never was."""
    never = datetime.min.replace(tzinfo=UTC)
    return never if job.first_submit_at is None else job.state_since
