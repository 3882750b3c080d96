"""The tree of commands: for servers only, and with one place for errors."""

import discord
from discord import app_commands

from cogs.error_answers import ErrorAnswers


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

    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        """Answer instead of only logging, which is discord.py's way."""
        await self._answers.answer(interaction, error)
