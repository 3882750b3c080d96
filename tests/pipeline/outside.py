"""Stand-ins, written by hand, for what the logic asks of the outside world.

They implement our own Protocols. Each does as told by the test, and remembers what was
asked of it. Storage is no stand-in: the tests use the real one.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.clock import Clock
from bot.errors import (
    EvolinkError,
    FetchError,
    FetchUnavailable,
    MessageGone,
    MessengerError,
    NoSuchEndpoint,
    TaskUnknown,
)
from bot.ids import GuildId, JobId, MessageId, TaskId
from bot.jobs.jobs import Job, clip_nonce, notice_nonce
from bot.jobs.tasks import Accepted, Balance, TaskSnapshot, TaskStatus
from bot.jobs.video import VideoRequest
from bot.operations.ports import Pause
from bot.pipeline.ports import EditEnd, Posting, StatusEdit

ENOUGH = Balance(spendable=1000.0)
CLIP = b"\x00\x00\x00\x20ftypisom" + bytes(100)


def accepted(task_id: str, *, estimated_time_s: float | None = 120.0) -> Accepted:
    """Return EvoLink's answer to a paid request that it took."""
    return Accepted(
        task_id=TaskId(task_id),
        model="grok-imagine-text-to-video",
        estimated_time_s=estimated_time_s,
        credits_reserved=8.5,
        replayed=False,
    )


def running(task_id: str, progress: int = 10) -> TaskSnapshot:
    return TaskSnapshot(
        task_id=TaskId(task_id),
        status=TaskStatus.RUNNING,
        progress=progress,
        estimated_time_s=120.0,
    )


def completed(task_id: str, url: str | None = "https://files/a.mp4") -> TaskSnapshot:
    return TaskSnapshot(
        task_id=TaskId(task_id),
        status=TaskStatus.COMPLETED,
        progress=100,
        result_url=url,
        credits_used=8.0,
    )


class RememberedPauses:
    """Implements `bot.operations.ports.Pauses` in memory."""

    def __init__(self) -> None:
        self.pause: Pause | None = None
        self.saves = 0

    async def load(self) -> Pause | None:
        return self.pause

    async def save(self, pause: Pause | None) -> None:
        self.pause = pause
        self.saves += 1


SubmitAnswer = Accepted | Exception | Callable[[], Awaitable[Accepted]]


class ScriptedEvolink:
    """Implements `bot.pipeline.ports.Evolink`.

    Paid requests get the scripted answers, and once those are used up, a new task each;
    a key that was accepted before gets its task again, as the real service promises.
    """

    def __init__(self) -> None:
        self.submit_answers: deque[SubmitAnswer] = deque()
        self.submits: list[str] = []
        """The keys of all paid requests, in order."""
        self.requests: list[VideoRequest] = []
        """What they asked for."""
        self.picture_urls: list[str | None] = []
        """Where the pictures of them are."""
        self.tasks_by_key: dict[str, TaskId] = {}
        self.has_batch = True
        self.batch_fault: EvolinkError | None = None
        self.missing_from_batch: set[TaskId] = set()
        self.reports: dict[TaskId, TaskSnapshot | EvolinkError] = {}
        self.down: EvolinkError | None = None
        """What every read fails with, while set."""
        self.batches: list[Sequence[TaskId]] = []
        self.singles: list[TaskId] = []
        self.balance: Balance | EvolinkError = ENOUGH
        self.balance_reads = 0
        self.under_way = 0
        self.most_under_way = 0

    @property
    def reads(self) -> int:
        """How many requests were made to read tasks."""
        return len(self.batches) + len(self.singles)

    async def create(
        self,
        request: VideoRequest,
        *,
        key: str,
        callback_url: str | None = None,  # noqa: ARG002 - the Protocol's
        picture_url: str | None = None,
    ) -> Accepted:
        assert request.prompt
        assert (request.picture is None) == (picture_url is None)
        self.picture_urls.append(picture_url)
        self.submits.append(key)
        self.requests.append(request)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(0)
            if self.submit_answers:
                return await self._scripted(self.submit_answers.popleft())
            task_id = self.tasks_by_key.setdefault(key, TaskId(f"task-of-{key}"))
            return accepted(task_id)
        finally:
            self.under_way -= 1

    async def _scripted(self, answer: SubmitAnswer) -> Accepted:
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Accepted) else await answer()

    async def task(self, task_id: TaskId) -> TaskSnapshot:
        self.singles.append(task_id)
        await asyncio.sleep(0)
        if self.down is not None:
            raise self.down
        report = self.reports.get(task_id)
        if report is None:
            msg = "no such task"
            raise TaskUnknown(msg)
        if isinstance(report, EvolinkError):
            raise report
        return report

    async def tasks(self, task_ids: Sequence[TaskId]) -> Mapping[TaskId, TaskSnapshot]:
        assert len(task_ids) <= 50
        self.batches.append(tuple(task_ids))
        await asyncio.sleep(0)
        if not self.has_batch:
            msg = "no batch"
            raise NoSuchEndpoint(msg)
        fault = self.down or self.batch_fault
        if fault is not None:
            raise fault
        return {
            task_id: report
            for task_id in task_ids
            if isinstance(report := self.reports.get(task_id), TaskSnapshot)
            and task_id not in self.missing_from_batch
        }

    async def credits(self) -> Balance:
        self.balance_reads += 1
        if isinstance(self.balance, EvolinkError):
            raise self.balance
        return self.balance


@dataclass(frozen=True)
class Fault:
    """What goes wrong at the next call."""

    error: MessengerError
    after_effect: bool = False
    """The message is there all the same; only the answer was lost."""


@dataclass
class Message:
    """A message of ours that people see."""

    id: MessageId
    job_id: JobId
    posting: Posting
    content: str
    nonce: str
    at: datetime
    deleted: bool = False


@dataclass
class Edit:
    """A change of a status message."""

    job: Job
    position: int | None
    at: datetime


NONCE_LIFE_S = 180.0
"""Discord docs: a nonce is remembered for "the past few minutes"."""


@dataclass
class ScriptedMessenger:
    """Implements `bot.pipeline.ports.Messenger`, with nonces like Discord's."""

    clock: Clock
    faults: dict[str, deque[Fault | MessengerError]] = field(default_factory=dict)
    """By method, for the next calls in order."""
    always: dict[str, MessengerError] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    replaced: dict[MessageId, str] = field(default_factory=dict)
    """Status messages that have become clips, and what they hold."""
    ended: list[Job] = field(default_factory=list)
    """Jobs whose end was said in the answer to their interaction."""
    searches: int = 0
    edit_end: EditEnd = EditEnd.ANSWERED
    """How every edit of a status message ends that has anything to show."""
    compares: bool = False
    """What a status message shows is not shown again."""
    responses: dict[JobId, MessageId] = field(default_factory=dict)
    upload_limit: int = 20 * 1024 * 1024
    during: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)
    """What happens elsewhere while a call is under way, once."""

    def fail(self, method: str, *errors: Fault | MessengerError) -> None:
        self.faults.setdefault(method, deque()).extend(errors)

    def seen(self, posting: Posting, job: Job) -> list[Message]:
        """Return this job's messages of that kind, deleted ones included."""
        return [
            one
            for one in self.messages
            if one.job_id == job.id and one.posting is posting
        ]

    async def post_clip(
        self, job: Job, clip: Path, original_until: datetime | None = None
    ) -> MessageId:
        content = await asyncio.to_thread(lambda: f"file {clip.name}")
        if original_until is not None:
            content += f", link until {original_until:%d %H:%M}"
        assert await asyncio.to_thread(clip.is_file)
        return await self._post("post_clip", job, Posting.CLIP, content)

    async def post_link(self, job: Job, expires_at: datetime) -> MessageId:
        content = f"link {job.result_url} {expires_at:%d %H:%M}"
        return await self._post("post_link", job, Posting.CLIP, content)

    async def post_notice(self, job: Job) -> MessageId:
        assert job.failure is not None
        return await self._post(
            "post_notice", job, Posting.NOTICE, f"no clip: {job.failure}"
        )

    async def find_posted(self, job: Job, posting: Posting) -> MessageId | None:
        self.searches += 1
        await self._enter("find_posted")
        living = [one for one in self.seen(posting, job) if not one.deleted]
        return living[0].id if living else None

    async def find_status(self, job: Job) -> MessageId | None:
        self.searches += 1
        await self._enter("find_status")
        return self.responses.get(job.id)

    async def clip_into_status(
        self, job: Job, clip: Path, original_until: datetime | None = None
    ) -> MessageId:
        assert await asyncio.to_thread(clip.is_file)
        assert (original_until is not None) == clip.name.endswith(".copy.mp4")
        return await self._into_status("clip_into_status", job, f"file {clip.name}")

    async def link_into_status(self, job: Job, expires_at: datetime) -> MessageId:
        content = f"link {job.result_url} {expires_at:%d %H:%M}"
        return await self._into_status("link_into_status", job, content)

    async def _into_status(self, method: str, job: Job, content: str) -> MessageId:
        await self._enter(method)
        assert job.status_message_id is not None
        self.replaced[job.status_message_id] = content
        return job.status_message_id

    async def notice_into_status(self, job: Job) -> MessageId:
        return await self._into_status(
            "notice_into_status", job, f"no clip: {job.failure}"
        )

    async def end_answer(self, job: Job) -> None:
        await self._enter("end_answer")
        self.ended.append(job)

    async def edit_status(self, job: Job, position: int | None) -> StatusEdit:
        await self._enter("edit_status")
        looks = f"{job.state} {job.progress} {position}"
        is_shown = self.compares and job.status_shown == looks
        end = EditEnd.NOT_ASKED if is_shown else self.edit_end
        if end is not EditEnd.NOT_ASKED:
            self.edits.append(Edit(job, position, self.clock.now()))
        shows = None if end is EditEnd.GIVEN_UP else looks
        return StatusEdit(end=end, shows=shows)

    async def original_response(self, job: Job) -> MessageId | None:
        await self._enter("original_response")
        return self.responses.get(job.id)

    async def upload_limit_bytes(self, guild_id: GuildId) -> int:
        assert guild_id
        return self.upload_limit

    async def _enter(self, method: str) -> Fault | None:
        """Raise the fault that is due, or return one that comes after the effect."""
        await asyncio.sleep(0)
        meanwhile = self.during.pop(method, None)
        if meanwhile is not None:
            await meanwhile()
        if method in self.always:
            raise self.always[method]
        due = self.faults.get(method)
        if not due:
            return None
        fault = due.popleft()
        if isinstance(fault, Fault) and fault.after_effect:
            return fault
        raise fault.error if isinstance(fault, Fault) else fault

    async def _post(
        self, method: str, job: Job, posting: Posting, content: str
    ) -> MessageId:
        late_fault = await self._enter(method)
        nonce = (clip_nonce if posting is Posting.CLIP else notice_nonce)(job.id)
        now = self.clock.now()
        for message in self.messages:
            fresh = (now - message.at).total_seconds() < NONCE_LIFE_S
            if message.nonce == nonce and fresh:
                if message.deleted:
                    raise MessageGone(nonce)
                return message.id
        message_id = MessageId(9000 + len(self.messages))
        self.messages.append(Message(message_id, job.id, posting, content, nonce, now))
        if late_fault is not None:
            raise late_fault.error
        return message_id


class ScriptedFetcher:
    """Implements `bot.pipeline.ports.Fetcher`."""

    def __init__(self) -> None:
        self.faults: deque[Exception] = deque()
        self.always: FetchError | None = None
        self.fetched: list[str] = []
        self.clip = CLIP
        self.hangs = False
        self.hosts: list[str] = []
        """Which were asked whether they live."""
        self.host_error: FetchError | None = None
        self.broken_hosts: set[str] = set()

    async def fetch(
        self,
        url: str,
        into: Path,
        *,
        max_bytes: int,
        answered: Callable[[], None] = lambda: None,
    ) -> int:
        self.fetched.append(url)
        await asyncio.sleep(0)
        assert max_bytes == 100 * 1024 * 1024
        if self.hangs:
            await asyncio.Event().wait()
        if self.always is not None:
            raise self.always
        if self.faults:
            raise self.faults.popleft()
        answered()
        return await asyncio.to_thread(into.write_bytes, self.clip)

    async def ask_host(self, origin: str) -> None:
        self.hosts.append(origin)
        if self.host_error is not None:
            raise self.host_error
        if origin in self.broken_hosts:
            msg = "the host failed"
            raise FetchUnavailable(msg)


class ScriptedShrinker:
    """Implements `bot.pipeline.ports.Shrinker`: makes files of any size out of any."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        """How many bytes each copy was to have at most."""
        self.fails = False
        self.hangs: asyncio.Event | None = None
        """Set when a clip that is being made smaller goes on."""
        self._turn = asyncio.Lock()

    @property
    def is_shrinking(self) -> bool:
        return self._turn.locked()

    async def shrink(self, clip: Path, into: Path, *, max_bytes: int) -> bool:
        async with self._turn:
            assert await asyncio.to_thread(lambda: clip.stat().st_size) > max_bytes
            self.asked.append(max_bytes)
            if self.hangs is not None:
                await self.hangs.wait()
            if self.fails:
                return False
            await asyncio.to_thread(into.write_bytes, bytes(max_bytes - 1))
            return True


class RecordingOperator:
    """Implements `bot.operations.ports.Operator`."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, object]]] = []

    async def tell(self, event: str, **values: object) -> None:
        self.told.append((event, values))

    @property
    def events(self) -> list[str]:
        return [event for event, _ in self.told]
