"""Brings a clip to its channel once: its file, or else the link to it.

Where a message might be a second one, the clip goes into the status message by an edit,
which can be repeated.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

import structlog

from bot.clock import Clock
from bot.errors import FileTooLarge, MessageGone, SearchInconclusive
from bot.ids import MessageId
from bot.jobs.claims import Claim
from bot.jobs.jobs import Job, JobChanges
from bot.jobs.store import JobStore
from bot.pipeline.downloads import LINK_LIFE_S
from bot.pipeline.fitting import ClipFile, ClipFitting
from bot.pipeline.ports import Messenger, Posting
from bot.pipeline.status_turns import status_held
from bot.workers.outcomes import noted, noted_search, noting_discord
from bot.workers.post_once import PostOnce
from bot.workers.service_limit import Call

log = structlog.get_logger(__name__)

Post = Callable[[Job], Awaitable[MessageId]]
"""Brings a job's clip to Discord and returns the message that holds it."""
SendFile = Callable[[Job, Path, datetime | None], Awaitable[MessageId]]
"""The same with a file, and until when the link to the original works."""


class Gate(Protocol):
    """Says whether a clip may still be posted. See `bot.moderation.posting_policy`."""

    async def check(self, job: Job) -> None:
        """Return only if it may.

        Raises:
            PlaceUnfit: If it may not.
            MessengerError: If nobody can tell at the moment.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Ways:
    """The two ways in which one clip can be posted."""

    message: Post
    """As a message of its own."""
    status: Post
    """Into the status message."""


class ClipPosting:
    """Posts clips, and records before each post that it was intended."""

    def __init__(
        self,
        jobs: JobStore,
        messenger: Messenger,
        gate: Gate,
        fitting: ClipFitting,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._messenger = messenger
        self._gate = gate
        self._fitting = fitting
        self._clock = clock

    async def post(
        self, claim: Claim, file: ClipFile | None, call: Call
    ) -> MessageId | None:
        """Post a clip once; return its message.

        `file` is what is posted; None = the link. `call` learns whether Discord
        answers. Returns None if the clip was posted before and its message has since
        been deleted.

        Raises:
            FileTooLarge: If a smaller file has to be made first.
            MessengerError: If it was not posted, or nobody knows.
        """
        ways = self._ways(file)
        try:
            return await self._post(claim, ways, call)
        except MessageGone:
            # Our nonce was answered with a message that is gone: it was delivered.
            return None

    def _ways(self, file: ClipFile | None) -> _Ways:
        if file is None:
            return _Ways(self._link, self._link_in_status)
        return _Ways(
            partial(self._file, file, self._messenger.post_clip, self._link),
            partial(
                self._file, file, self._messenger.clip_into_status, self._link_in_status
            ),
        )

    async def _file(
        self, file: ClipFile, send: SendFile, link: Post, job: Job
    ) -> MessageId:
        """Send a file; if Discord refuses its size, and none is smaller, the link."""
        until = self._link_dies_at(job) if file.is_copy else None
        try:
            return await send(job, file.path, until)
        except FileTooLarge:
            # Discord knows its limit better than we do.
            if self._fitting.note_refused(job, file):
                raise
            return await link(job)

    async def _link(self, job: Job) -> MessageId:
        return await self._messenger.post_link(job, self._link_dies_at(job))

    async def _link_in_status(self, job: Job) -> MessageId:
        return await self._messenger.link_into_status(job, self._link_dies_at(job))

    def _link_dies_at(self, job: Job) -> datetime:
        return (job.done_at or self._clock.now()) + timedelta(seconds=LINK_LIFE_S)

    async def _post(self, claim: Claim, ways: _Ways, call: Call) -> MessageId:
        job = claim.job
        if job.clip_message_id is not None:
            # Begun before: it may be in the status message, and must go nowhere else.
            return await self._edit_status(job, ways.status, call)
        clip = PostOnce(
            intended_at=job.post_intended_at,
            find=noted_search(
                call, partial(self._messenger.find_posted, job, Posting.CLIP)
            ),
            gate=partial(self._gate.check, job),
            intend=partial(self._intend, claim),
            post=noted(call, partial(ways.message, job)),
            instead=partial(self._move_into_status, claim, ways.status, call),
        )
        return (await clip.do(self._clock.now())).message_id

    async def _move_into_status(
        self, claim: Claim, edit: Post, call: Call
    ) -> MessageId:
        job = claim.job
        log.warning("clip posted in status message")
        # Recorded first: the status board must not undo it.
        note = JobChanges(clip_message_id=job.status_message_id)
        await self._jobs.note_claimed(claim, note)
        return await self._edit_status(job, edit, call)

    async def _edit_status(self, job: Job, edit: Post, call: Call) -> MessageId:
        try:
            async with status_held(self._jobs, job, self._clock):
                with noting_discord(call):
                    return await edit(job)
        except MessageGone as error:
            msg = "there is no status message either"
            raise SearchInconclusive(msg) from error

    async def _intend(self, claim: Claim, at: datetime | None) -> None:
        await self._jobs.note_claimed(claim, JobChanges(post_intended_at=at))
