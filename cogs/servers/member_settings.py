"""`/settings`: a member's own defaults for `/video` in a server."""

import discord
from discord import app_commands

from bot.models.offer import Offer
from bot.requests.member_settings import MemberSettings, OwnDefaults
from bot.texts.texts import Texts
from cogs.commands.choices import chosen, video_options
from cogs.drawing.settings_views import own_settings_view
from cogs.wire.places import actor_of


def settings_commands(
    settings: MemberSettings, offer: Offer, texts: Texts
) -> app_commands.Group:
    """Return `/settings` with the menus of the offered models."""
    group = app_commands.Group(
        name="settings", description="Your own defaults for videos."
    )

    async def show_(interaction: discord.Interaction, own: OwnDefaults) -> None:
        view = own_settings_view(texts, str(interaction.locale), own, offer)
        await interaction.edit_original_response(view=view)

    @group.command(name="show")
    async def show(interaction: discord.Interaction) -> None:
        """Show your own defaults."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await show_(interaction, await settings.of(actor_of(interaction)))

    @group.command(name="set")
    @video_options(offer)
    async def set_(  # noqa: PLR0913, PLR0917 - the options
        interaction: discord.Interaction,
        mode: str | None = None,
        duration: int | None = None,
        aspect: str | None = None,
        model: str | None = None,
        quality: str | None = None,
        sound: str | None = None,
    ) -> None:
        """Choose your own defaults."""
        given = chosen(
            mode=mode,
            duration=duration,
            aspect=aspect,
            model=model,
            quality=quality,
            sound=sound,
        )
        await interaction.response.defer(ephemeral=True, thinking=True)
        await show_(interaction, await settings.change(actor_of(interaction), given))

    @group.command(name="reset")
    async def reset(interaction: discord.Interaction) -> None:
        """Go back to the usual defaults."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await show_(interaction, await settings.reset(actor_of(interaction)))

    return group
