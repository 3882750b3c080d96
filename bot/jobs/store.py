"""What the logic needs of the jobs' memory. Declarations only."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol, Unpack

from bot.ids import ChannelId, GuildId, JobId, TaskId, UserId
from bot.jobs.claims import ClaimStore
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.queueing import Making
from bot.jobs.states import JobState


class JobStore(ClaimStore, Protocol):
    """The jobs' memory. Implemented by `storage.jobs.store.SqlJobStore`.

    Every method is one transaction; those that change something are complete on disk
    when they return, also when the caller is cancelled meanwhile.
    """

    async def receive(self, job: Job) -> bool:
        """Record a new job in state `received`.

        Returns False, with nothing changed, if its interaction id is known already.
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

        The ledger row that `TRANSITIONS` names is written in the same transaction.
        Returns the job as it is afterwards, or None, with nothing changed, if it was
        not in `old` any more.

        Raises:
            ValueError: If no such transition exists for any of `old`.
        """
        ...

    async def note(self, notes: Mapping[JobId, JobChanges]) -> None:
        """Change fields of several jobs, whatever their states, in one transaction."""
        ...

    async def redate(self, job: Job, kind: Due, due_at: datetime | None) -> bool:
        """Set when a job is due for `kind`, unless that changed since `job` was read.

        Returns whether it was set. None takes the job off that kind of work. For what
        may be done twice without harm: it may take a moment to be recorded.
        """
        ...

    async def erase_tokens(self, before: datetime) -> int:
        """Erase tokens of interactions from before then, and of jobs that are over.

        A job is over where it has ended and nothing about it is still to be told.
        Returns how many were erased.
        """
        ...

    async def adopt(self, job_id: JobId, task_id: TaskId, changes: JobChanges) -> bool:
        """Store EvoLink's id for a job that has none; a different id is not replaced.

        Returns whether the job now has exactly this id (also if it had it before).
        `changes` apply only where the id was stored now.
        """
        ...

    async def get(self, job_id: JobId) -> Job | None: ...

    async def by_task(self, task_id: TaskId) -> Job | None: ...

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
        """Return a member's jobs in a server, newest first; `states` None = all."""
        ...

    async def count_of_member(
        self,
        guild_id: GuildId,
        user_id: UserId,
        *,
        states: Collection[JobState] | None,
    ) -> int: ...

    async def next_queued(
        self,
        limit: int,
        *,
        slots: int | None = None,
        doubted_before: datetime | None = None,
    ) -> tuple[Sequence[Job], bool]:
        """Return the queued jobs whose turn it is, fairly, and whether more wait.

        At most `limit`, and with `slots` no more than leave so many tasks at once; as
        many again may be in doubt: asked for more than once, or without an answer since
        before `doubted_before`. A
        server's n-th job (counting those in EvoLink's hands) comes after every other
        server's (n-1)-th; within a server the oldest comes first.
        """
        ...

    async def queued_since(self, before: datetime, limit: int) -> Sequence[Job]:
        """Return queued jobs that were first sent, or else queued, by that time."""
        ...

    async def queue_position(self, job: Job) -> int:
        """Return how many queued jobs go before this one, plus one."""
        ...

    async def making(self) -> Sequence[Making]:
        """Return the tasks that are, or may be, in EvoLink's hands: who has a slot."""
        ...

    async def active_tasks(self) -> int:
        """Return how many tasks are, or may be, in EvoLink's hands.

        Jobs that are submitting or generating, and cancelled ones still polled. Those
        we gave up on hold no slot.
        """
        ...

    async def due(self, kind: Due, now: datetime, limit: int) -> Sequence[Job]:
        """Return the jobs whose time for `kind` has come, the longest due first."""
        ...

    async def due_and_next(
        self,
        kind: Due,
        now: datetime,
        limit: int,
        *,
        skip_channels: Collection[ChannelId] = (),
    ) -> tuple[Sequence[Job], datetime | None]:
        """Return what `due` returns and, if that was all, when the next job is due.

        Jobs of `skip_channels` are left out of the first.
        None where `limit` jobs are returned, and more may be due already. What becomes
        due meanwhile may be in neither; the listener hears of it.
        """
        ...

    async def next_due(self, kind: Due, after: datetime) -> datetime | None:
        """Return the earliest time later than `after` at which a job is due."""
        ...

    async def counts(self) -> Mapping[JobState, int]:
        """Return how many jobs are in each state; states without jobs are missing."""
        ...

    async def end_of_guild(self, guild_id: GuildId, at: datetime) -> int:
        """End a server's open jobs as undeliverable, because the bot was removed.

        Nothing is to be told any more. Tasks at EvoLink stay polled, so that slots
        and credits stay true. Returns how many jobs ended.
        """
        ...


class JobListener(Protocol):
    """Hears of changes to jobs once they are on disk. Must be quick and never fail."""

    def moved(self, old: Collection[JobState], job: Job, changes: JobChanges) -> None:
        """Hear of a job that left (one of) `old`, and of what changed with that.

        `job` is as this step left it. Others in the same commit may have changed it
        since, of which is heard next.
        """
        ...

    def changed(self, changes: Collection[JobChanges]) -> None:
        """Hear of what changed in other ways than by a job's own step."""
        ...
