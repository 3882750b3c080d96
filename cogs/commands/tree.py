"""The tree of commands: for servers only, and with one place for errors."""

import discord
from discord import app_commands

from bot import deadline
from cogs.commands.error_answers import ErrorAnswers

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

    async def interaction_check(self, _: discord.Interaction, /) -> bool:
        """Let what a command does know that Discord waits for its answer."""
        deadline.answer_within(ANSWER_WITHIN_S)
        return True

    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        """Answer instead of only logging, which is discord.py's way."""
        await self._answers.answer(interaction, error)
