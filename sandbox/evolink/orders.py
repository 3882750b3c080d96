"""What a client may order: reads a create request, or says which field is wrong.

Knows what each model accepts; lives and ids are decided elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.evolink import addresses
from sandbox.evolink.config import EvolinkConfig
from sandbox.evolink.profiles import used_model
from sandbox.evolink.refusals import Refusal
from sandbox.evolink.rules import Choice, PictureRules, Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A valid request for a clip, defaults filled in."""

    model: str
    """The model that really works on it."""
    rules: Rules
    prompt: str
    duration_s: int
    choices: Mapping[str, str | bool]
    """Shape, quality, mode and switches, as far as the model has them."""
    pictures: tuple[str, ...]
    """Addresses, the first frame first."""
    callback_url: str | None

    @property
    def aspect_ratio(self) -> str:
        """The shape, `adaptive` where the model has no say in it."""
        return str(self.choices.get("aspect_ratio", "adaptive"))

    @property
    def mode(self) -> str | None:
        """The mode; `None` where the model has none."""
        mode = self.choices.get("mode")
        return None if mode is None else str(mode)

    @property
    def quality(self) -> str | None:
        """The quality; `None` where the model has no such field."""
        quality = self.choices.get("quality")
        return None if quality is None else str(quality)

    @property
    def price(self) -> float:
        """Credits, by the model's own list."""
        rules = self.rules
        if rules.credits_per_call is not None:
            return rules.credits_per_call
        price = rules.credits_per_s * self.duration_s
        for value in self.choices.values():
            price *= rules.factors.get(str(value), 1.0)
        if self.choices.get("generate_audio") is False:
            price *= rules.factors.get("silent", 1.0)
        if self.choices.get("content_filter") is False:
            price *= 1.1
        return round(price, 4)


def read_order(body: Any, config: EvolinkConfig) -> Order:  # noqa: ANN401 - JSON
    """Check a create request's JSON.

    Raises:
        Refusal: With `param` naming the first field that is wrong.
    """
    if not isinstance(body, dict):
        raise Refusal("invalid_request", "The body must be a JSON object.")
    model, rules = _model(body, config)
    unknown = sorted(body.keys() - rules.fields)
    if unknown and config.unknown_fields == "refused":
        raise _wrong(unknown[0], "is not a field of this model")
    _check_others(body, rules)
    order = Order(
        model=model,
        rules=rules,
        prompt=_prompt(body, optional=rules.prompt_optional),
        duration_s=_duration(body, rules),
        choices={
            field: _choice(body, field, choice)
            for field, choice in rules.choices.items()
        },
        pictures=_pictures(body, rules.pictures),
        callback_url=_callback_url(body, local_allowed=config.allow_local_callbacks),
    )
    if len(order.pictures) > 1:
        for field, value in rules.barred.items():
            if order.choices.get(field) == value:
                raise _wrong(field, f"must not be {value} with several pictures")
    return order


def _wrong(param: str, what: str) -> Refusal:
    return Refusal("invalid_request", f"{param} {what}.", param=param)


def _model(body: dict[str, Any], config: EvolinkConfig) -> tuple[str, Rules]:
    asked = body.get("model")
    if not isinstance(asked, str) or not asked:
        raise _wrong("model", "is required")
    if asked in config.denied_models:
        raise Refusal("model_access_denied", param="model")
    used = used_model(asked, config.revision, aliasing=config.aliasing)
    if used is None:
        # Only the pages of 2025 know a 404 here; those of 2026 list 403 alone.
        is_old = config.dialect == "2025"
        code = "model_not_found" if is_old else "model_access_denied"
        raise Refusal(code, param="model")
    return used


def _prompt(body: dict[str, Any], *, optional: bool) -> str:
    prompt = body.get("prompt", "" if optional else None)
    if not isinstance(prompt, str) or not (optional or prompt.strip()):
        raise _wrong("prompt", "is required")
    return prompt


def _duration(body: dict[str, Any], rules: Rules) -> int:
    duration = body.get("duration", rules.usual_duration_s)
    # 6.0 equals an allowed duration, but EvoLink asks for an integer; so does True.
    if type(duration) is not int or duration not in rules.durations_s:
        lengths = rules.durations_s
        raise _wrong("duration", f"must be one of {tuple(lengths)}")
    return duration


def _choice(body: dict[str, Any], field: str, choice: Choice) -> str | bool:
    value = body.get(field, choice.default)
    # A number that equals a switch is none.
    fits = isinstance(value, str | bool) and value in choice.values
    if not fits or type(value) is not type(choice.default):
        told = ", ".join(map(str, choice.values))
        raise _wrong(field, f"must be one of {told}")
    chosen: str | bool = value
    return chosen


def _check_others(body: dict[str, Any], rules: Rules) -> None:
    for field in rules.numbers & body.keys():
        if type(body[field]) is not int or body[field] < 0:
            raise _wrong(field, "must be a whole number")
    for field in rules.texts & body.keys():
        if not isinstance(body[field], str):
            raise _wrong(field, "must be a text")
    if body.get("n", 1) not in range(1, 5):
        raise _wrong("n", "must be 1 to 4")


def _pictures(body: dict[str, Any], rules: PictureRules | None) -> tuple[str, ...]:
    if rules is None:
        return ()
    if rules.parameter == "image_start":
        found = [body[field] for field in ("image_start", "image_end") if field in body]
        if "image_start" not in body:
            raise _wrong("image_start", "is required")
    else:
        found = body.get(rules.parameter, [])
        if not isinstance(found, list) or not rules.least <= len(found) <= rules.most:
            told = f"must be a list of {rules.least} to {rules.most} URLs"
            raise _wrong(rules.parameter, told)
    if not all(map(_is_address, found)):
        raise _wrong(rules.parameter, "must hold http or https URLs")
    return tuple(found)


def _is_address(url: object) -> bool:
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _callback_url(body: dict[str, Any], *, local_allowed: bool) -> str | None:
    url = body.get("callback_url")
    if url is None:
        return None
    fault = addresses.fault_of(url, local_allowed=local_allowed)
    if fault is not None:
        raise Refusal("invalid_request", fault, param="callback_url")
    return str(url)
