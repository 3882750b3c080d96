"""The outside services with a counter in front, by endpoint and outcome."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from bot.errors import ClapperError
from bot.ids import GuildId, MessageId, TaskId
from bot.jobs.jobs import Job
from bot.jobs.tasks import Accepted, Balance, TaskReport
from bot.jobs.video import VideoRequest
from bot.pipeline.ports import Evolink, Fetcher, Messenger, Posting

Count = Callable[[str, str, str], None]
"""Is told the service, the endpoint, and `ok` or the name of our error."""


@contextmanager
def _counted(count: Count, service: str, endpoint: str) -> Iterator[None]:
    try:
        yield
    except ClapperError as error:
        count(service, endpoint, type(error).__name__)
        raise
    else:
        count(service, endpoint, "ok")


class MeteredEvolink:
    """Implements `bot.pipeline.ports.Evolink` by another one."""

    def __init__(self, evolink: Evolink, count: Count) -> None:
        self._evolink = evolink
        self._count = count

    async def create(
        self, request: VideoRequest, *, key: str, callback_url: str | None = None
    ) -> Accepted:
        """Pass a paid request on."""
        with _counted(self._count, "evolink", "create"):
            return await self._evolink.create(
                request, key=key, callback_url=callback_url
            )

    async def task(self, task_id: TaskId) -> TaskReport:
        """Pass a reading on."""
        with _counted(self._count, "evolink", "task"):
            return await self._evolink.task(task_id)

    async def tasks(self, task_ids: Sequence[TaskId]) -> Mapping[TaskId, TaskReport]:
        """Pass a reading of many tasks on: one request."""
        with _counted(self._count, "evolink", "batch"):
            return await self._evolink.tasks(task_ids)

    async def credits(self) -> Balance:
        """Pass a look at the balance on."""
        with _counted(self._count, "evolink", "credits"):
            return await self._evolink.credits()


class MeteredFetcher:
    """Implements `bot.pipeline.ports.Fetcher` by another one."""

    def __init__(self, fetcher: Fetcher, count: Count) -> None:
        self._fetcher = fetcher
        self._count = count

    async def fetch(
        self,
        url: str,
        into: Path,
        *,
        max_bytes: int,
        answered: Callable[[], None] = lambda: None,
    ) -> int:
        """Pass a download on."""
        with _counted(self._count, "results", "clip"):
            return await self._fetcher.fetch(
                url, into, max_bytes=max_bytes, answered=answered
            )


class MeteredMessenger:
    """Implements `bot.pipeline.ports.Messenger` by another one."""

    def __init__(self, messenger: Messenger, count: Count) -> None:
        self._messenger = messenger
        self._count = count

    async def post_clip(self, job: Job, clip: Path) -> MessageId:
        """Pass it on."""
        with self._counted("post_clip"):
            return await self._messenger.post_clip(job, clip)

    async def post_link(self, job: Job, expires_at: datetime) -> MessageId:
        """Pass it on."""
        with self._counted("post_link"):
            return await self._messenger.post_link(job, expires_at)

    async def post_notice(self, job: Job) -> MessageId:
        """Pass it on."""
        with self._counted("post_notice"):
            return await self._messenger.post_notice(job)

    async def find_posted(self, job: Job, posting: Posting) -> MessageId | None:
        """Pass it on."""
        with self._counted("search"):
            return await self._messenger.find_posted(job, posting)

    async def find_status(self, job: Job) -> MessageId | None:
        """Pass it on."""
        with self._counted("search"):
            return await self._messenger.find_status(job)

    async def clip_into_status(self, job: Job, clip: Path) -> MessageId:
        """Pass it on."""
        with self._counted("clip_into_status"):
            return await self._messenger.clip_into_status(job, clip)

    async def link_into_status(self, job: Job, expires_at: datetime) -> MessageId:
        """Pass it on."""
        with self._counted("link_into_status"):
            return await self._messenger.link_into_status(job, expires_at)

    async def notice_into_status(self, job: Job) -> MessageId:
        """Pass it on."""
        with self._counted("notice_into_status"):
            return await self._messenger.notice_into_status(job)

    async def edit_status(self, job: Job, position: int | None) -> bool:
        """Pass it on; an edit that was not needed is not counted."""
        try:
            asked = await self._messenger.edit_status(job, position)
        except ClapperError as error:
            self._count("discord", "edit_status", type(error).__name__)
            raise
        if asked:
            self._count("discord", "edit_status", "ok")
        return asked

    async def original_response(self, job: Job) -> MessageId | None:
        """Pass it on."""
        with self._counted("original_response"):
            return await self._messenger.original_response(job)

    async def end_answer(self, job: Job) -> None:
        """Pass it on."""
        with self._counted("end_answer"):
            await self._messenger.end_answer(job)

    def upload_limit_bytes(self, guild_id: GuildId) -> int:
        """Pass it on: nobody is asked."""
        return self._messenger.upload_limit_bytes(guild_id)

    def _counted(self, endpoint: str) -> AbstractContextManager[None]:
        return _counted(self._count, "discord", endpoint)
