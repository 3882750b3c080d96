"""What the features and the pipeline need from the storage of jobs. Protocols only.

Implemented in `storage.jobs`. Every method is one transaction. What one changed is on
disk when it returns; a caller that is cancelled meanwhile does not stop it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol, Unpack

from bot.ids import ChannelId, GuildId, JobId, TaskId, UserId
from bot.jobs.claims import ClaimStore
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.queueing import TaskUnderWay
from bot.jobs.states import JobState


class JobLookups(Protocol):
    """Finds jobs, and counts them."""

    async def get(self, job_id: JobId) -> Job | None:
        """Return a job by its id."""
        ...

    async def by_task(self, task_id: TaskId) -> Job | None:
        """Return the job that EvoLink's task belongs to."""
        ...

    async def by_callback(self, callback_hash: str) -> Job | None:
        """Return the job whose callback's token has this fingerprint."""
        ...

    async def in_state(
        self, state: JobState, limit: int, after: JobId | None = None
    ) -> Sequence[Job]:
        """Return jobs in a state, by id, for paging: those with an id > `after`."""
        ...

    async def of_member(
        self,
        guild_id: GuildId,
        user_id: UserId,
        *,
        states: Collection[JobState] | None,
        limit: int,
        offset: int,
    ) -> Sequence[Job]:
        """Return a page of a member's jobs in a server, newest first.

        `states` None = in any.
        """
        ...

    async def count_of_member(
        self,
        guild_id: GuildId,
        user_id: UserId,
        *,
        states: Collection[JobState] | None,
    ) -> int:
        """Return how many jobs `of_member` has on all pages together."""
        ...

    async def counts(self) -> Mapping[JobState, int]:
        """Return how many jobs are in each state; states without jobs are missing."""
        ...


class JobSteps(Protocol):
    """Records new jobs, moves them on, and changes their fields."""

    async def receive(self, job: Job) -> bool:
        """Record a new job.

        Returns False, with nothing changed, if its interaction id is known already.

        Raises:
            ValueError: If it is not `received`: later states are reached by `move`
                alone, which keeps the ledger with them.
        """
        ...

    async def move(
        self,
        job_id: JobId,
        old: JobState | Collection[JobState],
        new: JobState,
        at: datetime,
        **changes: Unpack[JobChanges],
    ) -> Job | None:
        """Move a job from (one of) `old` to `new`, with what belongs to that step.

        `state_since` becomes `at`, and the ledger gets the row that `TRANSITIONS`
        names. No other field changes unless it is given: due times are the caller's.
        Returns the job as it is then, or None, with nothing changed, if it was not in
        `old` any more.

        Raises:
            ValueError: If one of `old` does not lead to `new`.
        """
        ...

    async def cancel_unpaid(self, job_id: JobId, at: datetime) -> Job | None:
        """Cancel a job that is submitting, and of whose requests none may have left.

        Its reservation is released. Returns the job as it is then, or None, with
        nothing changed, if it was not so (any more).
        """
        ...

    async def note(self, notes: Mapping[JobId, JobChanges]) -> None:
        """Change fields of several jobs, whatever their states.

        Ids without a job are skipped. Without notes nothing is written.
        """
        ...

    async def adopt(self, job_id: JobId, task_id: TaskId, changes: JobChanges) -> bool:
        """Store EvoLink's id for a job that has none; a different id is not replaced.

        Returns whether the job now has exactly this id, even if it had it before. It
        does not if another job has the id: one task makes one clip. `changes` are made
        only if this call stored the id.
        """
        ...

    async def erase_tokens(self, before: datetime) -> int:
        """Erase tokens of interactions from before then, and of jobs that are over.

        A job is over when it has ended and every message about it has been posted.
        Returns how many were erased.
        """
        ...

    async def end_of_guild(self, guild_id: GuildId, at: datetime) -> int:
        """End a server's open jobs as undeliverable, because the bot was removed.

        Their reservations are released, and nothing is posted or submitted any more.
        Tasks at EvoLink are still polled, so that slots and credits stay right. A job
        that is only received reserved nothing and becomes refused. Returns how many
        jobs ended.
        """
        ...


class JobWork(Protocol):
    """Says what is due, and whose turn it is."""

    async def due_and_next(
        self,
        kind: Due,
        now: datetime,
        limit: int,
        *,
        skip_channels: Collection[ChannelId] = (),
    ) -> tuple[Sequence[Job], datetime | None]:
        """Return the jobs whose time for `kind` has come, and when the next is due.

        Those that are claimed are left out, and those of `skip_channels`. The longest
        due come first; of status messages first those that are to say their last word,
        then those with news.
        Where there may be other processes, the end of a lease counts, too.
        The time is None where there is no other, and where `limit` jobs are returned:
        more may be due already. What becomes due meanwhile may be in neither; the
        listener hears of it.
        """
        ...

    async def redate(self, job: Job, kind: Due, due_at: datetime | None) -> bool:
        """Set when a job is due for `kind`, unless that changed since `job` was read.

        None takes the job off that kind of work. Returns whether it was set; where it
        was not, nothing has changed. Only for writes that may harmlessly be lost and
        repeated: it may wait a moment, to share a commit with a more urgent write.
        """
        ...

    async def next_queued(
        self,
        limit: int,
        *,
        slots: int | None = None,
        doubted_before: datetime | None = None,
        with_pictures: bool = True,
    ) -> tuple[Sequence[Job], bool]:
        """Return the queued jobs whose turn it is, fairly, and whether more wait.

        Those that begin with pictures may be left out.

        At most `limit`, and with `slots` no more than leave so many tasks at once.
        Tasks in doubt take no place from others, unless there are as many of them as
        slots: those asked for more than once, or without an answer since before
        `doubted_before`, which may never have been accepted. With a picture a few
        seconds more are allowed, in which it is uploaded.

        A server's n-th job (counting those in EvoLink's hands) comes after every other
        server's (n-1)-th; within a server the oldest comes first.
        """
        ...

    async def queued_since(self, before: datetime, limit: int) -> Sequence[Job]:
        """Return queued jobs that were first sent, or else queued, by that time."""
        ...

    async def queue_position(self, job: Job) -> int:
        """Return how many queued jobs go before this one, plus one.

        For a job that is not queued, the place it would have if it were.
        """
        ...

    async def making(self) -> Sequence[TaskUnderWay]:
        """Return the tasks that are, or may be, in EvoLink's hands: who has a slot.

        Jobs that are submitting or generating, and those ended by people (cancelled,
        or their server gone) that are still polled or still being submitted.
        """
        ...


class JobStore(JobLookups, JobSteps, JobWork, ClaimStore, Protocol):
    """All four together, for workers that need some of each."""


class JobListener(Protocol):
    """Hears of changes to jobs once they are on disk. Must be quick and never fail."""

    def moved(self, old: Collection[JobState], job: Job, changes: JobChanges) -> None:
        """Hear of a job that left (one of) `old`, and of what changed with that.

        `job` is as this step left it. Others in the same commit may have changed it
        since, of which is heard next.
        """
        ...

    def changed(self, changes: Collection[JobChanges]) -> None:
        """Called when jobs changed in another way than by a step of their own."""
        ...
