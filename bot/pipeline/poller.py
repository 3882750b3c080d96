"""Asks EvoLink about all running tasks: one loop, due times in the database.

Requests go side by side, as many as EvoLink's limit allows. One that finds no answer
holds only the tasks in it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.ids import TaskId
from bot.jobs.due import Due
from bot.jobs.jobs import Job
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from bot.pipeline.callback_tasks import CallbackTasks
from bot.pipeline.ports import Evolink
from bot.pipeline.task_reader import BATCH, TaskReader
from bot.pipeline.task_recorder import TaskRecorder, earliest
from bot.pipeline.task_requests import FILL_S, TaskRequests, item_of
from bot.processes.seats import Seat
from bot.workers.job_worker import wait_s
from bot.workers.service_limit import EndpointLimit
from bot.workers.worker import Worker

MOST_AT_ONCE = 500
"""Jobs read in one pass: ten batches."""
AHEAD_S = 0.5
"""Polls due within this time go with those that are due, where they can go together:
nobody waits for company, and each later batch is a request saved."""


class Poller(Worker):
    """Finds due tasks, reads them together, and records what they say."""

    name = "poller"
    seat = Seat.EVOLINK

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        jobs: JobStore,
        evolink: Evolink,
        recorder: TaskRecorder,
        clock: Clock,
        *,
        reads: EndpointLimit,
        seen: Callable[[EndpointLimit], None],
        account: AccountGate,
        callback_tasks: CallbackTasks,
    ) -> None:
        """Keep the parts.

        `seen` is called after each request. `account` is told where our key is
        refused.
        """
        super().__init__()
        self._jobs = jobs
        self._clock = clock
        self._recorder = recorder
        self._reads = reads
        reads.when_free(self.wake)
        self._reader = TaskReader(evolink, clock)
        self._requests = TaskRequests(
            self.name,
            jobs,
            self._reader,
            recorder,
            clock,
            reads=reads,
            seen=seen,
            account=account,
            callback_tasks=callback_tasks,
            wake=self.wake,
        )

    async def run_once(self) -> float:
        """Read every task that is due, in as few requests as possible.

        Those that find no answer soon are left behind; they are recorded when it comes.
        """
        await self._requests.let_go_of_silent()
        if self._reads.room <= 0 and not self._reads.in_doubt:
            # In doubt, a task that was answered often may still be asked about.
            return min(self._reads.wait_s(None), self._requests.silent_in_s)
        now = self._clock.now()
        due, more, following = await self._due(now)
        left, again = await self._read(due)
        next_s = wait_s(self._clock.now(), earliest([following, again]))
        if more:
            next_s = self._reads.wait_s(None)
        # What a silent batch holds is then asked about apart.
        next_s = min(next_s, self._requests.silent_in_s)
        return min([next_s, *map(self._reads.wait_s, left)])

    def wake_in(self, wait_s: float) -> None:
        """Begin a pass in so many seconds; wake-ups for what is claimed are counted."""
        if wait_s <= 0:
            self._requests.note_news()
        super().wake_in(wait_s)

    @property
    def in_progress(self) -> int:
        """How many tasks it is about just now."""
        return len(self._requests.asked_about)

    async def drain(self) -> None:
        """Wait for the requests under way; a cancellation is passed on to them."""
        await self._requests.drain()

    async def abandon(self) -> None:
        """Cancel the requests under way, and wait until each has let go."""
        await self._requests.abandon()

    async def hand_over(self) -> None:
        """End the claims of requests that were cancelled."""
        await self._requests.hand_over()

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
            job for job in soon if _due_by(job, now) or self._recorder.may_ask(job, now)
        ]
        ids = {job.id for job in asked}
        left = (job.poll_due_at for job in soon if job.id not in ids)
        return asked, more, next(left, following)

    async def _read(
        self, due: Sequence[Job]
    ) -> tuple[Sequence[TaskId], datetime | None]:
        """Read these jobs' tasks and record it.

        Returns the tasks that are as due as before, and when the first of the others
        is due again.
        """
        under_way = self._requests.asked_about
        named = _named_by_callbacks(due)
        by_task = {
            job.task_id: job
            for job in due
            if job.task_id is not None and job.task_id not in named
        }
        jobs = {**named, **by_task}
        wanted = [one for one in jobs if one not in under_way]
        portions = list(self._reader.portions(wanted, is_sure=self._reads.is_sure))
        if self._reads.in_doubt:
            portions = self._reads.in_order(portions, item_of)
        left, again = await self._requests.ask_all(portions, jobs)
        await self._end_what_is_over([by_task[one] for one in left if one in by_task])
        hinted = named.values()
        for job in due:
            if job.task_id is None and job not in hinted:
                # Nothing can be asked about a job without a task.
                await self._jobs.redate(job, Due.POLL, None)
        return left, again

    async def _end_what_is_over(self, unanswered: Sequence[Job]) -> None:
        """End jobs whose tasks are not followed any longer, although none was read."""
        now = self._clock.now()
        over = [job for job in unanswered if self._recorder.is_over(job, now)]
        if over:
            claims = await self._requests.claim(over)
            await self._recorder.record([(claim, None) for claim in claims])


def _named_by_callbacks(due: Sequence[Job]) -> dict[TaskId, Job]:
    """Return the jobs whose callbacks named a task, by that task."""
    return {job.task_hint: job for job in due if job.task_hint is not None}


def _due_by(job: Job, time: datetime) -> bool:
    return job.poll_due_at is not None and job.poll_due_at <= time
