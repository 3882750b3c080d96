"""`/preset`: what admins keep for everyone, words around a prompt and settings."""

from collections.abc import Callable, Coroutine
from typing import Any

import discord
from discord import app_commands

from bot.models.offer import Offer
from bot.requests.preset import NAME_MAX_CHARS, WORDS_MAX_CHARS, Preset, tidied
from bot.requests.presets import Presets
from bot.texts.texts import Texts
from cogs.commands.choices import MOST_CHOICES, chosen, video_options
from cogs.drawing.markup import inert
from cogs.drawing.settings_views import preset_view, presets_view
from cogs.wire.places import actor_of

Suggest = Callable[
    [discord.Interaction, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]
]

_Name = app_commands.Range[str, 1, NAME_MAX_CHARS]
_Words = app_commands.Range[str, 1, WORDS_MAX_CHARS]


def suggested_presets(presets: Presets) -> Suggest:
    """Return what suggests the names of a server's presets."""

    async def suggest(
        interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        names = await presets.names(actor_of(interaction), typed, MOST_CHOICES)
        return [app_commands.Choice(name=name, value=name) for name in names]

    return suggest


def preset_commands(presets: Presets, offer: Offer, texts: Texts) -> app_commands.Group:
    """Return `/preset` with the menus of the offered models."""
    group = app_commands.Group(
        name="preset",
        description="Keep presets for this server.",
        default_permissions=discord.Permissions(manage_guild=True),
    )
    group.add_command(_adding(presets, offer, texts))

    @group.command(name="remove")
    async def remove(interaction: discord.Interaction, name: _Name) -> None:
        """Remove a preset."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        removed = await presets.remove(actor_of(interaction), name)
        sentence = texts.say(
            str(interaction.locale),
            "preset-removed",
            name=inert(removed.name, NAME_MAX_CHARS),
        )
        await interaction.edit_original_response(content=sentence)

    remove.autocomplete("name")(suggested_presets(presets))

    @group.command(name="list")
    async def list_(interaction: discord.Interaction) -> None:
        """List the presets."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = await presets.all_of(actor_of(interaction))
        view = presets_view(texts, str(interaction.locale), kept)
        await interaction.edit_original_response(view=view)

    return group


def _adding(
    presets: Presets, offer: Offer, texts: Texts
) -> app_commands.Command[Any, ..., None]:
    @video_options(offer)
    async def add(  # noqa: PLR0913, PLR0917 - the options
        interaction: discord.Interaction,
        name: _Name,
        words: _Words,
        mode: str | None = None,
        duration: int | None = None,
        aspect: str | None = None,
        model: str | None = None,
        quality: str | None = None,
        sound: str | None = None,
    ) -> None:
        """Add or change a preset."""
        settings = chosen(
            mode=mode,
            duration=duration,
            aspect=aspect,
            model=model,
            quality=quality,
            sound=sound,
        )
        await interaction.response.defer(ephemeral=True, thinking=True)
        preset = Preset(name=tidied(name), words=words, settings=settings)
        is_new = await presets.add(actor_of(interaction), preset)
        view = preset_view(texts, str(interaction.locale), preset, is_new=is_new)
        await interaction.edit_original_response(view=view)

    return app_commands.Command(
        name="add",
        description="Add or change a preset.",
        callback=add,
    )
