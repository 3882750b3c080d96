"""Discord's messages below discord.py's objects: sent, edited and read as JSON.

The one module that uses discord.py's HTTP client and its adapter for interaction
tokens, which have no documentation. What is called within `asking` has the
errors of `bot.errors`.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, BinaryIO, cast
from zlib import crc32

import aiohttp
import discord
from discord.http import Route, handle_message_parameters
from discord.webhook.async_ import async_context, interaction_message_response_params

from bot.counting import CountRequest, counted
from bot.errors import FileTooLarge, MessageGone, MessengerDown
from bot.ids import ChannelId, GuildId, MessageId
from cogs.drawing.layout import MessageView
from cogs.private_api import note_answered, session_of
from cogs.wire.discord_errors import on_the_wire
from cogs.wire.found_messages import (
    FoundMessage,
    answered_message_id,
    message_id,
    read_message,
    read_messages,
)

NOBODY = discord.AllowedMentions.none()
CALL_WITHIN_S = 60.0
"""discord.py itself repeats some failures, for up to 25 s."""
LARGEST_PAGE = 100
"""Discord docs, "Get Channel Messages"."""
SEARCH_FROM_BEFORE = timedelta(minutes=1)
"""Discord's clock gives messages their ids, and it may differ from ours."""
SEARCH_MOST_MESSAGES = 300
"""Three requests."""
SILENT_FOR_S = 5.0
"""Until a file of which nothing comes is given up."""
WRITTEN_AT_ONCE = 1024 * 1024
"""Bytes of a file that are written in one go, on a thread."""


_ENDPOINTS = MappingProxyType(
    {
        "read answer": "original_response",
        "search channel": "search",
    }
)
"""What metrics call a request, where that is not the name of the call."""


_GONE = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""What Discord's file servers say of a link that has expired, or of a deleted file."""


def _endpoint(call: str) -> str:
    return _ENDPOINTS.get(call, call.removesuffix(" by token").replace(" ", "_"))


def number_of(nonce: str) -> int:
    """Return the number that marks the first component of a message with this nonce.

    Discord keeps such numbers (of 32 bits, not 0) with the message, where it forgets a
    nonce after minutes.
    """
    return crc32(nonce.encode()) & 0x7FFFFFFF or 1


class DiscordWire:
    """Calls of one client, each of them counted."""

    def __init__(self, client: discord.Client, count: CountRequest) -> None:
        self._client = client
        self._count = count

    @asynccontextmanager
    async def asking(
        self, call: str, *, within_s: float = CALL_WITHIN_S
    ) -> AsyncIterator[None]:
        """Give calls to Discord their time, and their errors our names; count them.

        What is asked within one block counts as one request, by the name of `call`.

        Raises:
            MessengerError: If they fail, or take longer than `within_s` seconds.
        """
        if self._client.user is None or self._client.is_closed():
            # Before it has logged in discord.py has nothing to send with.
            msg = f"{call}: not logged in"
            raise MessengerDown(msg, refused=True)
        with counted(self._count, "discord", _endpoint(call)):
            async with on_the_wire(call, within_s=within_s):
                yield

    def is_ours(self, message: FoundMessage) -> bool:
        """Return whether this bot wrote a message."""
        user = self._client.user
        return user is not None and message.author_id == user.id

    async def post(
        self,
        channel_id: ChannelId,
        view: MessageView,
        nonce: str,
        allowed_mentions: discord.AllowedMentions,
        files: Sequence[discord.File],
    ) -> MessageId:
        """Post a message by bot token.

        A repetition within Discord's memory of nonces returns the first message.
        """
        with handle_message_parameters(
            view=view,
            files=files or discord.utils.MISSING,
            nonce=nonce,
            allowed_mentions=allowed_mentions,
        ) as parameters:
            answer: object = await self._client.http.send_message(
                channel_id, params=parameters
            )
        return message_id(answer.get("id") if isinstance(answer, dict) else None)

    async def edit(
        self,
        channel_id: ChannelId,
        edited_id: MessageId,
        view: MessageView,
        files: Sequence[discord.File],
    ) -> None:
        """Make a message show this and nothing else, by bot token.

        Whatever files it had go: a repetition adds none twice.
        """
        with handle_message_parameters(
            view=view,
            attachments=files,
            # Without it Discord reads an edit with its own, wide, allowances.
            allowed_mentions=NOBODY,
        ) as parameters:
            await self._client.http.edit_message(
                channel_id, edited_id, params=parameters
            )

    async def since(
        self, channel_id: ChannelId, at: datetime
    ) -> AsyncIterator[FoundMessage]:
        """Yield a channel's messages since a moment of our clock, the oldest first.

        At most `SEARCH_MOST_MESSAGES`: more may have followed.
        """
        after = discord.utils.time_snowflake(at - SEARCH_FROM_BEFORE)
        most = SEARCH_MOST_MESSAGES
        while most > 0:
            page_size = min(most, LARGEST_PAGE)
            raw: object = await self._client.http.logs_from(
                channel_id, page_size, after=after
            )
            page = sorted(read_messages(raw), key=lambda one: one.id)
            for message in page:
                yield message
            if len(page) < page_size:
                return
            after, most = page[-1].id, most - len(page)

    async def find_numbered(
        self, channel_id: ChannelId, number: int
    ) -> MessageId | None:
        """Search the channel's latest hundred messages for ours with a number.

        `number` is what `number_of` gave for its nonce.
        """
        for one in await self.latest(channel_id, LARGEST_PAGE):
            if self.is_ours(one) and number in one.component_ids:
                return one.id
        return None

    async def latest(self, channel_id: ChannelId, most: int) -> list[FoundMessage]:
        """Return a channel's latest messages, at most a hundred."""
        raw: object = await self._client.http.logs_from(channel_id, most)
        return read_messages(raw)

    async def delete(self, channel_id: ChannelId, message_id: MessageId) -> None:
        """Delete a message."""
        await self._client.http.delete_message(channel_id, message_id)

    async def message(
        self, channel_id: ChannelId, message_id: MessageId
    ) -> Mapping[str, Any]:
        """Read a message, as JSON."""
        message: Any = await self._client.http.get_message(channel_id, message_id)
        return cast("Mapping[str, Any]", message)

    async def download(self, url: str, into: BinaryIO, *, most_bytes: int) -> None:
        """Store a file that Discord has; the address must be one of its own.

        Raises:
            MessageGone: If the link is dead.
            FileTooLarge: If there are more than `most_bytes`.
            MessengerDown: If Discord answered anything else, or fell silent.
        """
        session: aiohttp.ClientSession = session_of(self._client)["session"]
        silent = aiohttp.ClientTimeout(
            total=None, sock_connect=SILENT_FOR_S, sock_read=SILENT_FOR_S
        )
        async with session.get(url, allow_redirects=False, timeout=silent) as response:
            if response.status in _GONE:
                msg = f"download: HTTP {response.status}"
                raise MessageGone(msg)
            if response.status != HTTPStatus.OK:
                msg = f"download: HTTP {response.status}"
                raise MessengerDown(msg, status=response.status)
            size, unwritten = 0, bytearray()
            async for piece in response.content.iter_any():
                size += len(piece)
                if size > most_bytes:
                    msg = f"download: more than {most_bytes} bytes"
                    raise FileTooLarge(msg)
                unwritten += piece
                if len(unwritten) >= WRITTEN_AT_ONCE:
                    await _write(into, bytes(unwritten))
                    unwritten.clear()
            await _write(into, bytes(unwritten))

    async def channel(self, channel_id: ChannelId) -> Mapping[str, Any]:
        """Read a channel or thread that the bot can see, as JSON."""
        channel: Any = await self._client.http.get_channel(channel_id)
        return cast("Mapping[str, Any]", channel)

    async def guild(self, guild_id: GuildId) -> Mapping[str, Any]:
        """Read a server, as JSON."""
        guild: Any = await self._client.http.get_guild(guild_id, with_counts=False)
        return cast("Mapping[str, Any]", guild)

    async def channels(self, guild_id: GuildId) -> Sequence[Mapping[str, Any]]:
        """Read a server's channels, without threads, as JSON."""
        channels: Any = await self._client.http.get_all_guild_channels(guild_id)
        return cast("Sequence[Mapping[str, Any]]", channels)

    async def own_membership(self, guild_id: GuildId) -> Mapping[str, Any]:
        """Read what this bot is in a server, as JSON."""
        assert self._client.user is not None
        me: Any = await self._client.http.get_member(guild_id, self._client.user.id)
        return cast("Mapping[str, Any]", me)

    async def commands(self, application_id: int) -> list[dict[str, Any]]:
        """Read our commands as Discord has them, in all languages, as JSON."""
        # discord.py's own call asks without localisations.
        path = "/applications/{application_id}/commands"
        commands: list[dict[str, Any]] = await self._client.http.request(
            Route("GET", path, application_id=application_id),
            params={"with_localizations": "true"},
        )
        return commands

    async def put_commands(
        self, application_id: int, commands: list[dict[str, Any]]
    ) -> None:
        """Replace all our commands."""
        await self._client.http.bulk_upsert_global_commands(application_id, commands)

    async def original(self, application_id: int, token: str) -> FoundMessage:
        """Read the first answer to an interaction through its token."""
        return read_message(
            await async_context.get().get_original_interaction_response(
                application_id, token, **session_of(self._client)
            )
        )

    async def edit_original(
        self,
        application_id: int,
        token: str,
        view: MessageView,
        files: Sequence[discord.File],
    ) -> None:
        """As `edit`, for the first answer to an interaction through its token."""
        with handle_message_parameters(
            view=view,
            attachments=files,
            allowed_mentions=NOBODY,
        ) as parameters:
            await async_context.get().edit_original_interaction_response(
                application_id,
                token,
                payload=parameters.payload,
                multipart=parameters.multipart,
                files=parameters.files,
                **session_of(self._client),
            )


async def _write(into: BinaryIO, data: bytes) -> None:
    """Write on a thread. Who is cancelled waits for its end: `into` is free again."""
    writing = asyncio.ensure_future(asyncio.to_thread(into.write, data))
    try:
        await asyncio.shield(writing)
    finally:
        await asyncio.wait([writing])


async def answer(interaction: discord.Interaction, view: MessageView) -> MessageId:
    """Answer an interaction with a message, and return its id.

    As `InteractionResponse.send_message`, but that nothing is made of what Discord
    says to it.
    """
    if interaction.response.is_done():
        raise discord.InteractionResponded(interaction)
    with interaction_message_response_params(
        type=discord.InteractionResponseType.channel_message.value,
        view=view,
        previous_allowed_mentions=interaction.client.allowed_mentions,
    ) as parameters:
        told: object = await async_context.get().create_interaction_response(
            interaction.id,
            interaction.token,
            params=parameters,
            **session_of(interaction.client),
        )
    note_answered(interaction.response)
    return answered_message_id(told)
