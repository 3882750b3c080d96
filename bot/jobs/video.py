"""What a member may ask for: modes, shapes, lengths, and which model allows which."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from bot.jobs.picture import PictureUse

PROMPT_MAX_CHARS = 4000
"""EvoLink documents no limit for this model; neighbouring models take 4096."""


class Mode(StrEnum):
    """EvoLink's `mode`. Spicy is risque, and each server decides about it."""

    FUN = "fun"
    NORMAL = "normal"
    SPICY = "spicy"


class Aspect(StrEnum):
    """EvoLink's `aspect_ratio`, width to height."""

    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"
    LANDSCAPE = "3:2"
    PORTRAIT = "2:3"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelProfile:
    """What one EvoLink model accepts. The menus of `/video` follow it."""

    name: str
    durations_s: tuple[int, ...]
    """Lengths in seconds, ascending. At most 25: a Discord menu holds no more."""
    default_duration_s: int = 6
    qualities: tuple[str, ...] = ()
    """EvoLink's `quality`; empty where the model has no such field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRequest:
    """What a member asked for, as it will be sent to EvoLink."""

    prompt: str = field(repr=False)
    """1 to 4000 characters, sent verbatim."""
    mode: Mode
    duration_s: int
    aspect: Aspect
    model: str
    quality: str | None = None
    """Only for models whose profile has qualities."""
    picture: PictureUse | None = None
    """The picture that the clip begins with; None = it is made from words alone."""


PROFILES: Mapping[str, ModelProfile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            ModelProfile(name="grok-imagine-text-to-video", durations_s=(6, 10)),
            ModelProfile(
                name="grok-imagine-text-to-video-beta",
                durations_s=tuple(range(6, 31)),
                qualities=("480p", "720p"),
            ),
        )
    }
)
"""The models Clapper knows, by the name that EvoLink gives them."""


_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that show nothing: Hangul fillers and an empty Braille cell."""


def fitted(request: VideoRequest, profile: ModelProfile) -> VideoRequest:
    """Return an earlier request as the model in use takes it.

    A quality that this model does not have is left out. A length that it does not
    have stays, to be refused: nobody should get, and pay for, another length.
    """
    quality = request.quality if request.quality in profile.qualities else None
    return replace(request, model=profile.name, quality=quality)


def request_fault(request: VideoRequest, profile: ModelProfile) -> str | None:
    """Return the id of the text that says what is wrong with a request, or None.

    Discord's own menus refuse all of this first; a client that is not Discord's, or
    a menu registered for another model, is refused here.
    """
    if not shows(request.prompt):
        return "refused-prompt-empty"
    if not is_text(request.prompt):
        return "refused-prompt-broken"
    if len(request.prompt) > PROMPT_MAX_CHARS:
        return "refused-prompt-long"
    if request.duration_s not in profile.durations_s:
        return "refused-duration"
    if request.quality is not None and request.quality not in profile.qualities:
        return "refused-quality"
    return None


def shows(text: str) -> bool:
    """Return whether anything of a text can be seen."""
    return any(
        unicodedata.category(character)[0] in "LNPS" and character not in _BLANK
        for character in text
    )


def is_text(text: str) -> bool:
    """Return whether it can be encoded and stored.

    Half a surrogate pair cannot be encoded. PostgreSQL's text holds no NUL.
    Source: its manual, "Character Types".
    """
    return not any(
        character == "\0" or "\ud800" <= character <= "\udfff" for character in text
    )
