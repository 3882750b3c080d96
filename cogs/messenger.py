"""Posts and edits in Discord by bot token: the `Messenger` that the workers need.

Channels are addressed by id, never kept: what discord.py remembers of them may be old
after a reconnect.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import discord

from bot.domain.ids import GuildId, MessageId
from bot.domain.jobs import Job, clip_nonce, notice_nonce
from bot.errors import MessageGone, MessengerDown, TokenExpired
from bot.ports import Clock, Posting
from bot.texts.texts import Texts
from cogs.clip import clip_filename, clip_sheet, link_sheet
from cogs.custom_ids import Bearer
from cogs.discord_errors import on_the_wire
from cogs.layout import Sheet
from cogs.marks import bears_mark
from cogs.notice import notice_sheet
from cogs.status import status_sheet

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

    async def post_clip(self, job: Job, clip: Path) -> MessageId:
        """Post a clip as a new message that mentions the requester.

        A repetition within Discord's memory of nonces returns the first message.
        """
        async with self._wire("post clip", within_s=UPLOAD_WITHIN_S):
            message = await self._channel(job).send(
                view=clip_sheet(self._texts, job),
                # Opened anew for each attempt, and closed by discord.py.
                file=discord.File(clip, filename=clip_filename(job.id)),
                nonce=clip_nonce(job.id),
                allowed_mentions=_only_the_requester(job),
            )
        return MessageId(message.id)

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

        None also where more than 300 messages have followed since.
        """
        intended_at = (
            job.post_intended_at if posting is Posting.CLIP else job.notice_intended_at
        )
        if intended_at is None:
            return None
        since = discord.utils.time_snowflake(intended_at - SEARCH_FROM_BEFORE)
        async with self._wire("search channel"):
            async for message in self._channel(job).history(
                limit=SEARCH_MOST_MESSAGES,
                after=discord.Object(since),
                oldest_first=True,
            ):
                if self._is_ours(message) and bears_mark(
                    message, job.id, _BEARERS[posting]
                ):
                    return MessageId(message.id)
        return None

    async def edit_status(self, job: Job, position: int | None) -> bool:
        """Make the status message show the job as it is now.

        Returns False if it shows that already, so that Discord was not asked.
        """
        if job.status_message_id is None:
            return False
        sheet = status_sheet(self._texts, job, position=position, now=self._clock.now())
        looks = hash(sheet.drawing())
        if self._shown.get(job.status_message_id) == looks:
            return False
        async with self._wire("edit status"):
            await self._message(job, job.status_message_id).edit(
                view=sheet,
                attachments=[],
                # Without it Discord reads an edit with its own, wide, allowances.
                allowed_mentions=discord.AllowedMentions.none(),
            )
        self._remember(job.status_message_id, looks)
        return True

    async def delete_status(self, job: Job) -> None:
        """Delete the status message. One that is gone already is no error."""
        if job.status_message_id is None:
            return
        try:
            async with self._wire("delete status"):
                await self._message(job, job.status_message_id).delete()
        except MessageGone:
            return

    async def original_response(self, job: Job) -> MessageId | None:
        """Read the answer to the job's interaction through its token.

        Returns None if there is none.

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
        return MessageId(message.id)

    def upload_limit_bytes(self, guild_id: GuildId) -> int:
        """Return the size in bytes of the largest file worth trying in a server."""
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.premium_tier < _BOOSTED_TIER:
            return self._upload_limit_bytes
        return max(self._upload_limit_bytes, guild.filesize_limit)

    async def _post(self, call: str, job: Job, sheet: Sheet, nonce: str) -> MessageId:
        async with self._wire(call):
            message = await self._channel(job).send(
                view=sheet, nonce=nonce, allowed_mentions=_only_the_requester(job)
            )
        return MessageId(message.id)

    def _channel(self, job: Job) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(
            job.channel_id, guild_id=job.guild_id
        )

    def _message(self, job: Job, message_id: MessageId) -> discord.PartialMessage:
        return self._channel(job).get_partial_message(message_id)

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
