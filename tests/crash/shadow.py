"""A fake outside world that remembers what was really paid for and really posted."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.clock import Clock
from bot.errors import (
    EvolinkUnavailable,
    EvolinkUnsure,
    FetchUnavailable,
    MessageGone,
    MessengerDown,
    RateLimited,
    SearchInconclusive,
    TaskUnknown,
)
from bot.ids import GuildId, MessageId, TaskId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.tasks import Accepted, Balance, TaskSnapshot, TaskStatus
from bot.jobs.video import VideoRequest
from bot.pipeline.ports import EditEnd, Posting, StatusEdit

NONCE_LIFE_S = 180.0


@dataclass
class ShadowTask:
    """A task that was paid for."""

    id: TaskId
    prompt: str
    """Each job here has its own."""
    callback_url: str | None
    picture_url: str | None
    ends_at: datetime | None = None
    """None = it works until somebody says how it ends."""
    succeeds: bool = True


class ShadowEvolink:
    """Implements `bot.pipeline.ports.Evolink`; `mood`: about the next paid request."""

    def __init__(self, clock: Clock, *, honours_keys: bool) -> None:
        self._clock = clock
        self._honours_keys = honours_keys
        self.mood = "well"
        self.down = False
        self.tasks_made: list[ShadowTask] = []
        self._by_key: dict[str, ShadowTask] = {}

    async def create(
        self,
        request: VideoRequest,
        *,
        key: str,
        callback_url: str | None = None,
        picture_url: str | None = None,
    ) -> Accepted:
        assert request.prompt
        assert (request.picture is None) == (picture_url is None)
        mood, self.mood = self.mood, "well"
        await asyncio.sleep(0)
        if mood == "busy":
            msg = "429"
            raise RateLimited(msg, retry_after_s=None)
        if mood == "unreached":
            msg = "it never arrived"
            raise EvolinkUnsure(msg)
        known = self._by_key.get(key) if self._honours_keys else None
        task = known or self._make(request.prompt, key, callback_url, picture_url)
        same = (task.callback_url, task.picture_url) == (callback_url, picture_url)
        assert same, "the same key, another request"
        await asyncio.sleep(0)
        if mood == "lost":
            msg = "the answer was lost"
            raise EvolinkUnsure(msg)
        return Accepted(
            task_id=task.id,
            model=request.model,
            estimated_time_s=120.0,
            credits_reserved=5.0,
            replayed=known is not None,
        )

    async def task(self, task_id: TaskId) -> TaskSnapshot:
        await asyncio.sleep(0)
        if self.down:
            msg = "503"
            raise EvolinkUnavailable(msg)
        return self._report(task_id)

    async def tasks(self, task_ids: Sequence[TaskId]) -> Mapping[TaskId, TaskSnapshot]:
        return {one: await self.task(one) for one in task_ids if self._known(one)}

    async def credits(self) -> Balance:
        return Balance(spendable=1000.0)

    def running(self) -> list[ShadowTask]:
        return [one for one in self.tasks_made if one.ends_at is None]

    def ended(self) -> list[ShadowTask]:
        return [one for one in self.tasks_made if one.ends_at is not None]

    def paid(self) -> Counter[str]:
        """Return how often was paid for each prompt."""
        return Counter(one.prompt for one in self.tasks_made)

    def _make(
        self, prompt: str, key: str, callback_url: str | None, picture_url: str | None
    ) -> ShadowTask:
        task_id = TaskId(f"task-unified-{len(self.tasks_made)}")
        task = ShadowTask(task_id, prompt, callback_url, picture_url)
        self.tasks_made.append(task)
        self._by_key[key] = task
        return task

    def _known(self, task_id: TaskId) -> bool:
        return any(one.id == task_id for one in self.tasks_made)

    def _report(self, task_id: TaskId) -> TaskSnapshot:
        task = next((one for one in self.tasks_made if one.id == task_id), None)
        if task is None:
            msg = "404"
            raise TaskUnknown(msg)
        if task.ends_at is None:
            return TaskSnapshot(task_id=task_id, status=TaskStatus.RUNNING, progress=30)
        return TaskSnapshot(
            task_id=task_id,
            status=TaskStatus.COMPLETED if task.succeeds else TaskStatus.FAILED,
            progress=100,
            result_url="https://files.example/a.mp4" if task.succeeds else None,
            failure=None if task.succeeds else Failure.SERVICE_ERROR,
            credits_used=5.0,
        )


@dataclass
class Shown:
    """A message that people see."""

    id: MessageId
    job_id: str
    posting: Posting
    at: datetime


class ShadowMessenger:
    """Implements `bot.pipeline.ports.Messenger`; `mood` is about the next message."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.mood = "well"
        self.crowded = False
        """Whether too much was said in the channel for a search to decide."""
        self.shown: list[Shown] = []
        self.replaced: set[MessageId] = set()
        self._in_status: set[tuple[str, Posting]] = set()
        """The jobs whose status message has become their clip, or their notice."""

    def seen(self, job: Job, posting: Posting) -> int:
        """Return how many messages of that kind people were shown for a job."""
        posted = [
            one for one in self.shown if (one.job_id, one.posting) == (job.id, posting)
        ]
        return len(posted) + ((job.id, posting) in self._in_status)

    async def post_clip(
        self, job: Job, clip: Path, original_until: datetime | None = None
    ) -> MessageId:
        assert original_until is None
        assert clip.name.endswith(f"{job.id}.mp4")
        return await self._post(job, Posting.CLIP)

    async def post_link(self, job: Job, expires_at: datetime) -> MessageId:
        assert expires_at.tzinfo is not None
        return await self._post(job, Posting.CLIP)

    async def post_notice(self, job: Job) -> MessageId:
        return await self._post(job, Posting.NOTICE)

    async def find_posted(self, job: Job, posting: Posting) -> MessageId | None:
        await asyncio.sleep(0)
        for one in self.shown:
            if one.job_id == job.id and one.posting is posting:
                return one.id
        if self.crowded:
            msg = "300 messages"
            raise SearchInconclusive(msg)
        return None

    async def find_status(self, job: Job) -> MessageId | None:
        return job.status_message_id

    async def clip_into_status(
        self, job: Job, clip: Path, original_until: datetime | None = None
    ) -> MessageId:
        assert original_until is None
        assert clip.name
        await asyncio.sleep(0)
        if job.status_message_id is None:
            msg = "no status"
            raise MessageGone(msg)
        self.replaced.add(job.status_message_id)
        self._in_status.add((job.id, Posting.CLIP))
        return job.status_message_id

    async def link_into_status(self, job: Job, expires_at: datetime) -> MessageId:
        return await self.clip_into_status(job, Path(f"{expires_at}"))

    async def notice_into_status(self, job: Job) -> MessageId:
        await asyncio.sleep(0)
        if job.status_message_id is None:
            msg = "no status"
            raise MessageGone(msg)
        self._in_status.add((job.id, Posting.NOTICE))
        return job.status_message_id

    async def end_answer(self, job: Job) -> None:
        raise NotImplementedError(job.id)

    async def edit_status(self, job: Job, position: int | None) -> StatusEdit:
        assert position is None or position > 0
        assert job.status_message_id not in self.replaced, "the clip would be gone"
        await asyncio.sleep(0)
        return StatusEdit(end=EditEnd.ANSWERED, shows=None)

    async def original_response(self, job: Job) -> MessageId | None:
        return job.status_message_id

    async def upload_limit_bytes(self, guild_id: GuildId) -> int:
        assert guild_id
        return 10_000_000

    async def _post(self, job: Job, posting: Posting) -> MessageId:
        mood, self.mood = self.mood, "well"
        await asyncio.sleep(0)
        if mood == "down":
            msg = "503"
            raise MessengerDown(msg)
        now = self._clock.now()
        for one in self.shown:
            fresh = (now - one.at).total_seconds() < NONCE_LIFE_S
            if fresh and one.job_id == job.id and one.posting is posting:
                return one.id
        message = Shown(MessageId(9000 + len(self.shown)), job.id, posting, now)
        self.shown.append(message)
        await asyncio.sleep(0)
        if mood == "lost":
            msg = "reset"
            raise MessengerDown(msg)
        return message.id


class ShadowFetcher:
    """Implements `bot.pipeline.ports.Fetcher`."""

    def __init__(self) -> None:
        self.fails = False

    async def fetch(
        self,
        url: str,
        into: Path,
        *,
        max_bytes: int,
        answered: Callable[[], None] = lambda: None,
    ) -> int:
        assert url.startswith("https://")
        assert max_bytes > 0
        failed, self.fails = self.fails, False
        await asyncio.sleep(0)
        if failed:
            msg = "reset"
            raise FetchUnavailable(msg)
        answered()
        return into.write_bytes(b"clip")  # noqa: ASYNC240 - four bytes

    async def ask_host(self, origin: str) -> None:
        assert origin.startswith("https://")


class SilentOperator:
    """Implements `bot.operations.ports.Operator`."""

    def __init__(self) -> None:
        self.told: list[tuple[str, object]] = []

    async def tell(self, event: str, **values: object) -> None:
        self.told.append((event, values.get("job_id")))
