"""Requests about tasks under way, side by side, and the claims that they hold."""

import asyncio
import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.clock import Clock
from bot.errors import AccountRefused, EvolinkUnavailable, StorageError
from bot.ids import TaskId
from bot.jobs.claims import Claim
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from bot.pipeline.callback_tasks import CallbackTasks
from bot.pipeline.task_reader import Answer, TaskReader
from bot.pipeline.task_recorder import TaskRecorder, earliest
from bot.workers.heartbeat import Heartbeat
from bot.workers.leases import LEASE_S
from bot.workers.service_evidence import SILENT_S
from bot.workers.service_limit import Call, EndpointLimit
from bot.workers.storing import until_stored

log = structlog.get_logger(__name__)

NEXT_WITHIN_S = SILENT_S / 2
"""How long a pass waits for the next answer. What is silent for longer is left behind,
and the limit says who may go beside it."""
FILL_S = 2.0
"""What would stay empty of a batch is filled with polls due within this time."""
HELD_S = 0.5
"""After so long what could not be claimed is looked at again: whose lease is about to
end, or whose row was locked by another worker just then, is due all the same."""

_Answered = tuple[Sequence[TaskId], datetime | None]
"""The tasks of a request that are as due as before; when the first other is again."""


@dataclass(slots=True)
class _Asked:
    """A request under way."""

    portion: Sequence[TaskId]
    """What no other request of ours asks about."""
    left_at: datetime
    news: int
    """How many wake-ups there had been."""
    claims: list[Claim] = field(default_factory=list)
    """What it holds."""

    def end(self, claims: Iterable[Claim]) -> None:
        """Forget claims that have ended."""
        ended = {claim.job.id for claim in claims}
        self.claims = [one for one in self.claims if one.job.id not in ended]


class TaskRequests:
    """Asks about portions of tasks as the limit allows, and records the answers."""

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        name: str,
        jobs: JobStore,
        reader: TaskReader,
        recorder: TaskRecorder,
        clock: Clock,
        *,
        reads: EndpointLimit,
        seen: Callable[[EndpointLimit], None],
        account: AccountGate,
        callback_tasks: CallbackTasks,
        wake: Callable[[], None],
    ) -> None:
        """Ask nothing yet.

        `name` is the worker's, for the log. `seen` is called after each request,
        `account` is told where our key is refused, and `wake` calls for another pass.
        """
        self._name = name
        self._jobs = jobs
        self._reader = reader
        self._recorder = recorder
        self._clock = clock
        self._reads = reads
        self._seen = seen
        self._account = account
        self._callback_tasks = callback_tasks
        self._wake = wake
        self._news = 0
        """How often the worker was woken."""
        self._asking: dict[asyncio.Task[_Answered], _Asked] = {}
        """The requests under way."""
        self._heartbeat = Heartbeat(name, self._renew)
        self._cut_off: list[Claim] = []
        """What requests held that were cancelled."""
        self._awaited: set[asyncio.Task[_Answered]] = set()
        """Those among them that the pass in progress waits for."""

    @property
    def asked_about(self) -> frozenset[TaskId]:
        """The tasks of the requests under way, but for those that were let go of."""
        return frozenset(
            one for asked in self._asking.values() for one in asked.portion
        )

    @property
    def silent_in_s(self) -> float:
        """In how many seconds a request for several tasks is to be let go of."""
        now = self._clock.now()
        return min(
            (
                max(0.0, SILENT_S - (now - asked.left_at).total_seconds())
                for asked in self._asking.values()
                if len(asked.portion) > 1
            ),
            default=math.inf,
        )

    def note_news(self) -> None:
        """Note a wake-up: it may be about a job that is claimed here."""
        self._news += 1

    async def drain(self) -> None:
        """Wait for the requests under way; a cancellation is passed on to them."""
        try:
            await _all(self._asking)
        except asyncio.CancelledError:
            await self.abandon()
            raise

    async def abandon(self) -> None:
        """Cancel the requests under way, and wait until each has let go."""
        self._cut_off += self._held()
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)

    async def hand_over(self) -> None:
        """End the claims of requests that were cancelled."""
        cut_off, self._cut_off = self._cut_off, []
        if cut_off:
            await self._jobs.let_go(cut_off)

    def _held(self) -> list[Claim]:
        return [claim for asked in self._asking.values() for claim in asked.claims]

    async def _renew(self) -> None:
        if held := self._held():
            await self._jobs.renew(held, self._lease_until)

    @property
    def _lease_until(self) -> datetime:
        return self._clock.now() + timedelta(seconds=LEASE_S)

    async def claim(self, jobs: Sequence[Job]) -> Sequence[Claim]:
        """Claim jobs whose tasks are to be read; return the claims that were won."""
        now = self._clock.now()
        return await self._jobs.claim(
            Due.POLL,
            list(dict.fromkeys(job.id for job in jobs)),
            due_by=now + timedelta(seconds=FILL_S),
            now=now,
            until=self._lease_until,
        )

    async def let_go_of_silent(self) -> None:
        """Release what batches without an answer hold: one task may be at fault.

        The others are asked about apart from it. An answer that comes later is recorded
        for those that nobody has asked about since.
        """
        now = self._clock.now()
        for asked in [*self._asking.values()]:  # answers come meanwhile
            silent_s = (now - asked.left_at).total_seconds()
            if len(asked.portion) > 1 and silent_s >= SILENT_S:
                self._reader.divide(asked.portion, 1)
                asked.portion = ()
                await self._jobs.finish_all([(one, {}) for one in asked.claims])

    async def ask_all(
        self, portions: Sequence[Sequence[TaskId]], jobs: Mapping[TaskId, Job]
    ) -> tuple[Sequence[TaskId], datetime | None]:
        """Make these requests side by side, as the limit allows.

        Returns the tasks that were not asked about or not answered, and when the first
        of the others is due again. An error of ours in one is raised after all others.
        """
        waiting = list(portions)
        mine = self._awaited = set()
        left: list[TaskId] = []
        again: list[datetime | None] = []
        errors: list[Exception] = []
        try:
            while True:
                while waiting and self._reads.wait_s(item_of(waiting[0])) <= 0:
                    mine.add(self._ask(waiting.pop(0), jobs))
                done = await _first(mine)
                mine -= done
                for one in done:
                    if (error := _error_of(one)) is not None:
                        errors.append(error)
                        continue
                    unanswered, at = one.result()
                    left += unanswered
                    again.append(at)
                if not done:
                    break
        finally:
            self._awaited = set()
        if errors:
            msg = "tasks not recorded"
            raise ExceptionGroup(msg, errors)
        left += [one for portion in waiting for one in portion]
        return left, earliest(again)

    def _ask(
        self, portion: Sequence[TaskId], jobs: Mapping[TaskId, Job]
    ) -> asyncio.Task[_Answered]:
        """Begin a request that the limit has room for."""
        call = self._reads.begin(item_of(portion), is_batch=len(portion) > 1)
        asked = _Asked(portion, self._clock.now(), self._news)

        async def ask() -> _Answered:
            try:
                answered = await self._asked_about(
                    asked, call, {one: jobs[one] for one in portion}
                )
            except Exception as error:
                if not isinstance(error, StorageError):
                    # Nobody knows which it is: the others go on without it.
                    self._reader.divide(portion, 1)
                await self._release(asked)
                raise
            await self._release(asked)
            return answered

        task = asyncio.create_task(ask(), name=f"{self._name} {len(portion)} tasks")
        self._asking[task] = asked
        self._heartbeat.begin()
        task.add_done_callback(self._asked)
        return task

    async def _asked_about(
        self, asked: _Asked, call: Call, jobs: Mapping[TaskId, Job]
    ) -> _Answered:
        """Claim these jobs, read their tasks in one request, and record the answers."""
        try:
            asked.claims = list(await self.claim(list(jobs.values())))
            ours = {claim.job.id for claim in asked.claims}
            portion = [one for one, job in jobs.items() if job.id in ours]
            held_until = None
            if len(portion) < len(jobs):
                held_until = self._clock.now() + timedelta(seconds=HELD_S)
            if not portion:
                return (), held_until
            answers = await self._reader.read(portion, call)
        finally:
            call.end()
        self._seen(self._reads)
        await self._tell_account(answers)
        # What has ended is not kept waiting for the other portions.
        answered = {
            task_id: answers[task_id]
            for task_id in portion
            if task_id in answers
            and not self._may_be_evolinks(task_id, answers[task_id])
        }
        again = earliest([await self._record(asked, answered), held_until])
        return [one for one in portion if one not in answered], again

    def _asked(self, task: asyncio.Task[_Answered]) -> None:
        asked = self._asking.pop(task)
        if not self._asking:
            self._heartbeat.end()
        if asked.news != self._news:
            self._wake()  # it may have been about a job that was claimed here
        error = _error_of(task)
        if task in self._awaited:
            return
        self._wake()
        if error is not None:
            log.error("task not recorded", exc_info=error)

    async def _release(self, asked: _Asked) -> None:
        """End the claims that no answer has ended: these tasks are as due as before."""
        if asked.claims:
            unanswered: list[tuple[Claim, JobChanges]] = [
                (claim, {}) for claim in asked.claims
            ]
            await until_stored(lambda: self._jobs.finish_all(unanswered))

    def _may_be_evolinks(self, task_id: TaskId, answer: Answer) -> bool:
        """Whether a failure may be EvoLink's own: the task stays as due as before."""
        down = isinstance(answer, EvolinkUnavailable | AccountRefused)
        return down and not self._reads.fails_alone(task_id)

    async def _record(
        self, asked: _Asked, answers: Mapping[TaskId, Answer]
    ) -> datetime | None:
        """Record what was answered, and end the claims of which that is all."""
        own: list[tuple[Claim, Answer]] = []
        named: list[tuple[Claim, Answer]] = []
        for claim in asked.claims:
            task_id, hint = claim.job.task_id, claim.job.task_hint
            if hint is not None and hint in answers:
                named.append((claim, answers[hint]))
            elif task_id is not None and task_id in answers:
                own.append((claim, answers[task_id]))
        again = [await self._recorder.record(own)]
        asked.end(claim for claim, _ in own)
        if named:
            adopted = await self._callback_tasks.settle(named)
            has_adopted = {claim.job.id for claim, _ in adopted}
            others = [
                (claim, answers[claim.job.task_id])
                for claim, _ in named
                if claim.job.id not in has_adopted
                and claim.job.task_id is not None
                and claim.job.task_id in answers
            ]
            again.append(await self._recorder.record([*adopted, *others]))
            asked.end(claim for claim, _ in (*adopted, *others))
            asked.end(claim for claim, _ in named if claim.job.task_id is None)
        return earliest(again)

    async def _tell_account(self, answers: Mapping[TaskId, Answer]) -> None:
        refused = [one for one in answers.values() if isinstance(one, AccountRefused)]
        if refused:
            await self._account.refused(refused[0])


def item_of(portion: Sequence[TaskId]) -> Hashable:
    """Return as which item of the limit a portion is asked about."""
    return portion[0] if len(portion) == 1 else tuple(portion)


async def _first(
    tasks: set[asyncio.Task[_Answered]],
) -> set[asyncio.Task[_Answered]]:
    """Wait for the first that ends, but not for those that find no answer."""
    if not tasks:
        return set()
    done, _ = await asyncio.wait(
        tasks, timeout=NEXT_WITHIN_S, return_when=asyncio.FIRST_COMPLETED
    )
    return done


def _error_of(task: asyncio.Task[_Answered]) -> Exception | None:
    """Return the unexpected errors. Trouble of the database is logged by storage."""
    error = None if task.cancelled() else task.exception()
    if isinstance(error, Exception) and not isinstance(error, StorageError):
        return error
    return None


async def _all(tasks: Iterable[asyncio.Task[Any]]) -> None:
    waited_for = list(tasks)
    if waited_for:
        await asyncio.wait(waited_for)
