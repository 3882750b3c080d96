"""Posts and edits in Discord by bot token: the `Messenger` that the workers need.

Channels are addressed by id, never kept: what discord.py remembers of them may be old
after a reconnect.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from weakref import WeakValueDictionary

import discord
from discord.http import handle_message_parameters

from bot.domain.ids import GuildId, MessageId
from bot.domain.jobs import Job, clip_nonce, notice_nonce
from bot.errors import MessageGone, MessengerDown, SearchInconclusive, TokenExpired
from bot.ports import Clock, Posting
from bot.texts.texts import Texts
from cogs.clip import clip_filename, clip_sheet, link_sheet
from cogs.custom_ids import Bearer
from cogs.discord_errors import on_the_wire
from cogs.layout import Sheet
from cogs.marks import bears_mark
from cogs.notice import notice_sheet
from cogs.status import status_looks, status_sheet

UPLOAD_WITHIN_S = 240.0
CALL_WITHIN_S = 60.0
"""discord.py itself repeats some failures, for up to 25 s."""

SEARCH_FROM_BEFORE = timedelta(minutes=1)
"""Discord's clock gives messages their ids, and it may differ from ours."""
SEARCH_MOST_MESSAGES = 300
"""Three requests."""

_SHOWN_REMEMBERED = 2048
_BOOSTED_TIER = 2
"""From this boost tier on discord.py's table of file limits is right."""
_NOBODY = discord.AllowedMentions.none()
_BEARERS = {Posting.CLIP: Bearer.CLIP, Posting.NOTICE: Bearer.NOTICE}


class DiscordMessenger:
    """Speaks in channels for the bot. Every failure is a `MessengerError`."""

    def __init__(
        self,
        client: discord.Client,
        texts: Texts,
        clock: Clock,
        *,
        upload_limit_bytes: int,
    ) -> None:
        self._client = client
        self._texts = texts
        self._clock = clock
        self._upload_limit_bytes = upload_limit_bytes
        self._shown: OrderedDict[MessageId, int] = OrderedDict()
        """What each status message shows, as a hash; the longest unchanged go first."""
        self._replaced: set[MessageId] = set()
        """Status messages that have become clips: each is a rare event."""
        self._edits: WeakValueDictionary[MessageId, asyncio.Lock] = (
            WeakValueDictionary()
        )

    async def post_clip(self, job: Job, clip: Path) -> MessageId:
        """Post a clip as a new message that mentions the requester.

        A repetition within Discord's memory of nonces returns the first message.
        """
        async with self._wire("post clip", within_s=UPLOAD_WITHIN_S):
            sheet = clip_sheet(self._texts, job)
            # Opened anew for each attempt, and closed by discord.py when it is sent.
            file = discord.File(clip, filename=clip_filename(job.id))
            return await self._send(job, sheet, clip_nonce(job.id), file)

    async def post_link(self, job: Job, expires_at: datetime) -> MessageId:
        """Post the clip's address instead of a file, saying until when it works."""
        sheet = link_sheet(self._texts, job, expires_at)
        return await self._post("post link", job, sheet, clip_nonce(job.id))

    async def post_notice(self, job: Job) -> MessageId:
        """Post why there is no clip, as a new message that mentions the requester."""
        sheet = notice_sheet(self._texts, job)
        return await self._post("post notice", job, sheet, notice_nonce(job.id))

    async def find_posted(self, job: Job, posting: Posting) -> MessageId | None:
        """Search the channel since the intent to post for a job's clip or notice.

        Raises:
            SearchInconclusive: If more than 300 messages have followed since, or they
                may not be read.
        """
        intended_at = (
            job.post_intended_at if posting is Posting.CLIP else job.notice_intended_at
        )
        if intended_at is None:
            return None
        return await self._search(job, _BEARERS[posting], intended_at)

    async def find_status(self, job: Job) -> MessageId | None:
        """Search the channel since the request for a job's status message.

        Raises:
            SearchInconclusive: As `find_posted`.
        """
        return await self._search(job, Bearer.STATUS, job.requested_at)

    async def clip_into_status(self, job: Job, clip: Path) -> MessageId:
        """Make the status message the one that brings the clip.

        It can be repeated: an edit replaces the file that is there. Nobody is notified
        by it. `edit_status` leaves that message alone from now on.

        Raises:
            MessageGone: If there is no status message.
        """
        return await self._replace_status(job, clip_sheet(self._texts, job), clip)

    async def link_into_status(self, job: Job, expires_at: datetime) -> MessageId:
        """As `clip_into_status`, with the link instead of the file."""
        sheet = link_sheet(self._texts, job, expires_at)
        return await self._replace_status(job, sheet, None)

    async def edit_status(self, job: Job, position: int | None) -> bool:
        """Make the status message show the job as it is now.

        Returns False if it shows that already, so that Discord was not asked.
        """
        if job.status_message_id is None:
            return False
        async with self._editing(job.status_message_id):
            if job.status_message_id in self._replaced:
                return False
            return await self._edit_status(job, job.status_message_id, position)

    async def _edit_status(
        self, job: Job, message_id: MessageId, position: int | None
    ) -> bool:
        now = self._clock.now()
        looks = hash(status_looks(job, position=position, now=now))
        if self._shown.get(message_id) == looks:
            return False
        sheet = status_sheet(self._texts, job, position=position, now=now)
        async with self._wire("edit status"):
            await self._edit(job, message_id, sheet)
        self._remember(message_id, looks)
        return True

    async def original_response(self, job: Job) -> MessageId | None:
        """Read the answer to the job's interaction through its token.

        Returns None if there is none, or only one that says what went wrong.

        Raises:
            TokenExpired: If the token can no longer be used, or never was.
        """
        if job.interaction_token is None:
            msg = "read answer: no token"
            raise TokenExpired(msg)
        try:
            async with self._wire("read answer"):
                webhook = discord.Webhook.partial(
                    job.application_id, job.interaction_token, client=self._client
                )
                # Discord's name for the first answer, where others have numbers.
                message = await webhook.fetch_message("@original")  # type: ignore[arg-type]
        except MessageGone:
            return None
        if not bears_mark(message, job.id, Bearer.STATUS):
            # Who was told that it failed has not asked for it, and must not pay.
            return None
        return MessageId(message.id)

    def upload_limit_bytes(self, guild_id: GuildId) -> int:
        """Return the size in bytes of the largest file worth trying in a server."""
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.premium_tier < _BOOSTED_TIER:
            return self._upload_limit_bytes
        return max(self._upload_limit_bytes, guild.filesize_limit)

    async def _search(
        self, job: Job, bearer: Bearer, from_at: datetime
    ) -> MessageId | None:
        since = discord.Object(
            discord.utils.time_snowflake(from_at - SEARCH_FROM_BEFORE)
        )
        channel = self._channel(job)
        seen = 0
        async with self._wire("search channel"):
            async for message in channel.history(
                limit=SEARCH_MOST_MESSAGES, after=since, oldest_first=True
            ):
                seen += 1
                if self._is_ours(message) and bears_mark(message, job.id, bearer):
                    return MessageId(message.id)
            # Discord docs: who may not read the history is shown an empty one.
            readable = seen > 0 or [one async for one in channel.history(limit=1)]
        if seen >= SEARCH_MOST_MESSAGES or not readable:
            msg = f"search channel: {seen} messages, and no end of it"
            raise SearchInconclusive(msg)
        return None

    async def _replace_status(
        self, job: Job, sheet: Sheet, clip: Path | None
    ) -> MessageId:
        message_id = job.status_message_id
        if message_id is None:
            msg = "clip into status: there is no status message"
            raise MessageGone(msg)
        async with (
            self._editing(message_id),
            self._wire("clip into status", within_s=UPLOAD_WITHIN_S),
        ):
            await self._edit(job, message_id, sheet, clip)
            self._replaced.add(message_id)
        return message_id

    async def _edit(
        self, job: Job, message_id: MessageId, sheet: Sheet, clip: Path | None = None
    ) -> None:
        """Make a message show this and nothing else; whatever file it had goes.

        Below `PartialMessage.edit`, which makes a `Message` of Discord's answer: nobody
        looks at it, and status messages are edited more often than all else is done.
        """
        with handle_message_parameters(
            view=sheet,
            # What is listed is what remains: a repetition adds no second file.
            attachments=[]
            if clip is None
            else [discord.File(clip, filename=clip_filename(job.id))],
            # Without it Discord reads an edit with its own, wide, allowances.
            allowed_mentions=_NOBODY,
        ) as parameters:
            await self._client.http.edit_message(
                job.channel_id, message_id, params=parameters
            )

    def _editing(self, message_id: MessageId) -> asyncio.Lock:
        """Return what lets one edit of a message come after the other."""
        return self._edits.setdefault(message_id, asyncio.Lock())

    async def _post(self, call: str, job: Job, sheet: Sheet, nonce: str) -> MessageId:
        async with self._wire(call):
            return await self._send(job, sheet, nonce)

    async def _send(
        self, job: Job, sheet: Sheet, nonce: str, file: discord.File | None = None
    ) -> MessageId:
        """Post below `Messageable.send`, for the reason that `_edit` gives."""
        with handle_message_parameters(
            view=sheet,
            file=discord.utils.MISSING if file is None else file,
            nonce=nonce,
            allowed_mentions=_only_the_requester(job),
        ) as parameters:
            message = await self._client.http.send_message(
                job.channel_id, params=parameters
            )
        return MessageId(int(message["id"]))

    def _channel(self, job: Job) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(
            job.channel_id, guild_id=job.guild_id
        )

    def _is_ours(self, message: discord.Message) -> bool:
        return self._client.user is not None and message.author == self._client.user

    def _remember(self, message_id: MessageId, looks: int) -> None:
        self._shown[message_id] = looks
        self._shown.move_to_end(message_id)
        if len(self._shown) > _SHOWN_REMEMBERED:
            self._shown.popitem(last=False)

    @asynccontextmanager
    async def _wire(
        self, call: str, *, within_s: float = CALL_WITHIN_S
    ) -> AsyncIterator[None]:
        if self._client.application_id is None or self._client.is_closed():
            # Before it has logged in discord.py has nothing to send with.
            msg = f"{call}: not logged in"
            raise MessengerDown(msg)
        async with on_the_wire(call, within_s=within_s):
            yield


def _only_the_requester(job: Job) -> discord.AllowedMentions:
    return discord.AllowedMentions(
        everyone=False,
        roles=False,
        users=[discord.Object(job.user_id)],
        replied_user=False,
    )
