"""Edits status messages, by interaction token or bot token."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import (
    AnswerUnreadable,
    FileTooLarge,
    MessageBlocked,
    MessageGone,
    MessengerDown,
    MessengerError,
    TokenExpired,
)
from bot.ids import MessageId
from bot.jobs.jobs import Job, live_token
from cogs.drawing.layout import MessageView
from cogs.wire.discord_wire import DiscordWire
from cogs.wire.message_files import OpenFiles, no_files

UPLOAD_WITHIN_S = 240.0
DISTRUST = timedelta(minutes=1)
"""Requests with dead tokens count towards a ban: ten thousand in ten minutes."""
_OF_THE_MESSAGE = (MessengerDown, MessageGone, MessageBlocked, FileTooLarge)
"""Errors that the other token would not change."""


class StatusEdits:
    """Edits by the interaction's token, and where that is no use by the bot's own.

    The first has a rate limit of its own for each message, where the second has one for
    each channel, and is taken where the bot itself may neither write nor see.
    """

    def __init__(self, wire: DiscordWire, clock: Clock) -> None:
        self._wire = wire
        self._clock = clock
        self._distrusted_until: datetime | None = None
        """No interaction token is tried until then: Discord rejected one as expired."""

    async def edit(
        self,
        call: str,
        job: Job,
        message_id: MessageId,
        view: MessageView,
        open_files: OpenFiles = no_files,
        *,
        within_s: float,
    ) -> None:
        """Make a job's status message show this and nothing else.

        Each token has `within_s` seconds.

        Raises:
            MessengerError: Of the bot token, where the other was no use.
        """
        if await self._by_interaction(call, job, view, open_files, within_s):
            return
        async with self._asking(call, within_s):
            files = open_files()
            await self._wire.edit(job.channel_id, message_id, view, files)

    async def _by_interaction(
        self,
        call: str,
        job: Job,
        view: MessageView,
        open_files: OpenFiles,
        within_s: float,
    ) -> bool:
        """Edit by the interaction's token; return False where the bot's may do better.

        Raises:
            MessengerError: If no token would do better.
        """
        now = self._clock.now()
        if self._distrusted_until is not None and now < self._distrusted_until:
            return False
        try:
            token = self.token(call, job)
        except TokenExpired:
            return False
        try:
            async with self._asking(f"{call} by token", within_s):
                files = open_files()
                await self._wire.edit_original(job.application_id, token, view, files)
        except TokenExpired:
            self._distrusted_until = now + DISTRUST
            return False
        except _OF_THE_MESSAGE:
            raise
        except MessengerError:
            return False
        return True

    def token(self, call: str, job: Job) -> str:
        """Return the token of a job's interaction while Discord still takes it.

        Raises:
            TokenExpired: Without asking Discord, which counts requests with dead ones
                against us.
        """
        token = live_token(job, self._clock.now())
        if token is None:
            msg = f"{call}: no token"
            raise TokenExpired(msg)
        return token

    @asynccontextmanager
    async def _asking(self, call: str, within_s: float) -> AsyncGenerator[None]:
        # What Discord says to an edit tells us nothing, so it need not be readable.
        with suppress(AnswerUnreadable):
            async with self._wire.asking(call, within_s=within_s):
                yield
