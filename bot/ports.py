"""What the logic needs from storage, EvoLink, Discord and the clock.

The logic owns these Protocols and everybody else implements them; declarations only.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Unpack

from bot.domain.admission import AdmissionFacts, Decide, Refusal
from bot.domain.ids import (
    ChannelId,
    GuildId,
    JobId,
    MessageId,
    TaskId,
    UserId,
)
from bot.domain.installation import Fact, OperatorMessage, SecondTask
from bot.domain.jobs import Job, JobChanges
from bot.domain.queueing import Making
from bot.domain.states import JobState
from bot.domain.tasks import Accepted, Balance, TaskReport
from bot.domain.usage import Usage
from bot.domain.video import VideoRequest
from bot.errors import AccountFault


class Clock(Protocol):
    """Wall-clock time. Implemented by `bot.clock.SystemClock`."""

    def now(self) -> datetime:
        """Return the time, aware and in UTC."""
        ...


class Due(StrEnum):
    """The kinds of work that wait for a time, each a nullable column of the job."""

    SUBMIT = "submit_due_at"
    POLL = "poll_due_at"
    DELIVERY = "delivery_due_at"
    NOTICE = "notice_due_at"
    STATUS = "status_due_at"


class JobStore(Protocol):
    """The jobs' memory. Implemented by `storage.jobs.SqlJobStore`.

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

    async def admission_facts(self, job: Job) -> AdmissionFacts:
        """Read what a decision on a job depends on; it need not be stored yet."""
        ...

    async def accept(
        self, job: Job, at: datetime, decide: Decide, **changes: Unpack[JobChanges]
    ) -> Job | Refusal | None:
        """Load the facts, decide, and move a received job on: one transaction.

        What is admitted is reserved with the move. No other request of the same server
        is decided on meanwhile, also by another process on the same database. Returns
        the job as it is afterwards; the refusal, with nothing changed; or None, with
        nothing changed, if the job was not `received` any more.
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

    async def usage(
        self, guild_id: GuildId, user_id: UserId | None, now: datetime
    ) -> Usage:
        """Return what counts this day and month, of a member or (None) of a server.

        Windows begin at midnight and on the first of the month, in the server's zone.
        """
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


class Installation(Protocol):
    """The memory of the whole installation. Implemented by `storage.installation`."""

    async def facts(self) -> frozenset[Fact]:
        """Return everything learned so far."""
        ...

    async def learn(self, fact: Fact, at: datetime) -> bool:
        """Remember a fact; return whether it was new."""
        ...

    async def second_task(self, second: SecondTask) -> bool:
        """Record a task paid for needlessly, and that the key is ignored.

        Returns whether this task was news.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Why EvoLink takes no paid requests from us, and since when."""

    fault: AccountFault
    reason: str
    """What EvoLink answered, or what is left, for the operator."""
    since: datetime
    refusals: int
    """Paid requests refused one after another; 0 = the balance alone is the reason."""
    told_at: datetime | None
    """When the operator was last told; None = not yet."""


class Pauses(Protocol):
    """Keeps why intake is paused over a restart. Implemented by `storage.pauses`."""

    async def load(self) -> Pause | None:
        """Return the pause that lasts; None = intake is open."""
        ...

    async def save(self, pause: Pause | None) -> None:
        """Keep this pause in place of an earlier one; None = forget it."""
        ...


class Outbox(Protocol):
    """What the operator is still to be told. Implemented by `storage.outbox`."""

    async def put(self, event: str, values: Mapping[str, str], at: datetime) -> None:
        """Keep a message until it has been posted. It is due at once."""
        ...

    async def due(self, now: datetime, limit: int) -> Sequence[OperatorMessage]:
        """Return the messages whose time has come, the oldest first."""
        ...

    async def postpone(self, message_id: int, due_at: datetime) -> None:
        """Count a failed attempt, and try again at `due_at`."""
        ...

    async def drop(self, message_id: int) -> None:
        """Forget a message, because it was posted or never can be."""
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


class Evolink(Protocol):
    """Makes the clips. Implemented by `bot.evolink.client.EvolinkClient`."""

    async def create(
        self, request: VideoRequest, *, key: str, callback_url: str | None = None
    ) -> Accepted: ...

    async def task(self, task_id: TaskId) -> TaskReport: ...

    async def tasks(self, task_ids: Sequence[TaskId]) -> Mapping[TaskId, TaskReport]:
        """Read up to 50 tasks at once; an id that is missing is to be asked singly."""
        ...

    async def credits(self) -> Balance: ...


class Posting(StrEnum):
    """The two new messages that a job may cause."""

    CLIP = "clip"
    NOTICE = "notice"


class Messenger(Protocol):
    """Posts and edits in Discord. Implemented by `cogs.wire.messenger`.

    Posts go by bot token, edits of status messages through the interaction's token
    while that lives. Every method raises `MessengerError` where Discord did not take
    it.
    """

    async def post_clip(self, job: Job, clip: Path) -> MessageId: ...

    async def post_link(self, job: Job, expires_at: datetime) -> MessageId:
        """Post `job.result_url` instead of a file, saying until when it works."""
        ...

    async def post_notice(self, job: Job) -> MessageId:
        """Post why there is no clip (`job.failure`), and what became of the quota."""
        ...

    async def find_posted(self, job: Job, posting: Posting) -> MessageId | None:
        """Search the channel's own messages since the intent for this job's marker.

        Raises:
            SearchInconclusive: If it might be there all the same.
        """
        ...

    async def find_status(self, job: Job) -> MessageId | None:
        """Search the channel since the request for this job's status message.

        Raises:
            SearchInconclusive: If it might be there all the same.
        """
        ...

    async def clip_into_status(self, job: Job, clip: Path) -> MessageId:
        """Make the status message the one that brings the clip. Idempotent.

        From then on `edit_status` leaves that message alone.

        Raises:
            MessageGone: If there is no status message.
        """
        ...

    async def link_into_status(self, job: Job, expires_at: datetime) -> MessageId:
        """As `clip_into_status`, with the link instead of the file."""
        ...

    async def notice_into_status(self, job: Job) -> MessageId:
        """Make the status message say why there is no clip. Idempotent.

        Raises:
            MessageGone: If there is no status message.
        """
        ...

    async def edit_status(self, job: Job, position: int | None) -> bool:
        """Make the status message show the job as it is now.

        `position` is the place in the queue, for queued jobs, whose `expected_end_at`
        is an estimate. Returns False if the message shows that already, or beside a
        clip shall show no more progress, so that Discord was not asked.
        """
        ...

    async def original_response(self, job: Job) -> MessageId | None:
        """Read the answer to the job's interaction through its token.

        Returns None if there is none.

        Raises:
            TokenExpired: If the token can no longer be used.
        """
        ...

    async def end_answer(self, job: Job) -> None:
        """Make the answer to the job's interaction say how the job ended.

        Raises:
            TokenExpired: If the token can no longer be used.
        """
        ...

    def upload_limit_bytes(self, guild_id: GuildId) -> int: ...


class Fetcher(Protocol):
    """Downloads results. Implemented by `bot.delivery.fetch.ResultFetcher`."""

    async def fetch(
        self,
        url: str,
        into: Path,
        *,
        max_bytes: int,
        answered: Callable[[], None] = lambda: None,
    ) -> int:
        """Store the clip at `url` as the file `into`, and return its size in bytes.

        The file appears whole or not at all. `answered` is called once the host has
        begun to send it.

        Raises:
            FetchError: See its family for what to do then.
        """
        ...


class Operator(Protocol):
    """Tells the operator, in the log and where configured in a channel."""

    async def tell(self, event: str, **values: object) -> None: ...


class OperatorChannel(Protocol):
    """Posts to the operator's channel. Implemented by `cogs.wire.operator_channel`.

    Raises `MessengerError` where Discord did not take it.
    """

    async def post(self, message: OperatorMessage) -> None:
        """Post a message; a repetition within minutes is the same message."""
        ...

    async def is_posted(self, message: OperatorMessage) -> bool:
        """Return whether a message is among the channel's latest hundred."""
        ...


class Acknowledgement(Protocol):
    """The interaction that asked for a job, as far as it can still be answered.

    Implemented in `cogs`, for one interaction each.
    """

    async def show_received(self, job: Job) -> MessageId:
        """Answer with the public status message.

        Raises:
            TokenExpired: If Discord no longer takes an answer.
            MessengerDown: If it cannot be known whether Discord took it.
            MessengerError: If Discord refused it, or nobody can read what it said.
        """
        ...

    async def withdraw(self, job: Job) -> None:
        """Delete the status message again. A message already gone is no error."""
        ...
