"""EvoLink's JSON as it is, read leniently: only the shape, not what it means.

Unknown members are ignored, and a known one of the wrong type counts as missing, so
that a field we could do without never costs a member's clip. Source: EvoLink docs, and
what EvoLink's own client reads.
"""

import math
import re
from typing import Annotated, Any

from pydantic import AliasPath, BaseModel, BeforeValidator, ConfigDict, Field

from bot.jobs.video import VideoRequest
from bot.models.profile import ModelProfile

_NUMBER = re.compile(r"\s*-?[0-9]{1,15}(?:\.[0-9]{1,15})?\s*%?\s*")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _name(value: object) -> str | None:
    """Accept what may be a word or a whole number, such as a code or an id."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else None
    return _text(value)


def _number(value: object) -> float | None:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value.strip().rstrip("%"))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _object(value: object) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _object_or_text(value: object) -> dict[str, Any] | str | None:
    return _object(value) or _text(value)


def _texts(value: object) -> list[str]:
    several = value if isinstance(value, list) else [value]
    return [one for one in several if isinstance(one, str)]


def _objects(value: object) -> list[dict[str, Any]]:
    several = value if isinstance(value, list) else [value]
    return [one for one in several if isinstance(one, dict)]


Text = Annotated[str | None, BeforeValidator(_text)]
Name = Annotated[str | None, BeforeValidator(_name)]
Number = Annotated[float | None, BeforeValidator(_number)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]


class Wire(BaseModel):
    """Any object that EvoLink sends."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ErrorWire(Wire):
    """`error`, of an HTTP answer or of a failed task."""

    code: Name = None
    message: Text = None
    type: Text = None
    fallback_suggestion: Text = None
    suggestion: Text = None
    request_id: Name = None
    reset_timezone: Text = None


Error = Annotated[ErrorWire | str | None, BeforeValidator(_object_or_text)]


class ComplaintWire(Wire):
    """An HTTP answer that may be a refusal."""

    error: Error = None
    success: Flag = None
    code: Name = None
    message: Text = None
    msg: Text = None
    request_id: Name = None

    @property
    def is_silent(self) -> bool:
        """Whether it says nothing at all about what is wrong."""
        return (self.code or self.message or self.msg) is None


def _inside(*path: str) -> Any:  # noqa: ANN401 - pydantic's own
    """Return a member of an object within; missing where there is no such object."""
    return Field(default=None, validation_alias=AliasPath(*path))


class ResultWire(Wire):
    """An item of `result_data`, undocumented."""

    video_url: Text = None


class TaskWire(Wire):
    """A task, as the create call, the task query, a batch and a callback show it."""

    id: Name = None
    task_id: Name = None
    model: Text = None
    status: Text = None
    progress: Number = None
    estimated_time: Number = _inside("task_info", "estimated_time")
    # Credits may be fractional.
    credits_reserved: Number = _inside("usage", "credits_reserved")
    credits_used: Number = _inside("usage", "credits_used")
    cost: Number = _inside("usage", "cost", "credits")
    """Undocumented."""
    results: Annotated[list[str], BeforeValidator(_texts)] = []
    result_data: Annotated[list[ResultWire], BeforeValidator(_objects)] = []
    error: Error = None

    @property
    def any_id(self) -> str | None:
        """The id under either of its names; EvoLink's own scripts accept both."""
        return self.id or self.task_id


class CreditsWire(Wire):
    """`data` of the credits call."""

    of_account: Number = _inside("user", "remaining_credits")
    """What the account holds."""
    of_key: Number = _inside("token", "remaining_credits")
    """What the key may still spend."""
    key_is_unlimited: Flag = _inside("token", "unlimited_credits")


class FileWire(Wire):
    """A file that was uploaded. Source: EvoLink docs."""

    file_id: Name = _inside("data", "file_id")
    file_url: Text = _inside("data", "file_url")


def video_json(
    request: VideoRequest,
    profile: ModelProfile,
    *,
    callback_url: str | None,
    picture_url: str | None,
) -> dict[str, object]:
    """Return the create call's body: what this model documents and no other.

    The same request always has the same body: a repeated one must.
    """
    body: dict[str, object] = {
        "model": request.model,
        # Where a prompt may be left out, an empty one is.
        "prompt": request.prompt or None,
        "duration": request.duration_s,
        "mode": request.mode.value if profile.modes else None,
        "aspect_ratio": profile.aspect_word(request.aspect)
        if profile.aspects
        else None,
        "quality": request.quality,
    }
    if profile.sound is not None and request.sound is not None:
        switch = profile.sound
        body[switch.parameter] = switch.on if request.sound else switch.off
    if profile.picture is not None and picture_url is not None:
        one = profile.picture
        body[one.parameter] = [picture_url] if one.is_list else picture_url
    body["callback_url"] = callback_url
    return {name: value for name, value in body.items() if value is not None}
