"""What a member asked for, and whether a model takes it."""

import unicodedata
from dataclasses import dataclass, field, replace

from bot.errors import Refused
from bot.jobs.picture import PictureUse
from bot.models.choices import Aspect, Mode
from bot.models.profile import ModelProfile
from bot.models.refusals import choice_fault


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRequest:
    """What a member asked for, as it will be sent to EvoLink.

    What the model does not have stays at its usual value, and is left out of the body.
    """

    prompt: str = field(repr=False)
    """Up to 4000 characters, sent verbatim; empty only where the model allows it."""
    mode: Mode
    """Normal where the model has no modes."""
    duration_s: int
    aspect: Aspect
    """Auto where the model has no shapes."""
    model: str
    """The EvoLink id that is sent."""
    quality: str | None = None
    """None = the model's own."""
    sound: bool | None = None
    """None = as the model does by itself."""
    picture: PictureUse | None = None
    """The picture that the clip begins with; None = it is made from words alone."""

    @property
    def with_picture(self) -> bool:
        """Whether the clip begins with a picture."""
        return self.picture is not None


_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that show nothing: Hangul fillers and an empty Braille cell."""


def fitted(request: VideoRequest, profile: ModelProfile) -> VideoRequest:
    """Return an earlier request as another model takes it.

    A quality or a sound that this model does not have is left out, and where there is
    no choice of shapes, so is the shape. A length, a mode or a shape that it does not
    have stays, to be refused: nobody should get, and pay for, another than they chose.
    """
    chose_shape = request.aspect is not Aspect.AUTO and profile.aspects
    takes_shape = profile.takes_aspect(request.aspect)
    return replace(
        request,
        model=profile.id,
        quality=request.quality if request.quality in profile.qualities else None,
        aspect=request.aspect if chose_shape or takes_shape else profile.usual_aspect,
        sound=None if profile.sound is None else request.sound,
    )


def request_fault(request: VideoRequest, profile: ModelProfile) -> Refused | None:
    """Return what is wrong with a request to a model, or None.

    Discord's menus offer what any of the models takes. A client that is not Discord's,
    or a menu registered for other models, may send anything.
    """
    if request.with_picture and request.mode is Mode.SPICY:
        # In every server, whatever the model would take.
        return Refused("refused-picture-spicy")
    prompt, most = request.prompt, profile.most_prompt_chars
    if not shows(prompt) and (prompt or not profile.prompt_optional):
        return Refused("refused-prompt-empty")
    if not is_text(prompt):
        return Refused("refused-prompt-broken")
    if len(prompt) > most:
        return Refused("refused-prompt-long", model=profile.title, most=most)
    return choice_fault(
        profile,
        duration_s=request.duration_s,
        mode=request.mode,
        aspect=request.aspect,
        quality=request.quality,
        sound=request.sound,
    )


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
