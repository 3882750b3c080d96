"""What a task's snapshot means for its job."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import ClaimLost, StorageError, TaskUnknown
from bot.jobs.cadence import TaskProgress, expected_total_s, jittered
from bot.jobs.claims import Claim, ClaimStore
from bot.jobs.durations import RecentDurations, TaskDuration, TaskKind
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.showing import shown_if_it_lasts
from bot.jobs.states import JobState
from bot.jobs.tasks import TaskSnapshot, TaskStatus
from bot.pipeline.poll_schedule import PollSchedule
from bot.pipeline.task_reader import Answer

log = structlog.get_logger(__name__)

MISSES_TO_FAIL = 4
"""Polls in a row that find no such task. A fresh task might show up late."""
MISS_WAIT_S = 10.0
BAD_ANSWER_WAIT_S = 8.0
FOLLOW_FOR_S = 24 * 3600.0
"""EvoLink's links live for a day: after that a late success would be of no use."""
LATE_SHARE = 0.05
"""A task that was given up on is asked about again after this share of its age."""
SHORTEST_LATE_WAIT_S = 60.0
LONGEST_LATE_WAIT_S = 600.0
_GIVEN_UP = frozenset({JobState.FAILED, JobState.UNCONFIRMED})
"""Nobody waits for these, and they hold no slot: they are asked about seldom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPolicy:
    """What the operator decided about waiting."""

    min_interval_s: float
    give_up_after_s: float


class TaskRecorder:
    """Records answers of EvoLink, those of one request together."""

    def __init__(
        self,
        jobs: ClaimStore,
        clock: Clock,
        policy: PollPolicy,
        *,
        schedule: PollSchedule,
        durations: RecentDurations,
        ended: Callable[[Job, TaskSnapshot], None],
    ) -> None:
        """Keep the parts. `ended` hears of each end, with the job as it was before.

        `lately` is told what each clip took.
        """
        self._jobs = jobs
        self._clock = clock
        self._policy = policy
        self._schedule = schedule
        self._durations = durations
        self._heard_end = ended

    def may_ask(self, job: Job, now: datetime) -> bool:
        """Return whether the configured interval has passed since the last question."""
        asked_at = job.polled_at or job.accepted_at
        return asked_at is None or now >= _later(asked_at, self._policy.min_interval_s)

    async def record(
        self,
        answered: Sequence[tuple[Claim, Answer | None]],
    ) -> datetime | None:
        """Record what was answered, and end the claims on these jobs' polls.

        None = the task was not asked about after all. A job whose recording fails for
        reasons of ours keeps nobody else's from being recorded.
        Returns when the first of the tasks that are followed on is due again.
        """
        now = self._clock.now()
        notes: list[tuple[Claim, JobChanges]] = []
        ends: list[tuple[Claim, TaskSnapshot]] = []
        for claim, answer in answered:
            if (
                isinstance(answer, TaskSnapshot)
                and answer.status is not TaskStatus.RUNNING
            ):
                ends.append((claim, answer))
                continue
            note = await self._apart(claim, self._followed(claim, answer, now), now)
            if note is not None:
                notes.append((claim, note))
        # Side by side, so that they share a commit.
        written = await asyncio.gather(
            self._finish(notes),
            *(self._end(claim, report, now) for claim, report in ends),
            return_exceptions=True,
        )
        errors = [one for one in written if isinstance(one, Exception)]
        if errors and all(isinstance(one, StorageError) for one in errors):
            raise errors[0]  # trouble of the database, and known as that
        if errors:
            msg = "tasks not recorded"
            raise ExceptionGroup(msg, errors)
        return earliest(note.get("poll_due_at") for _, note in notes)

    async def _finish(self, notes: Sequence[tuple[Claim, JobChanges]]) -> None:
        lost = await self._jobs.finish_all(notes)
        if lost:
            log.warning("claims lost", job_ids=[claim.job.id for claim in lost])

    async def _apart(
        self, claim: Claim, noted: Awaitable[JobChanges | None], now: datetime
    ) -> JobChanges | None:
        """Return what is to be noted; an error of ours is like an unreadable answer."""
        try:
            return await noted
        except ClaimLost:
            log.warning("claim lost", job_id=claim.job.id)
            return None
        except StorageError:
            raise
        except Exception:
            log.exception("task not recorded", job_id=claim.job.id)
        return await self._unread(claim, asked=True, now=now)

    async def _followed(
        self, claim: Claim, answer: Answer | None, now: datetime
    ) -> JobChanges | None:
        match answer:
            case TaskSnapshot():
                return await self._running(claim, answer, now)
            case TaskUnknown():
                return await self._missing(claim, now)
            case _:
                return await self._unread(claim, asked=answer is not None, now=now)

    async def _end(self, claim: Claim, report: TaskSnapshot, now: datetime) -> None:
        note = await self._apart(claim, self._ended(claim, report, now), now)
        if note is not None:
            await self._finish([(claim, note)])

    async def _running(
        self, claim: Claim, report: TaskSnapshot, now: datetime
    ) -> JobChanges | None:
        job = claim.job
        rise = report.progress - job.progress
        progressed = rise > 0
        step = min(job.progress_step or rise, rise) if progressed else job.progress_step
        progress_at = now if progressed or job.progress_at is None else job.progress_at
        accepted_at = job.accepted_at or now
        task = TaskProgress(
            elapsed_s=(now - accepted_at).total_seconds(),
            progress=max(report.progress, job.progress),
            progress_elapsed_s=(progress_at - accepted_at).total_seconds(),
            step=step,
            promised_s=report.estimated_time_s or job.estimated_time_s,
            correction=self._durations.correction(job.request),
        )
        changes = JobChanges(
            progress=task.progress,
            progress_at=progress_at,
            progress_step=step,
            expected_end_at=accepted_at + timedelta(seconds=expected_total_s(task)),
            polled_at=now,
            polls=job.polls + 1,
            misses=0,
        )
        if self._given_up(job, task.elapsed_s):
            return await self._give_up(claim, now)
        wait_s = self._wait_s(job, task)
        changes["poll_due_at"] = None if wait_s is None else _later(now, wait_s)
        return changes

    async def _ended(
        self, claim: Claim, report: TaskSnapshot, now: datetime
    ) -> JobChanges | None:
        job = claim.job
        changes = JobChanges(
            polled_at=now,
            polls=job.polls + 1,
            misses=0,
            poll_due_at=None,
            credits_used=report.credits_used,
        )
        # A clip has two more lines to come: that it was delivered, or why it was not.
        say = log.debug if report.status is TaskStatus.COMPLETED else log.info
        say("task ended", job_id=job.id, status=report.status.value)
        self._heard_end(job, report)
        if report.status is TaskStatus.COMPLETED and report.result_url is not None:
            moved = await self._deliver(claim, report.result_url, changes, now)
        else:
            failure = report.failure or Failure.NO_USABLE_CLIP
            moved = await self._fail(claim, failure, changes, now)
        return None if moved else changes

    async def _deliver(
        self, claim: Claim, url: str, changes: JobChanges, now: datetime
    ) -> bool:
        arrival = JobChanges(
            progress=100,
            result_url=url,
            done_at=now,
            failure=None,
            delivery_due_at=now,
            status_due_at=shown_if_it_lasts(now),
            notice_due_at=None,  # what was not told by now is no longer true
        )
        both = _merged(changes, arrival)
        # The row decides whether it is late: ours may be older than the answer.
        for states, late in (({JobState.GENERATING}, False), (_GIVEN_UP, True)):
            both["late"] = late
            moved = await self._jobs.move_claimed(
                claim, states, JobState.DELIVERING, now, **both
            )
            if moved is not None:
                self._remember(moved)
                return True
        return False

    def _remember(self, job: Job) -> None:
        if job.accepted_at is None or job.done_at is None:
            return
        self._durations.note(
            TaskDuration(
                kind=TaskKind.of(job.request),
                seconds=(job.done_at - job.accepted_at).total_seconds(),
                promised_s=job.estimated_time_s,
                polls=job.polls,
            )
        )

    async def _fail(
        self, claim: Claim, failure: Failure, changes: JobChanges, now: datetime
    ) -> bool:
        end = JobChanges(failure=failure, notice_due_at=now, status_due_at=now)
        moved = await self._jobs.move_claimed(
            claim,
            JobState.GENERATING,
            JobState.FAILED,
            now,
            **_merged(changes, end),
        )
        return moved is not None

    async def _missing(self, claim: Claim, now: datetime) -> JobChanges | None:
        misses = claim.job.misses + 1
        if misses < MISSES_TO_FAIL:
            return JobChanges(
                misses=misses,
                polled_at=now,
                poll_due_at=_later(now, MISS_WAIT_S * misses),
            )
        changes = JobChanges(misses=misses, polled_at=now, poll_due_at=None)
        moved = await self._fail(claim, Failure.RESOURCE_NOT_FOUND, changes, now)
        return None if moved else changes

    def is_over(self, job: Job, now: datetime) -> bool:
        """Return whether a task is not followed any longer, also if never answered."""
        elapsed_s = (now - (job.accepted_at or now)).total_seconds()
        return self._given_up(job, elapsed_s) or self._not_followed(job, elapsed_s)

    async def _unread(
        self, claim: Claim, *, asked: bool, now: datetime
    ) -> JobChanges | None:
        job = claim.job
        elapsed_s = (now - (job.accepted_at or now)).total_seconds()
        if self._given_up(job, elapsed_s):
            return await self._give_up(claim, now)
        if self._not_followed(job, elapsed_s):
            return JobChanges(poll_due_at=None)
        if not asked:
            return JobChanges()
        wait_s = jittered(BAD_ANSWER_WAIT_S, at_least_s=self._policy.min_interval_s)
        if job.state in _GIVEN_UP:
            wait_s = _late_wait_s(elapsed_s)
        return JobChanges(polled_at=now, poll_due_at=_later(now, wait_s))

    def _given_up(self, job: Job, elapsed_s: float) -> bool:
        return job.state is JobState.GENERATING and elapsed_s > self._patience_s

    def _not_followed(self, job: Job, elapsed_s: float) -> bool:
        """Whether the end of a task that nobody waits for is no longer of interest.

        A clip that nobody wants is followed only to keep its slot true.
        """
        wanted = job.state in _GIVEN_UP
        return elapsed_s > (FOLLOW_FOR_S if wanted else self._patience_s)

    @property
    def _patience_s(self) -> float:
        return min(self._policy.give_up_after_s, FOLLOW_FOR_S)

    async def _give_up(self, claim: Claim, now: datetime) -> JobChanges | None:
        changes = JobChanges(poll_due_at=_later(now, SHORTEST_LATE_WAIT_S))
        moved = await self._fail(claim, Failure.GAVE_UP, changes, now)
        return None if moved else changes

    def _wait_s(self, job: Job, task: TaskProgress) -> float | None:
        if self._not_followed(job, task.elapsed_s):
            return None
        if job.state in _GIVEN_UP:
            return _late_wait_s(task.elapsed_s)
        return self._schedule.wait_s(task, has_callback=job.callback_hash is not None)


def earliest(times: Iterable[datetime | None]) -> datetime | None:
    """Return the first of those times that there are."""
    return min((one for one in times if one is not None), default=None)


def _late_wait_s(elapsed_s: float) -> float:
    return min(max(SHORTEST_LATE_WAIT_S, LATE_SHARE * elapsed_s), LONGEST_LATE_WAIT_S)


def _merged(first: JobChanges, second: JobChanges) -> JobChanges:
    both = first.copy()
    both.update(second)
    return both


def _later(now: datetime, wait_s: float) -> datetime:
    return now + timedelta(seconds=wait_s)
