"""`/usage`: what a member has made, and may still make."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.quotas.status import QuotaStatuses
from bot.texts.texts import Texts
from cogs.drawing.quota_views import usage_view
from cogs.wire.places import actor_of


class Usage(commands.Cog):
    """Your usage."""

    def __init__(self, report: QuotaStatuses, texts: Texts) -> None:
        super().__init__()
        self._report = report
        self._texts = texts

    @app_commands.command()
    async def usage(self, interaction: discord.Interaction) -> None:
        """Show what you have made."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        quota = await self._report.of(actor_of(interaction))
        view = usage_view(self._texts, str(interaction.locale), quota)
        await interaction.edit_original_response(view=view)
