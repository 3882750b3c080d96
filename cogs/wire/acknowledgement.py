"""The first answer to one interaction, as the intake of requests needs it."""

import discord

from bot.errors import AnswerUnreadable, MessageGone, MessengerError, TokenExpired
from bot.ids import MessageId
from bot.jobs.jobs import Job
from bot.texts.texts import Texts
from cogs.drawing.custom_ids import MessageKind
from cogs.drawing.status import status_view
from cogs.wire.discord_errors import AlreadyAnswered
from cogs.wire.discord_wire import DiscordWire, answer
from cogs.wire.found_messages import is_of_job

ANSWER_WITHIN_S = 8.0
"""Discord takes no answer after 3 s; request recovery begins after 10 s."""
WITHDRAW_WITHIN_S = 30.0


class InteractionAcknowledgement:
    """Implements `bot.requests.incoming.Acknowledgement`, which says what it does."""

    def __init__(
        self, interaction: discord.Interaction, texts: Texts, wire: DiscordWire
    ) -> None:
        self._interaction = interaction
        self._wire = wire
        self._texts = texts

    async def show_received(self, job: Job) -> MessageId:
        view = status_view(self._texts, job, position=None, now=job.state_since)
        try:
            async with self._wire.asking("acknowledge", within_s=ANSWER_WITHIN_S):
                return await answer(self._interaction, view)
        except (AlreadyAnswered, AnswerUnreadable) as error:
            return await self._own_answer(job, error)

    async def withdraw(self, job: Job) -> None:  # noqa: ARG002 - it has but one job
        try:
            async with self._wire.asking("withdraw", within_s=WITHDRAW_WITHIN_S):
                await self._interaction.delete_original_response()
        except (MessageGone, AnswerUnreadable):
            return

    async def _own_answer(self, job: Job, error: MessengerError) -> MessageId:
        """Find an answer that Discord took, although its success never reached us.

        Raises:
            TokenExpired: If the answer there is not this job's.
            AnswerUnreadable: If that was the trouble, and is again.
        """
        asked = self._interaction
        try:
            async with self._wire.asking("read answer", within_s=ANSWER_WITHIN_S):
                message = await self._wire.original(asked.application_id, asked.token)
        except MessengerError:
            raise error from None
        if not is_of_job(message, job.id, MessageKind.STATUS):
            raise TokenExpired(str(error)) from error
        return message.id
