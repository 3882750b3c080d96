"""The one place where an error becomes a sentence that only the member sees.

Strangers' words never reach the member: what is not ours is an "unexpected" error, with
a reference under which the log has the details.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import discord
import structlog
from discord import app_commands

from bot.errors import (
    AnswerUnreadable,
    MessageGone,
    MessengerDown,
    MessengerError,
    StorageBroken,
    StorageBusy,
    StorageError,
    StorageFull,
    TokenExpired,
    UserError,
)
from bot.servers.places import Permission
from bot.texts.texts import Texts
from cogs.drawing.markup import relative
from cogs.wire.discord_errors import DiscordError, messenger_error
from cogs.wire.discord_wire import DiscordWire

log = structlog.get_logger(__name__)

ANSWER_WITHIN_S = 30.0
_STORAGE: Mapping[type[StorageError], str] = MappingProxyType(
    {
        StorageBusy: "failed-storage-busy",
        StorageFull: "failed-storage-full",
        StorageBroken: "failed-storage-broken",
    }
)


class ErrorAnswers:
    """Tells members what went wrong, in their own language."""

    def __init__(self, texts: Texts, wire: DiscordWire) -> None:
        self._texts = texts
        self._wire = wire

    async def answer(
        self, interaction: discord.Interaction, error: BaseException
    ) -> None:
        """Answer an interaction that failed. An answer that fails too is only logged.

        What was shown before stays: after a first answer this is a follow-up.
        """
        error = _root(error)
        sentence = self.sentence(str(interaction.locale), error)
        if sentence is None:
            log.warning("interaction not answered", reason=str(error))
            return
        try:
            async with self._wire.asking("answer", within_s=ANSWER_WITHIN_S):
                await answer_privately(interaction, sentence)
        except MessengerError as failure:
            log.warning("interaction not answered", reason=str(failure))

    def sentence(  # noqa: PLR0911 - a sentence for each kind
        self, locale: str, error: BaseException
    ) -> str | None:
        """Return what to say; None where Discord would not take an answer anyway.

        An error that is not ours is logged with the reference that is said.
        """
        say = self._texts.say
        match error:
            case UserError():
                shown = self._shown(locale, error)
                said = [error.text_id] + ([] if error.hint is None else [error.hint])
                return "\n".join(say(locale, one, **shown) for one in said)
            case TokenExpired() | MessageGone():
                # Too late, or the member has dismissed what was to be answered.
                return None
            case MessengerDown() | AnswerUnreadable():
                log.warning("discord unavailable", reason=str(error))
                return say(locale, "failed-discord")
            case StorageError():
                # Storage logs when its trouble begins and when it ends.
                return say(locale, _STORAGE[type(error)])
            case (
                app_commands.CommandNotFound()
                | app_commands.CommandSignatureMismatch()
                | app_commands.TransformerError()
            ):
                # The reader's client still shows what was registered before.
                log.info("outdated command used", reason=str(error))
                return say(locale, "failed-outdated")
            case app_commands.CheckFailure():
                return say(locale, "not-allowed-here")
            case _:
                reference = secrets.token_hex(4)
                log.error("unexpected error", reference=reference, exc_info=error)
                return say(locale, "failed-unexpected", reference=reference)

    def _shown(self, locale: str, error: UserError) -> dict[str, object]:
        return {
            name: self._worded(locale, value) for name, value in error.values.items()
        }

    def _worded(self, locale: str, value: object) -> object:
        match value:
            case datetime():
                return relative(value)
            case tuple():
                return self._listed(locale, value)
            case _:
                return value

    def _listed(self, locale: str, values: tuple[object, ...]) -> str:
        return ", ".join(
            self._texts.say(locale, f"permission-{value}")
            if isinstance(value, Permission)
            else str(value)
            for value in values
        )


async def answer_privately(interaction: discord.Interaction, sentence: str) -> None:
    """Tell the member something, however far the interaction has been answered.

    As the first answer, in place of a "thinking" one, or after another.
    """
    if not interaction.response.is_done():
        await interaction.response.send_message(sentence, ephemeral=True)
    elif (
        interaction.response.type
        is discord.InteractionResponseType.deferred_channel_message
    ):
        await interaction.edit_original_response(content=sentence)
    else:
        await interaction.followup.send(sentence, ephemeral=True)


def _root(error: BaseException) -> BaseException:
    """Take discord.py's wrapping off, and give its own errors our names."""
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    if isinstance(error, DiscordError):
        return messenger_error("interaction", error)
    return error
