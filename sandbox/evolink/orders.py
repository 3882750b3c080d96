"""What a client may order: reads a create request, or says which field is wrong.

Knows the two revisions of the model's page; costs, lives and ids are decided elsewhere.
"""

from dataclasses import dataclass
from typing import Any

from sandbox.evolink import addresses
from sandbox.evolink.config import EvolinkConfig
from sandbox.evolink.profiles import (
    ASPECT_RATIOS,
    MODES,
    PROFILES,
    QUALITIES,
    used_name,
)
from sandbox.evolink.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A valid request for a clip, defaults filled in."""

    model: str
    """The model that really works on it."""
    prompt: str
    duration_s: int
    mode: str
    aspect_ratio: str
    quality: str | None
    """`None` where the revision has no such field."""
    callback_url: str | None


def read_order(body: Any, config: EvolinkConfig) -> Order:  # noqa: ANN401 - JSON
    """Check a create request's JSON.

    Raises:
        Refusal: With `param` naming the first field that is wrong.
    """
    if not isinstance(body, dict):
        raise Refusal("invalid_request", "The body must be a JSON object.")
    model = _model(body, config)
    profile = PROFILES[config.revision]
    unknown = sorted(body.keys() - profile.fields)
    if unknown and config.unknown_fields == "refused":
        raise _wrong(unknown[0], "is not a field of this model")
    prompt = body.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise _wrong("prompt", "is required")
    return Order(
        model=model,
        prompt=prompt,
        duration_s=_duration(body, profile.durations_s),
        mode=_choice(body, "mode", MODES, "normal"),
        aspect_ratio=_choice(body, "aspect_ratio", ASPECT_RATIOS, "16:9"),
        quality=_choice(body, "quality", QUALITIES, "480p")
        if profile.has_quality
        else None,
        callback_url=_callback_url(body, local_allowed=config.allow_local_callbacks),
    )


def _wrong(param: str, what: str) -> Refusal:
    return Refusal("invalid_request", f"{param} {what}.", param=param)


def _model(body: dict[str, Any], config: EvolinkConfig) -> str:
    asked = body.get("model")
    if not isinstance(asked, str) or not asked:
        raise _wrong("model", "is required")
    if asked in config.denied_models:
        raise Refusal("model_access_denied", param="model")
    used = used_name(asked, config.revision, aliasing=config.aliasing)
    if used is None:
        # Only the pages of 2025 know a 404 here; those of 2026 list 403 alone.
        is_old = config.dialect == "2025"
        code = "model_not_found" if is_old else "model_access_denied"
        raise Refusal(code, param="model")
    return used


def _duration(body: dict[str, Any], allowed_s: tuple[int, ...]) -> int:
    duration = body.get("duration", 6)
    # 6.0 equals an allowed duration, but EvoLink asks for an integer.
    if not isinstance(duration, int) or duration not in allowed_s:
        raise _wrong("duration", f"must be one of {allowed_s}")
    return duration


def _choice(
    body: dict[str, Any], field: str, allowed: tuple[str, ...], usual: str
) -> str:
    value = body.get(field, usual)
    if not isinstance(value, str) or value not in allowed:
        raise _wrong(field, f"must be one of {', '.join(allowed)}")
    return value


def _callback_url(body: dict[str, Any], *, local_allowed: bool) -> str | None:
    url = body.get("callback_url")
    if url is None:
        return None
    fault = addresses.fault_of(url, local_allowed=local_allowed)
    if fault is not None:
        raise Refusal("invalid_request", fault, param="callback_url")
    return str(url)
