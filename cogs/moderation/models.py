"""`/moderation models`: which of the operator's models a server uses."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

import discord
from discord import app_commands

from bot.models.offer import Offer
from bot.moderation.model_settings import ModelSettings
from bot.moderation.records import ModerationSettings
from cogs.commands.choices import menu, models_menu
from cogs.wire.places import actor_of

Show = Callable[[discord.Interaction, ModerationSettings], Awaitable[None]]


class Allowed(StrEnum):
    """Whether members may choose a model."""

    YES = "yes"
    NO = "no"


class Default(StrEnum):
    """That a model makes the videos for which nobody chose one."""

    YES = "yes"


def models_command(
    models: ModelSettings, offer: Offer, show: Show
) -> app_commands.Command[Any, ..., None]:
    """Return the command with a menu of the offered models. `show` answers it."""

    @app_commands.choices(
        model=models_menu(offer),
        allowed=menu("allowed", Allowed),
        default=menu("default", Default),
    )
    async def decide(
        interaction: discord.Interaction,
        model: str,
        allowed: str | None = None,
        default: str | None = None,
    ) -> None:
        """Choose the models of this server."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        settings = await models.decide(
            actor_of(interaction),
            model,
            allowed=None if allowed is None else Allowed(allowed) is Allowed.YES,
            default=default is not None,
        )
        await show(interaction, settings)

    return app_commands.Command(
        name="models", description="Choose the models of this server.", callback=decide
    )
