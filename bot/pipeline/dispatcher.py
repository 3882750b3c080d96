"""Takes queued jobs to EvoLink: fairly between servers, a limited number at once.

A request that keeps failing is repeated under its own key on its own back-off, and
others from the queue go beside it.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog

from bot.clock import Clock
from bot.jobs.due import Due
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from bot.pipeline.submitter import Submitter
from bot.workers.job_worker import IDLE_S, LOOK_FAR, JobWorker, Request
from bot.workers.service_limit import EndpointLimit

log = structlog.get_logger(__name__)

PAGE = 100
PROBES_AMONG = 20
"""So many jobs, the next in the queue, take turns at finding out whether a pause ends:
where EvoLink refuses one of them alone, another gets through."""
DOUBTED_AFTER_S = 2.0
"""A paid request without an answer for so long takes no place from others."""
LOOK_FOR_PLACE_S = 0.25
"""Between two looks whether one of those under way has come to that."""


class Dispatcher(JobWorker):
    """Due for it: requests of uncertain fate. Besides, it takes from the queue."""

    name = "dispatcher"
    kind = Due.SUBMIT
    at_once = 64
    shortest_pause_s = 0.1

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        jobs: JobStore,
        submitter: Submitter,
        account: AccountGate,
        clock: Clock,
        *,
        creates: EndpointLimit,
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
        self._creates = creates
        creates.when_free(self.wake)

    def request_of(self, job: Job) -> Request | None:
        """Return the paid request, where one is still to be repeated."""
        if job.state in {JobState.QUEUED, JobState.SUBMITTING}:
            return self._creates, job.id
        return None

    async def look(self) -> float:
        """Fill the free slots from the queue, then repeat what is uncertain.

        In this order: where it is not sure that EvoLink lives, what it has not been
        asked for yet tells more than what failed before.
        """
        # Until the queue was seen: a slot that is left meanwhile is worth a look.
        self._more_wait = True
        if self._account.paused:
            waits_s = [await self._wait_for_account()]
        else:
            waits_s = [await self._take_turns()]
        more_wait = self.left_some
        waits_s.append(await super().look())
        self.left_some = self.left_some or more_wait
        return min(waits_s)

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
            self.slot_left()  # it leaves its place to others, as it may not have one
            call = self.ask(again, (self._creates, again.id))
            await self._submitter.send(again, call, sure_before=sure_before)

    async def _take_turns(self) -> float:
        """Begin with jobs from the queue; return for how many seconds others wait."""
        self.left_some = True
        room = min(self.room, self._creates.room)
        if room <= 0:
            return self._creates.wait_s(None) or IDLE_S
        chosen = await self._choose(room)
        intents = await self._intend(chosen)
        intended = [one for one in intents if isinstance(one, Job)]
        left = [job for job in intended if not self._begin_first(job)]
        kept = await asyncio.gather(
            *(self._submitter.put_back(job) for job in left), return_exceptions=True
        )
        errors = [one for one in (*intents, *kept) if isinstance(one, BaseException)]
        if self._more_wait and None in intents:
            # Somebody was cancelled just now, and leaves their place to another.
            self.wake()
        if errors:
            # The others failed for want of the same database.
            raise errors[0]
        if self._more_wait and self.in_hand:
            # One of those may turn out to hang, and no longer take a place.
            return self._creates.wait_s(None) or LOOK_FOR_PLACE_S
        return self._creates.wait_s(None) if self.left_some else IDLE_S

    async def _choose(self, room: int) -> Sequence[Job]:
        """Return whose turn it is in the queue."""
        is_open = self._account.is_open
        many = room
        if not is_open:
            many = PROBES_AMONG
        elif not self._creates.is_sure:
            # While few may leave, not always the first of the queue does.
            many = max(room, LOOK_FAR)
        # Where slots are what is lacking, the next job that leaves one rings.
        queued, self._more_wait = await self._jobs.next_queued(
            many,
            slots=self._max_active_tasks,
            doubted_before=self._clock.now() - timedelta(seconds=DOUBTED_AFTER_S),
        )
        room = min(room, self._creates.room)  # others may have asked meanwhile
        if is_open:
            chosen = self._creates.in_order(queued, lambda job: job.id)[:room]
        else:
            room = min(room, 1)
            chosen = sorted(queued, key=_tried_at)[:room]
        self._more_wait = self._more_wait or len(chosen) < len(queued)
        self.left_some = self._more_wait and len(chosen) == room
        return chosen

    async def _intend(self, chosen: Sequence[Job]) -> list[Job | BaseException | None]:
        # What is allowed now may be somebody else's by the time the intent is written.
        places = [self._creates.begin(self) for _ in chosen]
        try:
            # Together, so that their intents share a commit. Whoever is cancelled here
            # leaves requests that may have left for all that the next life can know.
            return await asyncio.gather(
                *(self._submitter.intend(job) for job in chosen),
                return_exceptions=True,
            )
        finally:
            for place in places:
                place.end()

    def _begin_first(self, job: Job) -> bool:
        """Begin with a job whose intent is recorded, if it may still leave."""
        if self._account.paused:
            return False  # since the queue was read
        is_probe = self._account.begin(job.id)
        self.begin(job, self._probe if is_probe else self._send_first)
        return True

    async def _send_first(self, job: Job) -> None:
        call = self.ask(job, (self._creates, job.id))
        await self._submitter.send(job, call, sure_before=True)

    async def _probe(self, job: Job) -> None:
        try:
            await self._send_first(job)
        finally:
            self._account.probed(job.id)
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


def _tried_at(job: Job) -> datetime:
    """Return when a queued job was last refused; long ago, if it never was."""
    never = datetime.min.replace(tzinfo=UTC)
    return never if job.first_submit_at is None else job.state_since
