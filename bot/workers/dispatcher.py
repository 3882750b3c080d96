"""Takes queued jobs to EvoLink: fairly between servers, a limited number at once."""

import asyncio

import structlog

from bot.domain.failures import Failure
from bot.domain.jobs import Job, JobChanges
from bot.domain.states import JobState
from bot.ports import Clock, Due, JobStore
from bot.usecases.account import AccountGate
from bot.workers.job_worker import IDLE_S, Attend, JobWorker
from bot.workers.submitter import Submitter

log = structlog.get_logger(__name__)

PAUSE_LIMIT_S = 900.0
"""How long queued jobs wait for a paused intake before they fail, free."""
PAGE = 100


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
    ) -> None:
        super().__init__(jobs, clock)
        self._submitter = submitter
        self._account = account
        self._max_active_tasks = max_active_tasks
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
        again = await self._submitter.intend_again(job)
        if again is not None:
            self._heard(await self._submitter.send(again, sure_before=sure_before))

    async def _take_turns(self) -> None:
        room = self.room
        if room <= 0:
            return
        # Where slots are what is lacking, whoever leaves one rings.
        queued, self._more_wait = await self._jobs.next_queued(
            room, slots=self._max_active_tasks
        )
        self.left_some = self.left_some or (self._more_wait and len(queued) == room)
        # Together, so that their intents share a commit. Whoever is cancelled here
        # leaves requests that may have left for all that the next life can know.
        intents = await asyncio.gather(
            *(self._submitter.intend(job) for job in queued), return_exceptions=True
        )
        errors = [one for one in intents if isinstance(one, BaseException)]
        for intended in intents:
            if isinstance(intended, Job):
                self.begin(intended, self._send_first)
        if self._more_wait and None in intents:
            # Somebody was cancelled just now, and leaves their place to another.
            self.wake()
        if errors:
            # The others failed for want of the same database.
            raise errors[0]

    async def _send_first(self, job: Job) -> None:
        self._heard(await self._submitter.send(job, sure_before=True))

    async def _wait_for_account(self) -> float:
        if self._account.paused_for_s < PAUSE_LIMIT_S:
            return PAUSE_LIMIT_S - self._account.paused_for_s
        waiting = await self._jobs.in_state(JobState.QUEUED, PAGE)
        now = self._clock.now()
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
        return 0.0 if len(waiting) == PAGE else IDLE_S

    def _heard(self, wait_s: float | None) -> None:
        if wait_s is None:
            self.submits.worked()
        else:
            self.submits.failed("no answer", retry_after_s=wait_s)
