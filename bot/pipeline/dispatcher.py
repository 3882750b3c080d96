"""Takes queued jobs to EvoLink: fairly between servers, a limited number at once.

A request that keeps failing is repeated under its own key on its own back-off, and
others from the queue go beside it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from bot.clock import Clock
from bot.errors import StorageError
from bot.jobs.claims import Claim
from bot.jobs.due import Due
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.queueing import Slots
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from bot.pipeline.submitter import Submitter
from bot.processes.seats import Seat
from bot.workers.job_worker import IDLE_S, JobWorker, Request
from bot.workers.scan import MIN_SCAN
from bot.workers.service_limit import EndpointLimit

log = structlog.get_logger(__name__)

PAGE = 100
PROBES_AMONG = 20
"""So many jobs, the next in the queue, take turns at finding out whether a pause ends:
where EvoLink refuses one of them alone, another gets through."""
DOUBTED_AFTER_S = 2.0
"""A paid request without an answer for so long takes no place from others."""
MOST_LACKING = 3
"""With so many jobs whose pictures could not be uploaded no others are begun with."""
CHECK_SLOTS_S = 0.25
"""Between two checks whether a request has come to that."""


class Dispatcher(JobWorker):
    """Takes jobs from the queue; what is due are requests of unknown outcome."""

    name = "dispatcher"
    seat = Seat.EVOLINK
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
        uploads: EndpointLimit,
        recall: Callable[[], Awaitable[None]],
        max_active_tasks: int,
        give_up_after_s: float,
    ) -> None:
        """Keep the parts. A job in a paused queue fails after `give_up_after_s`.

        `recall` reads what other processes have learned of EvoLink, for all the workers
        of the seat.
        """
        super().__init__(jobs, clock)
        self._submitter = submitter
        self._pictures = submitter.pictures
        self._account = account
        self._max_active_tasks = max_active_tasks
        self._give_up_after_s = give_up_after_s
        self._more_wait = True
        """Whether the latest pass may have left somebody in the queue."""
        self._recall = recall
        self._creates = creates
        self._uploads = uploads
        for endpoint in (creates, uploads):
            endpoint.when_free(self.wake)

    async def prepare(self) -> None:
        """Recall what is known of EvoLink."""
        await self._recall()

    def request_of(self, job: Job) -> Request | None:
        """Return the paid request, where one is still to be repeated.

        Or what comes before it: the upload of the picture.
        """
        if job.state is JobState.SUBMITTING and self._pictures.is_due(job):
            return self._uploads, job.id
        if job.state in {JobState.QUEUED, JobState.SUBMITTING}:
            return self._creates, job.id
        return None

    async def run_once(self) -> float:
        """Fill the free slots from the queue, then repeat what is uncertain.

        In this order: where it is not sure that EvoLink lives, what it has not been
        asked for yet tells more than what failed before.
        """
        # Until the queue was seen: a slot that becomes free meanwhile counts.
        self._more_wait = True
        if self._account.paused:
            waits_s = [await self._wait_for_account()]
        else:
            waits_s = [await self._take_turns()]
        waits_s.append(await super().run_once())
        return min(waits_s)

    def slot_left(self) -> None:
        """Wake up, if somebody may be waiting for the slot."""
        if self._more_wait:
            self.wake()

    async def handle(self, claim: Claim) -> None:
        """Send a job's request again, if it may be."""
        job = claim.job
        if job.state is not JobState.SUBMITTING:
            # Nobody waits for it any more: asking again could only cost money.
            await self._jobs.finish(claim, JobChanges(submit_due_at=None))
            if self._pictures.forget(job.id):
                self.wake()  # others may have waited for the host of files
            self.slot_left()
            return
        sure_before = job.unsure_since is None
        if sure_before and self._account.paused:
            await self._submitter.put_back(claim)
            return
        ready = await self._with_picture(claim, is_probe=False)
        again = None if ready is None else await self._submitter.intend_again(ready)
        if again is not None:
            self.slot_left()  # it leaves its place to others, as it may not have one
            call = self.ask(job, (self._creates, job.id))
            await self._submitter.send(again, call, sure_before=sure_before)

    async def _with_picture(self, claim: Claim, *, is_probe: bool) -> Claim | None:
        """Upload a job's picture, if that is to be done.

        Returns None if the paid request may not follow at once: then the claim has
        ended.
        """
        job = claim.job
        if not self._pictures.is_due(job):
            return claim
        call = self.ask(job, (self._uploads, job.id))
        ready = await self._pictures.upload(claim, call)
        if ready is None:
            return None
        if self._pictures.forget(job.id):
            self.wake()  # others may have waited for the host of files
        is_sure = job.unsure_since is None
        if is_sure and self._account.paused and not is_probe:  # since the upload began
            await self._submitter.put_back(ready)
            return None
        wait_s = self._creates.wait_s(job.id)
        if wait_s > 0:
            await self.postpone(ready, wait_s)
            return None
        return ready

    def _uploads_room(self) -> int:
        """Return how many jobs of the queue may begin with an upload.

        0 while several wait for theirs: they hold slots, and others would, too.
        """
        if self._pictures.lacking >= min(MOST_LACKING, self._max_active_tasks):
            return 0
        return self._uploads.room

    async def _take_turns(self) -> float:
        """Begin with jobs from the queue; return for how many seconds others wait."""
        room = min(self.room, self._creates.room)
        if room <= 0:
            return self._creates.wait_s(None) or IDLE_S
        chosen, has_left_some = await self._whose_turn(room)
        intents = await self._intend(chosen)
        for one in intents:
            if isinstance(one, Claim):
                self._begin_first(one)
        errors = [one for one in intents if isinstance(one, BaseException)]
        if self._more_wait and None in intents:
            # Somebody was cancelled just now, and leaves their place to another.
            self.wake()
        if errors:
            # The others failed because of the same database.
            raise errors[0]
        if self._more_wait and self.handling:
            # One of those may turn out to hang, and no longer take a place.
            return self._creates.wait_s(None) or CHECK_SLOTS_S
        return self._creates.wait_s(None) if has_left_some else IDLE_S

    async def _whose_turn(self, room: int) -> tuple[Sequence[Job], bool]:
        """Return whose turn it is in the queue, and whether more could go with them."""
        is_open = self._account.is_open
        many = room
        if not is_open:
            many = PROBES_AMONG
        elif not self._creates.is_sure:
            # While few may leave, not always the first of the queue does.
            many = max(room, MIN_SCAN)
        # Where slots are what is lacking, the next job that leaves one wakes us.
        slots = self._slots
        queued, self._more_wait = await self._jobs.next_queued(
            many,
            slots=slots.most,
            doubted_before=slots.doubted_before,
            with_pictures=self._uploads_room() > 0,
        )
        # One that was just put back is still being handled for a moment.
        ready = [job for job in queued if job.id not in self.handling]
        room = min(room, self._creates.room)  # others may have asked meanwhile
        if is_open:
            ordered = self._creates.in_order(ready, lambda job: job.id)
        else:
            room = min(room, 1)
            ordered = sorted(ready, key=_tried_at)
        chosen = self._that_may_upload(ordered)[:room]
        self._more_wait = self._more_wait or len(chosen) < len(queued)
        has_left_some = self._more_wait and len(chosen) == room
        return chosen, has_left_some or len(ready) < len(queued)

    def _that_may_upload(self, jobs: Sequence[Job]) -> list[Job]:
        """Return jobs without those for whose pictures there is no room just now."""
        room = self._uploads_room()
        fit = []
        for job in jobs:
            uploads = self._pictures.is_due(job)
            if not uploads or room > 0:
                fit.append(job)
                room -= uploads
        return fit

    async def _intend(
        self, chosen: Sequence[Job]
    ) -> list[Claim | BaseException | None]:
        """Record that these requests are about to leave, and claim each with that."""
        # What is allowed now may be somebody else's by the time the intent is written.
        places = [self._creates.begin(self) for _ in chosen]
        try:
            # Together, so that their intents share a commit. Where this is
            # cancelled, the next process cannot know whether the requests left.
            return await asyncio.gather(
                *(
                    self._submitter.intend(job, self.lease_until, self._slots)
                    for job in chosen
                ),
                return_exceptions=True,
            )
        finally:
            for place in places:
                place.end()

    @property
    def _slots(self) -> Slots:
        doubted = self._clock.now() - timedelta(seconds=DOUBTED_AFTER_S)
        return Slots(most=self._max_active_tasks, doubted_before=doubted)

    def _begin_first(self, claim: Claim) -> None:
        """Begin with a job whose intent is recorded, if it may still leave."""
        if self._account.paused:  # since the queue was read
            self.begin(claim, self._submitter.put_back)
        elif self._account.begin(claim.job.id):
            self.begin(claim, self._probe)
        else:
            self.begin(claim, partial(self._send_first, is_probe=False))

    async def _send_first(self, claim: Claim, *, is_probe: bool) -> None:
        ready: Claim | None = claim
        if self._pictures.is_due(claim.job):
            ready = await self._with_picture(claim, is_probe=is_probe)
            if ready is not None:
                ready = await self._submitter.intend_again(ready)
        if ready is not None:
            call = self.ask(ready.job, (self._creates, ready.job.id))
            await self._submitter.send(ready, call, sure_before=True)

    async def _probe(self, claim: Claim) -> None:
        # Others refuse requests meanwhile. Where that cannot be recorded, they take
        # some that wait.
        with suppress(StorageError):
            await self._account.save()
        try:
            await self._send_first(claim, is_probe=True)
        finally:
            self._account.probed(claim.job.id)
            self.wake()
        with suppress(StorageError):
            await self._account.save()

    async def _wait_for_account(self) -> float:
        """End what has waited for too long; return how long the others may wait."""
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
