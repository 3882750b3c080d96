"""What carrying jobs along needs from EvoLink and Discord. Declarations only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from pathlib import Path
from typing import Protocol

from bot.ids import GuildId, JobId, MessageId, TaskId
from bot.jobs.jobs import Job
from bot.jobs.tasks import Accepted, Balance, TaskSnapshot
from bot.jobs.video import VideoRequest


class Evolink(Protocol):
    """Makes the clips. Implemented by `bot.evolink.client.EvolinkClient`."""

    async def create(
        self,
        request: VideoRequest,
        *,
        key: str,
        callback_url: str | None = None,
        picture_url: str | None = None,
    ) -> Accepted: ...

    async def task(self, task_id: TaskId) -> TaskSnapshot: ...

    async def tasks(self, task_ids: Sequence[TaskId]) -> Mapping[TaskId, TaskSnapshot]:
        """Read up to 50 tasks at once; an id that is missing is to be asked singly."""
        ...

    async def credits(self) -> Balance: ...


class Posting(StrEnum):
    """The two new messages that a job may cause."""

    CLIP = "clip"
    NOTICE = "notice"


class EditEnd(Enum):
    """How an edit of a status message ended."""

    NOT_ASKED = auto()
    """The message shows it already, or a clip or a notice goes first."""
    ANSWERED = auto()
    GIVEN_UP = auto()
    """Discord had not answered when a clip or a notice could wait no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEdit:
    """What came of an edit of a status message."""

    end: EditEnd
    shows: str | None
    """A hash of what the message shows now; None = nobody knows."""


class Messenger(Protocol):
    """Posts and edits in Discord. Implemented by `cogs.wire.messenger`.

    Posts go by bot token, edits of status messages through the interaction's token
    while that lives. Every method raises `MessengerError` where Discord did not take
    it.
    """

    async def post_clip(
        self, job: Job, clip: Path, original_until: datetime | None = None
    ) -> MessageId:
        """Post a clip as a new message that mentions the requester.

        With `original_until` it is a smaller copy: the message says so, and until when
        `job.result_url` works. A repetition within Discord's memory of nonces returns
        the first message.
        """
        ...

    async def post_link(self, job: Job, expires_at: datetime) -> MessageId:
        """Post `job.result_url` instead of a file, saying until when it works."""
        ...

    async def post_notice(self, job: Job) -> MessageId:
        """Post why there is no clip (`job.failure`), and what became of the quota.

        It is a new message that mentions the requester.
        """
        ...

    async def find_posted(self, job: Job, posting: Posting) -> MessageId | None:
        """Search the channel since the intent to post for a job's clip or notice.

        Raises:
            SearchInconclusive: If it might be there all the same: more than 300
                messages have followed, or they may not be read.
        """
        ...

    async def find_status(self, job: Job) -> MessageId | None:
        """Search the channel since the request for this job's status message.

        Raises:
            SearchInconclusive: As `find_posted`.
        """
        ...

    async def clip_into_status(
        self, job: Job, clip: Path, original_until: datetime | None = None
    ) -> MessageId:
        """Make the status message the one that brings the clip, as `post_clip`.

        It can be repeated: an edit replaces the file that is there. Nobody is notified
        by it. `edit_status` leaves that message alone from then on.

        Raises:
            MessageGone: If there is no status message.
        """
        ...

    async def link_into_status(self, job: Job, expires_at: datetime) -> MessageId:
        """As `clip_into_status`, with the link instead of the file."""
        ...

    async def notice_into_status(self, job: Job) -> MessageId:
        """Make the status message say why there is no clip; it can be repeated.

        Raises:
            MessageGone: If there is no status message.
        """
        ...

    async def edit_status(self, job: Job, position: int | None) -> StatusEdit:
        """Make the status message show the job as it is now.

        `position` is the place in the queue, for queued jobs, whose `expected_end_at`
        is an estimate. Discord is not asked if the message shows that already
        (`job.status_shown` is its hash), or beside a clip shall show no more progress.
        An edit that is no last word is given up where a clip or a notice waits for it.
        """
        ...

    async def original_response(self, job: Job) -> MessageId | None:
        """Read the answer to the job's interaction through its token.

        Returns None if there is none, or only one that says what went wrong.

        Raises:
            TokenExpired: If the token can no longer be used, or never was.
        """
        ...

    async def end_answer(self, job: Job) -> None:
        """Make the answer to the job's interaction say how the job ended.

        Raises:
            TokenExpired: If the token can no longer be used, or never was.
        """
        ...

    async def upload_limit_bytes(self, guild_id: GuildId) -> int:
        """Return the size in bytes of the largest file worth trying in a server."""
        ...


class Fetcher(Protocol):
    """Downloads results. Implemented by `bot.delivery.fetch.ResultFetcher`."""

    async def fetch(
        self,
        url: str,
        into: Path,
        *,
        max_bytes: int,
        answered: Callable[[], None],
    ) -> int:
        """Store the clip at `url` as the file `into`, and return its size in bytes.

        The file appears whole or not at all. `answered` is called once the host has
        begun to send it.

        Raises:
            FetchError: See its family for what to do then.
        """
        ...

    async def ask_host(self, origin: str) -> None:
        """Ask the host of results at `origin`, such as `https://host`, for its root.

        Any answer will do that does not say that the host fails.

        Raises:
            FetchError: `FetchUnavailable` if it fails or does not answer within some
                seconds, `FetchUnusable` if its address may not be asked.
        """
        ...


class ClipFiles(Protocol):
    """Where clips wait on disk. Implemented by `bot.delivery.spool.Spool`."""

    def path(self, job: Job) -> Path:
        """Return where a job's clip lies or would lie."""
        ...

    def copy_path(self, job: Job) -> Path:
        """Return where a smaller copy of it lies or would lie."""
        ...

    def discard(self, job_id: JobId) -> None:
        """Remove both; what is gone already is no error."""
        ...


class Shrinker(Protocol):
    """Makes clips smaller, one at a time. Implemented in `bot.media`."""

    @property
    def is_shrinking(self) -> bool:
        """Whether another clip would have to wait for its turn."""
        ...

    async def shrink(self, clip: Path, into: Path, *, max_bytes: int) -> bool:
        """Write a smaller copy of a clip; return whether it is there now.

        It appears whole or not at all. It does not where that would look bad, or
        cannot be done.
        """
        ...
