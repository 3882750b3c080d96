"""Show credits: the entry in a message's menu that says what a video cost."""

import discord
from discord import app_commands

from bot.quotas.clip_prices import ClipPrices
from bot.texts.texts import Texts
from cogs.drawing.list_page import price_view
from cogs.wire.clip_messages import clip_in
from cogs.wire.places import actor_of


def credits_menu(prices: ClipPrices, texts: Texts) -> app_commands.ContextMenu:
    """Return the entry, which Discord shows to those who manage the server."""

    @app_commands.default_permissions(manage_guild=True)
    async def show_credits(
        interaction: discord.Interaction, message: discord.Message
    ) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        job = await prices.of(actor_of(interaction), clip_in(interaction, message))
        view = price_view(texts, str(interaction.locale), job)
        await interaction.edit_original_response(view=view)

    return app_commands.ContextMenu(name="Show credits", callback=show_credits)
