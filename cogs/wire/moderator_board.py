"""Posts to moderators by bot token: cards, and lines in the log channel."""

import asyncio
from functools import partial

import structlog

from bot.errors import AnswerUnreadable, MessageGone
from bot.ids import ChannelId, MessageId
from bot.jobs.jobs import Job
from bot.moderation.ports import AuditRow
from bot.moderation.records import Card, Report, card_nonce
from bot.texts.texts import Texts
from cogs.drawing.audit_lines import log_view
from cogs.drawing.cards import card_view, is_open
from cogs.drawing.custom_ids import card_press
from cogs.wire.discord_wire import NOBODY, DiscordWire, number_of
from cogs.wire.message_files import Draw, files_of, no_files, with_picture_if_taken
from cogs.wire.pictures import DiscordPictures
from cogs.wire.servers import Servers

log = structlog.get_logger(__name__)

PICTURE_WITHIN_S = 2.0
"""A card that takes longer casts doubt on all that is posted in Discord."""


class DiscordCardBoard:
    """Implements `bot.moderation.ports.CardBoard`, which says what it does."""

    def __init__(
        self,
        wire: DiscordWire,
        servers: Servers,
        texts: Texts,
        pictures: DiscordPictures,
    ) -> None:
        self._wire = wire
        self._pictures = pictures
        self._servers = servers
        self._texts = texts

    async def post_card(
        self, card: Card, job: Job, report: Report | None, *, show_prompt: bool
    ) -> MessageId:
        draw = self._draw(card, job, report, show_prompt=show_prompt)
        picture = await self._picture_of(job, report)

        async def post(*, with_picture: bool) -> MessageId:
            open_files = files_of(job.id, None, picture) if with_picture else no_files
            async with self._wire.asking("post card"):
                return await self._wire.post(
                    card.channel_id,
                    draw(with_picture=with_picture),
                    card_nonce(card.id),
                    NOBODY,
                    open_files(),
                )

        return await with_picture_if_taken(post, picture)

    async def find_card(self, card: Card) -> MessageId | None:
        if card.intended_at is None:
            return None
        subject = card.report_id or card.job_id
        async with self._wire.asking("search card"):
            async for message in self._wire.since(card.channel_id, card.intended_at):
                presses = [card_press(one) for one in message.custom_ids]
                if self._wire.is_ours(message) and any(
                    press is not None and press.subject == subject for press in presses
                ):
                    return message.id
        return None

    async def edit_card(
        self, card: Card, job: Job, report: Report | None, *, show_prompt: bool
    ) -> None:
        assert card.message_id is not None
        message_id = card.message_id
        draw = self._draw(card, job, report, show_prompt=show_prompt)
        picture = await self._picture_of(job, report)

        async def edit(*, with_picture: bool) -> None:
            open_files = files_of(job.id, None, picture) if with_picture else no_files
            view = draw(with_picture=with_picture)
            async with self._wire.asking("edit card"):
                await self._wire.edit(card.channel_id, message_id, view, open_files())

        await with_picture_if_taken(edit, picture)

    async def delete_clip(self, channel_id: ChannelId, message_id: MessageId) -> None:
        try:
            async with self._wire.asking("delete clip"):
                await self._wire.delete(channel_id, message_id)
        except (MessageGone, AnswerUnreadable):
            return

    async def post_log_line(
        self, channel_id: ChannelId, row: AuditRow, job: Job | None
    ) -> MessageId:
        nonce = _log_nonce(row)
        view = log_view(
            self._texts,
            await self._servers.locale(row.entry.guild_id),
            row,
            job,
            number=number_of(nonce),
        )
        async with self._wire.asking("post log line"):
            return await self._wire.post(channel_id, view, nonce, NOBODY, ())

    async def find_log_line(
        self, channel_id: ChannelId, row: AuditRow
    ) -> MessageId | None:
        number = number_of(_log_nonce(row))
        async with self._wire.asking("search log line"):
            return await self._wire.find_numbered(channel_id, number)

    def _draw(
        self, card: Card, job: Job, report: Report | None, *, show_prompt: bool
    ) -> Draw:
        return partial(
            card_view, self._texts, card, job, report, show_prompt=show_prompt
        )

    async def _picture_of(self, job: Job, report: Report | None) -> bytes | None:
        """Return the picture that a reported clip begins with, while that is open.

        Returns None where it cannot be read at once: it stands beside the clip, too.
        """
        if report is None or not is_open(job, report):
            return None
        try:
            async with asyncio.timeout(PICTURE_WITHIN_S):
                return await self._pictures.of_clip(job)
        except TimeoutError:
            log.info("picture of a clip is slow", job_id=job.id)
            return None


def _log_nonce(row: AuditRow) -> str:
    # The time tells it from a row of the same number in a restored database.
    return f"log-{row.id % 10**9}-{int(row.entry.at.timestamp()) % 10**9}"
