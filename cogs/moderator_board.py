"""Posts to moderators by bot token: cards, and lines in the log channel."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import discord

from bot.domain.ids import ChannelId, GuildId, MessageId
from bot.domain.jobs import Job
from bot.domain.moderation import Card, Report, card_nonce
from bot.errors import MessageGone, MessengerDown
from bot.moderation_ports import AuditRow
from bot.texts.texts import DEFAULT_LOCALE, Texts
from cogs.audit_lines import log_sheet
from cogs.cards import card_sheet
from cogs.custom_ids import card_press
from cogs.discord_errors import on_the_wire
from cogs.marks import custom_ids

CALL_WITHIN_S = 60.0
SEARCH_FROM_BEFORE = timedelta(minutes=1)
"""Discord's clock gives messages their ids, and it may differ from ours."""
SEARCH_MOST_MESSAGES = 100
NOBODY = discord.AllowedMentions.none()


class DiscordCardBoard:
    """Implements `bot.moderation_ports.CardBoard`. Nothing here pings anybody."""

    def __init__(self, client: discord.Client, texts: Texts) -> None:
        self._client = client
        self._texts = texts

    async def post_card(
        self, card: Card, job: Job, report: Report | None, *, show_prompt: bool
    ) -> MessageId:
        """Post a card; a repetition soon after returns the first message."""
        sheet = card_sheet(self._texts, card, job, report, show_prompt=show_prompt)
        async with self._wire("post card"):
            message = await self._channel(card.channel_id).send(
                view=sheet, nonce=card_nonce(card.id), allowed_mentions=NOBODY
            )
        return MessageId(message.id)

    async def find_card(self, card: Card) -> MessageId | None:
        """Search the channel since the intent to post for a card's buttons."""
        if card.intended_at is None:
            return None
        since = discord.utils.time_snowflake(card.intended_at - SEARCH_FROM_BEFORE)
        subject = card.report_id or card.job_id
        async with self._wire("search card"):
            async for message in self._channel(card.channel_id).history(
                limit=SEARCH_MOST_MESSAGES,
                after=discord.Object(since),
                oldest_first=True,
            ):
                presses = [card_press(one) for one in custom_ids(message.components)]
                if message.author == self._client.user and any(
                    press is not None and press.subject == subject for press in presses
                ):
                    return MessageId(message.id)
        return None

    async def edit_card(
        self, card: Card, job: Job, report: Report | None, *, show_prompt: bool
    ) -> None:
        """Make a card show what it is about as it is now."""
        assert card.message_id is not None
        sheet = card_sheet(self._texts, card, job, report, show_prompt=show_prompt)
        async with self._wire("edit card"):
            message = self._channel(card.channel_id).get_partial_message(
                card.message_id
            )
            await message.edit(view=sheet, allowed_mentions=NOBODY)

    async def delete_clip(self, channel_id: ChannelId, message_id: MessageId) -> None:
        """Delete a message. One that is gone already is no error."""
        try:
            async with self._wire("delete clip"):
                message = self._channel(channel_id).get_partial_message(message_id)
                await message.delete()
        except MessageGone:
            return

    async def post_log_line(
        self, channel_id: ChannelId, row: AuditRow, job: Job | None
    ) -> None:
        """Post what was done as one message, in the server's language."""
        sheet = log_sheet(self._texts, self._locale(row.entry.guild_id), row, job)
        async with self._wire("post log line"):
            await self._channel(channel_id).send(
                view=sheet, nonce=f"log-{row.id}", allowed_mentions=NOBODY
            )

    def _locale(self, guild_id: GuildId) -> str:
        guild = self._client.get_guild(guild_id)
        return DEFAULT_LOCALE if guild is None else str(guild.preferred_locale)

    def _channel(self, channel_id: ChannelId) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id)

    @asynccontextmanager
    async def _wire(self, call: str) -> AsyncIterator[None]:
        if self._client.user is None or self._client.is_closed():
            # Before it has logged in discord.py has nothing to send with.
            msg = f"{call}: not logged in"
            raise MessengerDown(msg)
        async with on_the_wire(call, within_s=CALL_WITHIN_S):
            yield
