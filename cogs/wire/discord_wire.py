"""Discord's messages below discord.py's objects: sent, edited and read as JSON.

The one module that uses what discord.py does not promise to keep: its HTTP client's
calls, and the adapter for interaction tokens. What is called within `asking` has the
errors of `bot.errors`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from zlib import crc32

import discord
from discord.http import handle_message_parameters
from discord.webhook.async_ import async_context, interaction_message_response_params

from bot.errors import MessengerDown
from bot.ids import ChannelId, MessageId
from cogs.drawing.layout import Sheet
from cogs.wire.discord_errors import on_the_wire
from cogs.wire.found_messages import (
    FoundMessage,
    answered_message_id,
    message_id,
    read_message,
    read_messages,
)

NOBODY = discord.AllowedMentions.none()
LARGEST_PAGE = 100
"""Discord docs, "Get Channel Messages"."""


def number_of(nonce: str) -> int:
    """Return the number that a message with this nonce bears on its first component.

    Discord keeps such numbers (of 32 bits, not 0) with the message, where it forgets a
    nonce after minutes.
    """
    return crc32(nonce.encode()) & 0x7FFFFFFF or 1


class DiscordWire:
    """Calls of one client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    @asynccontextmanager
    async def asking(self, call: str, *, within_s: float) -> AsyncIterator[None]:
        """Give calls to Discord their time, and their errors our names.

        Raises:
            MessengerError: If they fail, or take longer than `within_s` seconds.
        """
        if self._client.user is None or self._client.is_closed():
            # Before it has logged in discord.py has nothing to send with.
            msg = f"{call}: not logged in"
            raise MessengerDown(msg, refused=True)
        async with on_the_wire(call, within_s=within_s):
            yield

    def is_ours(self, message: FoundMessage) -> bool:
        """Return whether this bot wrote a message."""
        user = self._client.user
        return user is not None and message.author_id == user.id

    async def post(
        self,
        channel_id: ChannelId,
        sheet: Sheet,
        nonce: str,
        allowed_mentions: discord.AllowedMentions,
        file: discord.File | None,
    ) -> MessageId:
        """Post a message by bot token.

        A repetition within Discord's memory of nonces returns the first message.
        """
        with handle_message_parameters(
            view=sheet,
            file=discord.utils.MISSING if file is None else file,
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
        sheet: Sheet,
        clip: discord.File | None,
    ) -> None:
        """Make a message show this and nothing else, by bot token.

        Whatever file it had goes: a repetition adds no second one.
        """
        with handle_message_parameters(
            view=sheet,
            attachments=[] if clip is None else [clip],
            # Without it Discord reads an edit with its own, wide, allowances.
            allowed_mentions=NOBODY,
        ) as parameters:
            await self._client.http.edit_message(
                channel_id, edited_id, params=parameters
            )

    async def since(
        self, channel_id: ChannelId, at: datetime, most: int
    ) -> AsyncIterator[FoundMessage]:
        """Yield a channel's messages since then, the oldest first, at most so many."""
        after = discord.utils.time_snowflake(at)
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

    async def latest(self, channel_id: ChannelId, most: int) -> list[FoundMessage]:
        """Return a channel's latest messages, at most a hundred."""
        raw: object = await self._client.http.logs_from(channel_id, most)
        return read_messages(raw)

    async def see(self, channel_id: ChannelId) -> None:
        """Return only if the bot's token can see a channel or thread."""
        await self._client.http.get_channel(channel_id)

    async def original(self, application_id: int, token: str) -> FoundMessage:
        """Read the first answer to an interaction through its token."""
        return read_message(
            await async_context.get().get_original_interaction_response(
                application_id, token, **self.session
            )
        )

    async def edit_original(
        self, application_id: int, token: str, sheet: Sheet, clip: discord.File | None
    ) -> None:
        """As `edit`, for the first answer to an interaction through its token."""
        with handle_message_parameters(
            view=sheet,
            attachments=[] if clip is None else [clip],
            allowed_mentions=NOBODY,
        ) as parameters:
            await async_context.get().edit_original_interaction_response(
                application_id,
                token,
                payload=parameters.payload,
                multipart=parameters.multipart,
                files=parameters.files,
                **self.session,
            )

    @property
    def session(self) -> dict[str, Any]:
        """What the adapter for interaction tokens sends with."""
        http: Any = self._client.http
        return {
            "session": http._HTTPClient__session,  # noqa: SLF001 - has no other name
            "proxy": http.proxy,
            "proxy_auth": http.proxy_auth,
        }


async def answer(interaction: discord.Interaction, sheet: Sheet) -> MessageId:
    """Answer an interaction with a message, and return its id.

    As `InteractionResponse.send_message`, but that nothing is made of what Discord
    says to it.
    """
    response: Any = interaction.response
    if response.is_done():
        raise discord.InteractionResponded(interaction)
    state: Any = interaction._state  # noqa: SLF001 - as `send_message` itself
    with interaction_message_response_params(
        type=discord.InteractionResponseType.channel_message.value,
        view=sheet,
        previous_allowed_mentions=state.allowed_mentions,
    ) as parameters:
        told: object = await async_context.get().create_interaction_response(
            interaction.id,
            interaction.token,
            params=parameters,
            **DiscordWire(interaction.client).session,
        )
    # From now on whoever has more to say sends a follow-up.
    kind = discord.InteractionResponseType.channel_message
    response._response_type = kind  # noqa: SLF001 - as `send_message` itself
    return answered_message_id(told)
