"""Posts and edits in Discord: the `Messenger` that the workers need.

Channels are addressed by id, never kept: what discord.py remembers of them may be old
after a reconnect.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import discord

from bot.clock import Clock
from bot.errors import (
    MessageGone,
    MessengerError,
    SearchInconclusive,
)
from bot.ids import GuildId, MessageId
from bot.jobs.failures import ABOUT_CONTENT
from bot.jobs.jobs import Job, clip_nonce, notice_nonce
from bot.jobs.states import OPEN_STATES
from bot.pictures.ports import Pictures
from bot.pipeline.ports import EditEnd, Posting, StatusEdit
from bot.texts.texts import Texts
from cogs.drawing.clip import clip_view, link_view
from cogs.drawing.custom_ids import MessageKind
from cogs.drawing.layout import MessageView
from cogs.drawing.notice import notice_view
from cogs.drawing.status import status_looks, status_view
from cogs.wire.discord_wire import CALL_WITHIN_S, SEARCH_MOST_MESSAGES, DiscordWire
from cogs.wire.found_messages import is_of_job
from cogs.wire.message_files import (
    Draw,
    OpenFiles,
    files_of,
    no_files,
    with_picture_if_taken,
)
from cogs.wire.message_turns import MessageTurns
from cogs.wire.servers import Servers
from cogs.wire.status_edits import UPLOAD_WITHIN_S, StatusEdits

PROGRESS_WITHIN_S = 10.0
"""An edit that is no last word and hangs keeps other processes from the last word."""
_BOOSTED_TIER = 2
"""From this boost tier on discord.py's table of file limits is right."""
_MESSAGE_KINDS = {Posting.CLIP: MessageKind.CLIP, Posting.NOTICE: MessageKind.NOTICE}


class DiscordMessenger:
    """Implements `bot.pipeline.ports.Messenger`, which says what it does."""

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        wire: DiscordWire,
        servers: Servers,
        texts: Texts,
        clock: Clock,
        *,
        pictures: Pictures,
        can_continue: Callable[[Job], bool],
        upload_limit_bytes: int,
    ) -> None:
        self._wire = wire
        self._pictures = pictures
        self._can_continue = can_continue
        self._servers = servers
        self._status_edits = StatusEdits(wire, clock)
        self._texts = texts
        self._clock = clock
        self._upload_limit_bytes = upload_limit_bytes
        self._turns = MessageTurns()

    async def post_clip(
        self, job: Job, clip: Path, original_until: datetime | None = None
    ) -> MessageId:
        draw = partial(self._clip_view, job, original_until)
        return await self._post("post clip", job, draw, clip_nonce(job.id), clip)

    async def post_link(self, job: Job, expires_at: datetime) -> MessageId:
        draw = partial(link_view, self._texts, job, expires_at)
        return await self._post("post link", job, draw, clip_nonce(job.id))

    async def post_notice(self, job: Job) -> MessageId:
        draw = partial(notice_view, self._texts, job)
        return await self._post("post notice", job, draw, notice_nonce(job.id))

    async def find_posted(self, job: Job, posting: Posting) -> MessageId | None:
        intended_at = (
            job.post_intended_at if posting is Posting.CLIP else job.notice_intended_at
        )
        if intended_at is None:
            return None
        return await self._search(job, _MESSAGE_KINDS[posting], intended_at)

    async def find_status(self, job: Job) -> MessageId | None:
        return await self._search(job, MessageKind.STATUS, job.requested_at)

    async def clip_into_status(
        self, job: Job, clip: Path, original_until: datetime | None = None
    ) -> MessageId:
        picture = await self._picture_of(job)

        async def edit(*, with_picture: bool) -> MessageId:
            view = self._clip_view(job, original_until, with_picture=with_picture)
            files = files_of(job.id, clip, picture if with_picture else None)
            return await self._replace_status("clip into status", job, view, files)

        return await with_picture_if_taken(edit, picture)

    async def link_into_status(self, job: Job, expires_at: datetime) -> MessageId:
        # What can be put nowhere else comes without its picture: that may be why.
        view = link_view(self._texts, job, expires_at)
        return await self._replace_status("link into status", job, view, no_files)

    async def notice_into_status(self, job: Job) -> MessageId:
        message_id = _status_of(job)
        async with self._turns.replace(message_id, for_good=False):
            view = notice_view(self._texts, job)
            await self._status_edits.edit(
                "notice into status", job, message_id, view, within_s=CALL_WITHIN_S
            )
        return message_id

    async def edit_status(self, job: Job, position: int | None) -> StatusEdit:
        message_id = job.status_message_id
        if message_id is None:
            return StatusEdit(end=EditEnd.NOT_ASKED, shows=None)
        is_last = job.state not in OPEN_STATES
        had_turn = False
        try:
            async with self._turns.edit(message_id, is_last=is_last):
                had_turn = True
                return await self._edit_status(job, message_id, position)
        except TimeoutError:
            if had_turn:
                return StatusEdit(end=EditEnd.GIVEN_UP, shows=None)
            return StatusEdit(end=EditEnd.NOT_ASKED, shows=job.status_shown)

    async def _edit_status(
        self, job: Job, message_id: MessageId, position: int | None
    ) -> StatusEdit:
        now = self._clock.now()
        looks = status_looks(job, position=position, now=now)
        if job.status_shown == looks:
            return StatusEdit(end=EditEnd.NOT_ASKED, shows=looks)
        view = status_view(self._texts, job, position=position, now=now)
        is_last = job.state not in OPEN_STATES
        within_s = CALL_WITHIN_S if is_last else PROGRESS_WITHIN_S
        await self._status_edits.edit(
            "edit status", job, message_id, view, within_s=within_s
        )
        return StatusEdit(end=EditEnd.ANSWERED, shows=looks)

    async def original_response(self, job: Job) -> MessageId | None:
        token = self._status_edits.token("read answer", job)
        try:
            async with self._wire.asking("read answer"):
                message = await self._wire.original(job.application_id, token)
        except MessageGone:
            return None
        if not is_of_job(message, job.id, MessageKind.STATUS):
            # Who was told that it failed has not asked for it, and must not pay.
            return None
        return message.id

    async def end_answer(self, job: Job) -> None:
        token = self._status_edits.token("end answer", job)
        view = status_view(self._texts, job, position=None, now=self._clock.now())
        async with self._wire.asking("end answer"):
            await self._wire.edit_original(job.application_id, token, view, ())

    async def upload_limit_bytes(self, guild_id: GuildId) -> int:
        try:
            guild = await self._servers.find(guild_id)
        except MessengerError:
            guild = None  # a larger file goes as a link then
        if guild is None or guild.premium_tier < _BOOSTED_TIER:
            return self._upload_limit_bytes
        return max(self._upload_limit_bytes, guild.filesize_limit)

    async def _search(
        self, job: Job, message_kind: MessageKind, from_at: datetime
    ) -> MessageId | None:
        seen = 0
        async with self._wire.asking("search channel"):
            async for message in self._wire.since(job.channel_id, from_at):
                seen += 1
                ours = self._wire.is_ours(message)
                if ours and is_of_job(message, job.id, message_kind):
                    return message.id
            # Discord docs: who may not read the history is shown an empty one.
            readable = seen > 0 or await self._wire.latest(job.channel_id, 1)
            if seen >= SEARCH_MOST_MESSAGES or not readable:
                msg = f"search channel: {seen} messages, and no end of it"
                raise SearchInconclusive(msg)
        return None

    async def _replace_status(
        self, call: str, job: Job, view: MessageView, open_files: OpenFiles
    ) -> MessageId:
        message_id = _status_of(job)
        within_s = CALL_WITHIN_S if open_files is no_files else UPLOAD_WITHIN_S
        async with self._turns.replace(message_id, for_good=True):
            await self._status_edits.edit(
                call, job, message_id, view, open_files, within_s=within_s
            )
        return message_id

    @asynccontextmanager
    async def _posting(
        self, call: str, job: Job, *, within_s: float
    ) -> AsyncGenerator[None]:
        async with (
            self._turns.post(job.status_message_id),
            self._wire.asking(call, within_s=within_s),
        ):
            yield

    async def _post(
        self, call: str, job: Job, draw: Draw, nonce: str, clip: Path | None = None
    ) -> MessageId:
        """Post with the job's picture; without it where Discord takes none."""
        picture = await self._picture_of(job)

        async def post(*, with_picture: bool) -> MessageId:
            files = files_of(job.id, clip, picture if with_picture else None)
            uploads = with_picture or clip is not None
            within_s = UPLOAD_WITHIN_S if uploads else CALL_WITHIN_S
            async with self._posting(call, job, within_s=within_s):
                view = draw(with_picture=with_picture)
                return await self._send(job, view, nonce, files)

        return await with_picture_if_taken(post, picture)

    async def _send(
        self, job: Job, view: MessageView, nonce: str, open_files: OpenFiles
    ) -> MessageId:
        return await self._wire.post(
            job.channel_id, view, nonce, _only_the_requester(job), open_files()
        )

    def _clip_view(
        self, job: Job, original_until: datetime | None, *, with_picture: bool
    ) -> MessageView:
        return clip_view(
            self._texts,
            job,
            original_until,
            with_picture=with_picture,
            with_continue=self._can_continue(job),
        )

    async def _picture_of(self, job: Job) -> bytes | None:
        if job.request.picture is None or job.failure in ABOUT_CONTENT:
            return None
        return await self._pictures.of(job.id)


def _only_the_requester(job: Job) -> discord.AllowedMentions:
    return discord.AllowedMentions(
        everyone=False,
        roles=False,
        users=[discord.Object(job.user_id)],
        replied_user=False,
    )


def _status_of(job: Job) -> MessageId:
    """Return a job's status message.

    Raises:
        MessageGone: If it has none.
    """
    if job.status_message_id is None:
        msg = "there is no status message"
        raise MessageGone(msg)
    return job.status_message_id
