"""The menu of the best quality that may be asked for."""

from typing import Any

from discord import app_commands

from bot.models.choices import LINES
from bot.quotas.limits import NO_LIMIT
from cogs.commands.translator import choice_name

_ANY = "any"


def best_qualities() -> list[app_commands.Choice[Any]]:
    """Return a menu of all qualities, and of none in particular."""
    named = [
        app_commands.Choice(
            name=choice_name("choice-quality", quality=quality), value=quality
        )
        for quality in LINES
    ]
    anything = choice_name("choice-any-quality")
    return [*named, app_commands.Choice(name=anything, value=_ANY)]


def lines_of(chosen: str | None) -> int | None:
    """Return the limit that was chosen in the menu."""
    if chosen is None:
        return None
    return NO_LIMIT if chosen == _ANY else LINES.get(chosen, 0)
