"""The options of commands that set limits: one for each kind of limit."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from discord import app_commands

from bot.models.choices import LINES
from bot.quotas.limits import NO_LIMIT, LimitKind, LimitSet
from bot.quotas.settings import LARGEST
from cogs.commands.translator import choice_name

Callback = TypeVar("Callback", bound=Callable[..., Any])

Given = int | str | None
"""What an option was filled in with; None = it was left out."""

_NUMBER = app_commands.Range[int, NO_LIMIT, LARGEST] | None
_ANY = "any"


def limit_options(kinds: Iterable[LimitKind]) -> Callable[[Callback], Callback]:
    """Give a command an option for each kind, in place of its `**given`.

    Each is named as its kind. `given_limits` makes limits of what is filled in.
    """

    def give(callback: Callback) -> Callback:
        whole = inspect.signature(callback)
        before = [
            one
            for one in whole.parameters.values()
            if one.kind is not inspect.Parameter.VAR_KEYWORD
        ]
        options = [
            inspect.Parameter(
                kind.value,
                inspect.Parameter.KEYWORD_ONLY,
                default=None,
                annotation=str | None if kind is LimitKind.BEST_QUALITY else _NUMBER,
            )
            for kind in kinds
        ]
        # discord.py makes a command's options from this.
        vars(callback)["__signature__"] = whole.replace(parameters=[*before, *options])
        return app_commands.choices(best_quality=_best_qualities())(callback)

    return give


def given_limits(given: Mapping[str, Given]) -> LimitSet:
    """Return the limits that options set; what was left out is not set."""
    limits: dict[str, Any] = dict(given)
    limits[LimitKind.BEST_QUALITY.value] = _lines_of(limits.get("best_quality"))
    return LimitSet(**limits)


def _best_qualities() -> list[app_commands.Choice[Any]]:
    """Return a menu of all qualities, and of none in particular."""
    named = [
        app_commands.Choice(
            name=choice_name("choice-quality", quality=quality), value=quality
        )
        for quality in LINES
    ]
    anything = choice_name("choice-any-quality")
    return [*named, app_commands.Choice(name=anything, value=_ANY)]


def _lines_of(chosen: str | None) -> int | None:
    """Return the limit that was chosen in the menu."""
    if chosen is None:
        return None
    return NO_LIMIT if chosen == _ANY else LINES.get(chosen, 0)
