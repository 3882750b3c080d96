"""What a feature adds to the program."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from discord import app_commands
from discord.ext import commands

from bot.workers.worker import Worker
from cogs.presses import Routes

SlashCommand: TypeAlias = (
    app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """What people can use of it, and the workers that it needs."""

    cogs: Sequence[commands.Cog]
    """Groups of commands, and listeners to Discord's events."""
    slash_commands: Sequence[SlashCommand]
    """Commands that belong to no cog."""
    routes: Sequence[Routes]
    """What answers buttons and modals."""
    workers: Sequence[Worker]
