"""The menus of commands, and what was chosen in them."""

import inspect
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

from discord import app_commands

from bot.errors import Refused
from bot.jobs.video import Aspect, Mode, ModelProfile
from bot.jobs.video_settings import VideoSettings
from cogs.commands.translator import choice_name

Callback = TypeVar("Callback", bound=Callable[..., Any])

MOST_CHOICES = 25
CHOICE_CHARS = 100
"""Of a name, and of a value that is text. Discord docs, "Application Command Option
Choice"."""


def menu(kind: str, values: Iterable[StrEnum]) -> list[app_commands.Choice[str]]:
    """Return a menu of values, whose texts are `choice-<kind>-<value>`."""
    return [
        app_commands.Choice(name=choice_name(f"choice-{kind}-{one}"), value=one.value)
        for one in values
    ]


MODES = menu("mode", Mode)
ASPECTS = [
    app_commands.Choice(
        name=choice_name(f"choice-aspect-{aspect.name.lower()}"), value=aspect.value
    )
    for aspect in Aspect
]


def video_options(profile: ModelProfile) -> Callable[[Callback], Callback]:
    """Give a command that takes a video's settings the menus of a model.

    Its options are called mode, duration, aspect and quality. The last is not offered
    where the model has no qualities.
    """

    def give(callback: Callback) -> Callback:
        menus: dict[str, list[app_commands.Choice[Any]]] = {
            "mode": [*MODES],
            "duration": [*durations(profile)],
            "aspect": [*ASPECTS],
        }
        if profile.qualities:
            menus["quality"] = [*qualities(profile)]
        else:
            whole = inspect.signature(callback)
            offered = [
                one for one in whole.parameters.values() if one.name != "quality"
            ]
            # discord.py makes a command's options from this.
            vars(callback)["__signature__"] = whole.replace(parameters=offered)
        return app_commands.choices(**menus)(callback)

    return give


def durations(profile: ModelProfile) -> list[app_commands.Choice[int]]:
    """Return the lengths that a model has."""
    return [
        app_commands.Choice(
            name=choice_name("choice-duration", seconds=seconds), value=seconds
        )
        for seconds in profile.durations_s
    ]


def qualities(profile: ModelProfile) -> list[app_commands.Choice[str]]:
    """Return the qualities that a model has."""
    return [
        app_commands.Choice(
            name=choice_name("choice-quality", quality=quality), value=quality
        )
        for quality in profile.qualities
    ]


def chosen(
    mode: str | None,
    duration_s: int | None,
    aspect: str | None,
    quality: str | None = None,
) -> VideoSettings:
    """Return options as settings.

    Raises:
        Refused: If a mode or a shape is none of ours: the client is not Discord's.
    """
    try:
        return VideoSettings(
            mode=None if mode is None else Mode(mode),
            duration_s=duration_s,
            aspect=None if aspect is None else Aspect(aspect),
            quality=quality,
        )
    except ValueError:
        raise Refused("refused-choice") from None
