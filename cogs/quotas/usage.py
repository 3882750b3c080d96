"""`/usage`: what a member has made, and may still make."""

from typing import Any

import discord
from discord import app_commands

from bot.quotas.status import QuotaStatuses
from bot.texts.texts import Texts
from cogs.drawing.quota_views import usage_view
from cogs.wire.places import actor_of


def usage_command(
    statuses: QuotaStatuses, texts: Texts
) -> app_commands.Command[Any, ..., None]:
    """Return `/usage`."""

    @app_commands.command()
    async def usage(interaction: discord.Interaction) -> None:
        """Show what you have made."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        quota = await statuses.of(actor_of(interaction))
        view = usage_view(texts, str(interaction.locale), quota)
        await interaction.edit_original_response(view=view)

    return usage
