"""The jobs' memory, as the logic asks for it in `bot.jobs.store.JobStore`.

Each method is one transaction. What the statements mean stands where they are.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Unpack

from sqlalchemy import Connection

from bot.ids import ChannelId, GuildId, JobId, TaskId, UserId
from bot.jobs.due import Due
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.queueing import Making
from bot.jobs.states import JobState
from bot.jobs.store import JobListener
from bot.quotas.usage import Usage
from bot.requests.decision import AdmissionFacts, Decide, Refusal
from bot.servers.windows import windows_at
from storage.database.engine import Database
from storage.jobs import due, edits, queue, selections
from storage.jobs.claims import SqlClaims
from storage.jobs.steps import Step, end_guild
from storage.quotas import usage
from storage.requests import admission, admission_facts
from storage.servers import guilds


class SqlJobStore(SqlClaims):
    """Implements `bot.jobs.store.JobStore` on a database that is lent to it.

    What a method changed is on disk when it returns; a caller that is cancelled
    meanwhile does not stop it. The listener hears of what `move`, `accept`, `note`,
    `redate`, `adopt` and `end_of_guild` changed.
    """

    def __init__(
        self,
        database: Database,
        *,
        listener: JobListener | None = None,
        with_spending: bool = False,
        watcher: Callable[[Job], None] | None = None,
    ) -> None:
        """Keep who is told of changes once they are on disk.

        `listener` hears of every change, `watcher` is shown each job that `move` moved.
        `with_spending` lets the facts for admission include spending: summing it up
        takes time, and only ceilings in credits need it.
        """
        super().__init__(database, listener=listener, watcher=watcher)
        self._with_spending = with_spending

    async def receive(self, job: Job) -> bool:
        """Record a new job.

        Returns False, with nothing changed, if its interaction id is known already.

        Raises:
            ValueError: If it is not `received`: later states are reached by `move`
                alone, which keeps the ledger with them.
        """
        if job.state is not JobState.RECEIVED:
            msg = f"a new job is received, not {job.state}"
            raise ValueError(msg)
        return await self._database.write(
            lambda connection: edits.receive(connection, job)
        )

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
        step = Step(old, new)

        return await self._database.write(
            lambda connection: step.take(connection, job_id, at, changes),
            then=lambda moved: self._tell_moved(step, moved, changes),
        )

    async def admission_facts(self, job: Job) -> AdmissionFacts:
        """Read what a decision on a job depends on; it need not be stored yet."""
        return await self._database.read(
            lambda connection: admission_facts.look(
                connection, job, with_spending=self._with_spending
            )
        )

    async def accept(
        self, job: Job, at: datetime, decide: Decide, **changes: Unpack[JobChanges]
    ) -> Job | Refusal | None:
        """Load the facts, decide, and move a received job on: one transaction.

        Returns the job as it is then, with its video reserved; the refusal, with
        nothing changed; or None, with nothing changed, if it is not `received` any
        more. `decide` must be pure: everybody waits for it.
        """

        def tell(accepted: Job | Refusal | None) -> None:
            if isinstance(accepted, Job) and self._listener is not None:
                self._listener.moved({JobState.RECEIVED}, accepted, changes)

        return await self._database.write(
            lambda connection: admission.accept(
                connection, job, at, decide, changes, with_spending=self._with_spending
            ),
            then=tell,
        )

    async def note(self, notes: Mapping[JobId, JobChanges]) -> None:
        """Change fields of several jobs, whatever their states.

        Ids without a job are passed over. Without notes nothing is written.
        """

        def tell(_: None) -> None:
            if self._listener is not None:
                self._listener.changed(list(notes.values()))

        if any(notes.values()):
            await self._database.write(
                lambda connection: edits.note(connection, notes), then=tell
            )

    async def redate(self, job: Job, kind: Due, due_at: datetime | None) -> bool:
        """Set when a job is due for `kind`, unless that changed since `job` was read.

        Returns whether it was set; where it was not, nothing has changed. It may take a
        moment, to share a commit with something more urgent.
        """

        def tell(was_set: bool) -> None:  # noqa: FBT001 - it is the result of `redate`
            if was_set and self._listener is not None:
                change: JobChanges = {}
                change[kind.value] = due_at
                self._listener.changed([change])

        return await self._database.write(
            lambda connection: edits.redate(connection, job, kind, due_at),
            then=tell,
            # Were it lost in a crash, what was done is done once more, unseen.
            patient=True,
        )

    async def erase_tokens(self, before: datetime) -> int:
        """Erase tokens of interactions from before then, and of jobs that are over.

        A job is over where it has ended and nothing about it is still to be told.
        Returns how many were erased.
        """
        return await self._database.write(
            lambda connection: edits.erase_tokens(connection, before)
        )

    async def adopt(self, job_id: JobId, task_id: TaskId, changes: JobChanges) -> bool:
        """Store EvoLink's id for a job that has none; a different id is not replaced.

        Returns whether the job now has exactly this id, also if it had it before.
        It has not if the id is another job's: one task makes one clip. `changes` are
        made only where the id was stored now.
        """

        def tell(has_it: bool) -> None:  # noqa: FBT001 - it is the result of `adopt`
            if has_it and self._listener is not None:
                self._listener.changed([changes])

        return await self._database.write(
            lambda connection: edits.adopt(connection, job_id, task_id, changes),
            then=tell,
        )

    async def get(self, job_id: JobId) -> Job | None:
        """Return a job by its id."""
        return await self._database.read(
            lambda connection: selections.get(connection, job_id)
        )

    async def by_task(self, task_id: TaskId) -> Job | None:
        """Return the job that EvoLink's task belongs to."""
        return await self._database.read(
            lambda connection: selections.by_task(connection, task_id)
        )

    async def by_callback(self, callback_hash: str) -> Job | None:
        """Return the job whose callback's token has this fingerprint."""
        return await self._database.read(
            lambda connection: selections.by_callback(connection, callback_hash)
        )

    async def in_state(
        self, state: JobState, limit: int, after: JobId | None = None
    ) -> Sequence[Job]:
        """Return jobs in a state, by id, for paging: those with an id > `after`."""
        return await self._database.read(
            lambda connection: selections.in_state(connection, state, limit, after)
        )

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
        return await self._database.read(
            lambda connection: selections.of_member(
                connection, guild_id, user_id, states=states, limit=limit, offset=offset
            )
        )

    async def count_of_member(
        self,
        guild_id: GuildId,
        user_id: UserId,
        *,
        states: Collection[JobState] | None,
    ) -> int:
        """Return how many jobs a member has in a server; `states` None = in any."""
        return await self._database.read(
            lambda connection: selections.count_of_member(
                connection, guild_id, user_id, states
            )
        )

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
        return await self._database.read(
            lambda connection: queue.next_queued(
                connection, limit, slots=slots, doubted_before=doubted_before
            )
        )

    async def queued_since(self, before: datetime, limit: int) -> Sequence[Job]:
        """Return queued jobs that were first sent, or else queued, by that time."""
        return await self._database.read(
            lambda connection: queue.queued_since(connection, before, limit)
        )

    async def queue_position(self, job: Job) -> int:
        """Return how many queued jobs go before this one, plus one.

        For a job that is not queued, the place it would have if it were.
        """
        return await self._database.read(
            lambda connection: queue.position(connection, job)
        )

    async def making(self) -> Sequence[Making]:
        """Return the tasks that are, or may be, in EvoLink's hands: who has a slot."""
        return await self._database.read(queue.making)

    async def active_tasks(self) -> int:
        """Return how many tasks are, or may be, in EvoLink's hands.

        Jobs that are submitting or generating, and those ended by people (cancelled,
        or their server gone) that are still polled or still being submitted.
        """
        return await self._database.read(queue.active)

    async def due(self, kind: Due, now: datetime, limit: int) -> Sequence[Job]:
        """Return the unclaimed jobs whose time for `kind` has come, in their order."""
        return await self._database.read(
            lambda connection: due.due(connection, kind, now, limit)
        )

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
        None where `limit` jobs are returned: more may be due already.
        """
        return await self._database.read(
            lambda connection: due.due_and_next(
                connection, kind, now, limit, skip_channels=skip_channels
            )
        )

    async def next_due(self, kind: Due, after: datetime) -> datetime | None:
        """Return the earliest time later than `after` at which a job is due."""
        return await self._database.read(
            lambda connection: due.next_due(connection, kind, after)
        )

    async def usage(
        self, guild_id: GuildId, user_id: UserId | None, now: datetime
    ) -> Usage:
        """Return what counts this day and month, of a member or (None) of a server.

        Windows begin at midnight and on the first of the month, in the server's zone,
        and a video counts in those of its request. Videos from grants do not count
        for the member.
        """

        def used(connection: Connection) -> Usage:
            windows = windows_at(now, guilds.zone(connection, guild_id))
            if user_id is None:
                return usage.of_guild(connection, guild_id, windows)
            return usage.of_member(connection, guild_id, user_id, windows)

        return await self._database.read(used)

    async def counts(self) -> Mapping[JobState, int]:
        """Return how many jobs are in each state; states without jobs are missing."""
        return await self._database.read(selections.counts)

    async def end_of_guild(self, guild_id: GuildId, at: datetime) -> int:
        """End a server's open jobs as undeliverable, because the bot was removed.

        What they reserved is released, and nothing is to be told or submitted any
        more. Tasks at EvoLink stay polled, so that slots and credits stay true. A job
        that is only received reserved nothing and becomes refused. Returns how many
        jobs ended.
        """

        def tell(ended: int) -> None:
            if ended and self._listener is not None:
                # They are many, and all that matters is that slots may be left.
                self._listener.changed([JobChanges(poll_due_at=None)])

        return await self._database.write(
            lambda connection: end_guild(connection, guild_id, at), then=tell
        )
