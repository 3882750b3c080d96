"""The tree of commands: for servers only, and with one place for errors."""

import discord
from discord import app_commands

from bot import deadline
from bot.errors import Refused
from cogs.commands.error_answers import ErrorAnswers
from cogs.typed_text import has_broken_text

ANSWER_WITHIN_S = 2.0
"""How long a command may take before its first answer, of the three seconds that
Discord waits: the answer has to travel, too."""


class ClapperTree(app_commands.CommandTree[discord.Client]):
    """Whatever a command raises becomes an answer that only the member sees."""

    def __init__(self, client: discord.Client, answers: ErrorAnswers) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=False, private_channel=False
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self._answers = answers

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Let what a command does know that Discord waits for its answer.

        What cannot be stored of what was typed is refused, whatever the command.
        """
        deadline.answer_within(ANSWER_WITHIN_S)
        if not has_broken_text(dict(interaction.data or {})):
            return True
        if interaction.type is discord.InteractionType.autocomplete:
            await interaction.response.autocomplete([])
        else:
            await self._answers.answer(interaction, Refused("refused-text-broken"))
        return False

    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        """Answer instead of only logging, which is discord.py's way."""
        await self._answers.answer(interaction, error)
