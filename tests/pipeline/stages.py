"""Jobs brought to a stage of their life, step by step, in a real store."""

from datetime import datetime
from typing import Any

from bot.ids import JobId, MessageId, TaskId
from bot.jobs.claims import Claim
from bot.jobs.due import Due
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.quotas.limits import Usage
from tests.clock import FakeClock
from tests.factories import make_job
from tests.stores import Used


def held(job: Job, kind: Due = Due.POLL) -> Claim:
    """Return the claim of a job that nobody has claimed in another way."""
    return Claim(job=job, kind=kind, due_at=getattr(job, kind.value), fence=0)


class Stages:
    """Every job here took only steps that a real one can take."""

    def __init__(self, store: JobStore, clock: FakeClock, used: Used) -> None:
        self.store = store
        self._used = used
        self._clock = clock

    async def received(self, **overrides: Any) -> Job:
        job = make_job(**({"requested_at": self._clock.now()} | overrides))
        assert await self.store.receive(job)
        return job

    async def queued(self, **overrides: Any) -> Job:
        job = await self.received(**overrides)
        return await self.move(
            job,
            JobState.QUEUED,
            status_message_id=MessageId(int(job.interaction_id) + 1),
            status_due_at=self._clock.now(),
        )

    async def submitting(self, **changes: Any) -> Job:
        """A job whose first paid request has left, and whose process then died."""
        now = self._clock.now()
        fields = {
            "submit_key": f"run_{'k' * 20}{id(changes)}",
            "submit_attempts": 1,
            "first_submit_at": now,
            "submit_due_at": now,
            "unsure_since": now,
            "status_due_at": now,
        }
        return await self.move(
            await self.queued(), JobState.SUBMITTING, **(fields | changes)
        )

    async def generating(self, task_id: str | None = "task-1", **changes: Any) -> Job:
        now = self._clock.now()
        fields = {
            "task_id": None if task_id is None else TaskId(task_id),
            "accepted_at": now,
            "estimated_time_s": 120.0,
            "poll_due_at": now,
            "submit_due_at": None,
            "unsure_since": None,
        }
        return await self.move(
            await self.submitting(), JobState.GENERATING, **(fields | changes)
        )

    async def delivering(self, task_id: str | None = "task-1", **changes: Any) -> Job:
        now = self._clock.now()
        fields = {
            "result_url": "https://files.example/clip.mp4",
            "done_at": now,
            "poll_due_at": None,
            "delivery_due_at": now,
            "status_due_at": now,
        }
        return await self.move(
            await self.generating(task_id), JobState.DELIVERING, **(fields | changes)
        )

    async def failed(self, task_id: str = "task-1", **changes: Any) -> Job:
        now = self._clock.now()
        fields = {"notice_due_at": now, "status_due_at": now, "poll_due_at": None}
        return await self.move(
            await self.generating(task_id), JobState.FAILED, **(fields | changes)
        )

    async def move(self, job: Job, new: JobState, **changes: Any) -> Job:
        moved = await self.store.move(
            job.id, job.state, new, self._clock.now(), **changes
        )
        assert moved is not None
        return moved

    async def used(self, job: Job) -> int:
        """Return how many videos count for the job's member today."""
        return (await self.usage(job)).day

    async def usage(self, job: Job, at: datetime | None = None) -> Usage:
        """Return what counts for the job's member, now or at another time."""
        return await self._used(job.guild_id, job.user_id, at or self._clock.now())

    async def now(self, job: Job | JobId) -> Job:
        """Return a job as it is now."""
        found = await self.store.get(job.id if isinstance(job, Job) else job)
        assert found is not None
        return found
