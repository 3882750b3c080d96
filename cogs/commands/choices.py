"""The menus of commands, and what was chosen in them."""

import inspect
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

from discord import app_commands

from bot.errors import Refused
from bot.jobs.video_settings import VideoSettings
from bot.models.choices import Aspect, Mode
from bot.models.offer import Offer
from cogs.commands.translator import choice_name

Callback = TypeVar("Callback", bound=Callable[..., Any])

MOST_CHOICES = 25
CHOICE_CHARS = 100
"""Of a name, and of a value that is text. Discord docs, "Application Command Option
Choice"."""


class Sound(StrEnum):
    """Whether a clip has sound."""

    ON = "on"
    OFF = "off"


def menu(kind: str, values: Iterable[StrEnum]) -> list[app_commands.Choice[Any]]:
    """Return a menu of values, whose texts are `choice-<kind>-<value>`."""
    return [
        app_commands.Choice(name=choice_name(f"choice-{kind}-{one}"), value=one.value)
        for one in values
    ]


def video_options(offer: Offer) -> Callable[[Callback], Callback]:
    """Give a command that takes a video's settings the menus of the offered models.

    Its options are called mode, duration, aspect, model, quality and sound, and image
    for a picture. What none of the models has is not offered, and neither is the only
    model.
    """

    def give(callback: Callback) -> Callback:
        menus: dict[str, list[app_commands.Choice[Any]]] = {
            "mode": menu("mode", offer.modes),
            "aspect": _aspects(offer),
            "model": models_menu(offer) if offer.has_several else [],
            "quality": _qualities(offer),
            "sound": menu("sound", Sound) if offer.has_sound_switch else [],
        }
        whole = inspect.signature(callback)
        options = dict(whole.parameters)
        lengths = offer.durations_s
        if len(lengths) <= MOST_CHOICES:
            menus["duration"] = _durations(lengths)
        else:
            number = app_commands.Range[int, lengths[0], lengths[-1]] | None
            options["duration"] = options["duration"].replace(annotation=number)
        missing = {name for name, choices in menus.items() if not choices}
        if not offer.takes_pictures:
            missing.add("image")
        # discord.py makes a command's options from this.
        vars(callback)["__signature__"] = whole.replace(
            parameters=[one for name, one in options.items() if name not in missing]
        )
        offered = {name: menus[name] for name in menus.keys() - missing}
        return app_commands.choices(**offered)(callback)

    return give


def models_menu(offer: Offer) -> list[app_commands.Choice[Any]]:
    """Return a menu of the offered models."""
    return [
        app_commands.Choice(
            name=choice_name("choice-model", model=model.title), value=model.name
        )
        for model in offer.models
    ]


def _aspects(offer: Offer) -> list[app_commands.Choice[Any]]:
    return [
        app_commands.Choice(
            name=choice_name(f"choice-aspect-{aspect.name.lower()}"),
            value=aspect.value,
        )
        for aspect in offer.aspects
    ]


def _durations(lengths_s: Iterable[int]) -> list[app_commands.Choice[Any]]:
    return [
        app_commands.Choice(
            name=choice_name("choice-duration", seconds=seconds), value=seconds
        )
        for seconds in lengths_s
    ]


def _qualities(offer: Offer) -> list[app_commands.Choice[Any]]:
    return [
        app_commands.Choice(
            name=choice_name("choice-quality", quality=quality), value=quality
        )
        for quality in offer.qualities
    ]


def chosen(
    *,
    mode: str | None,
    duration: int | None,
    aspect: str | None,
    model: str | None,
    quality: str | None,
    sound: str | None,
) -> VideoSettings:
    """Return options as settings.

    Raises:
        Refused: If a mode, a shape or a sound is none of ours: the client is not
            Discord's.
    """
    try:
        return VideoSettings(
            model=model,
            mode=None if mode is None else Mode(mode),
            duration_s=duration,
            aspect=None if aspect is None else Aspect(aspect),
            quality=quality,
            sound=None if sound is None else Sound(sound) is Sound.ON,
        )
    except ValueError:
        raise Refused("refused-choice") from None
