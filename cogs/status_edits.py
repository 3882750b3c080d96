"""Edits of status messages, by whatever token may still make them."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import discord

from bot.domain.ids import MessageId
from bot.domain.jobs import Job
from bot.errors import (
    AnswerUnreadable,
    FileTooLarge,
    MessageBlocked,
    MessageGone,
    MessengerDown,
    MessengerError,
    TokenExpired,
)
from bot.ports import Clock
from cogs.clip import clip_filename
from cogs.layout import Sheet
from cogs.wire import DiscordWire

UPLOAD_WITHIN_S = 240.0
CALL_WITHIN_S = 60.0
"""discord.py itself repeats some failures, for up to 25 s."""
TOKEN_LIFE = timedelta(minutes=15)
"""Discord docs, "Receiving and Responding"."""
_MARGIN = timedelta(seconds=10)
_OF_THE_MESSAGE = (MessengerDown, MessageGone, MessageBlocked, FileTooLarge)
"""What another token would not change."""


class StatusEdits:
    """Edits by bot token, and where that is refused by the interaction's token."""

    def __init__(self, wire: DiscordWire, clock: Clock) -> None:
        self._wire = wire
        self._clock = clock

    async def edit(
        self,
        call: str,
        job: Job,
        message_id: MessageId,
        sheet: Sheet,
        clip: Path | None = None,
    ) -> None:
        """Make a job's status message show this and nothing else.

        Raises:
            MessengerError: Of the bot token, if there is no other any more.
        """

        def file() -> discord.File | None:
            return None if clip is None else clip_file(job, clip)

        async def by_bot() -> None:
            await self._wire.edit(job.channel_id, message_id, sheet, file())

        async def by_interaction() -> None:
            token = self.token(call, job)
            await self._wire.edit_original(job.application_id, token, sheet, file())

        within_s = CALL_WITHIN_S if clip is None else UPLOAD_WITHIN_S
        try:
            await self._within(call, by_bot, within_s)
        except _OF_THE_MESSAGE:
            raise
        except MessengerError as refusal:
            try:
                await self._within(f"{call} by token", by_interaction, within_s)
            except TokenExpired:
                raise refusal from None

    def token(self, call: str, job: Job) -> str:
        """Return the token of a job's interaction while Discord still takes it.

        Raises:
            TokenExpired: Without asking Discord, which counts requests with dead ones
                against us.
        """
        age = self._clock.now() - job.requested_at
        if job.interaction_token is None or age >= TOKEN_LIFE - _MARGIN:
            msg = f"{call}: no token"
            raise TokenExpired(msg)
        return job.interaction_token

    async def _within(
        self, call: str, edit: Callable[[], Awaitable[None]], within_s: float
    ) -> None:
        # What Discord says to an edit tells us nothing, so it need not be readable.
        with suppress(AnswerUnreadable):
            async with self._wire.asking(call, within_s=within_s):
                await edit()


def clip_file(job: Job, clip: Path) -> discord.File:
    """Open a clip for one attempt; discord.py closes it when it is sent."""
    return discord.File(clip, filename=clip_filename(job.id))
