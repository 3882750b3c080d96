"""What the parameters of one model may be. The models themselves are in `models`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ALWAYS = frozenset({"model", "prompt", "duration", "callback_url"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A parameter that takes one of some values; the first is the usual one."""

    values: Sequence[str | bool]
    usual: str | bool | None = None
    """What counts where it is left out, if that is not the first."""

    @property
    def default(self) -> str | bool:
        """What counts where it is left out."""
        return self.values[0] if self.usual is None else self.usual


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRules:
    """How many pictures there may be, and of what kind."""

    least: int = 1
    most: int = 1
    parameter: str = "image_urls"
    """Where they stand: a list there, or one address if it is `image_start`."""
    max_bytes: int | None = None
    kinds: frozenset[str] = frozenset({"image/jpeg", "image/png", "image/webp"})
    sides_px: tuple[int, int] | None = None
    """The least and the most that width and height may be."""
    most_ratio: float | None = None
    """How often the longer side may be as long as the shorter."""
    exact_sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Width and height in pixels that each shape wants; empty = any."""
    is_followed: bool = False
    """Whether one picture decides the shape, whatever `aspect_ratio` says."""

    @property
    def fields(self) -> frozenset[str]:
        """The parameters that hold addresses of pictures."""
        if self.parameter == "image_start":
            return frozenset({"image_start", "image_end"})
        return frozenset({self.parameter})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one model accepts, and what it costs."""

    durations_s: Sequence[int]
    usual_duration_s: int
    choices: Mapping[str, Choice] = field(default_factory=dict)
    """`quality`, `aspect_ratio`, `mode` and the switches, as far as it has them."""
    numbers: frozenset[str] = frozenset()
    """Parameters that take a whole number, as `seed`."""
    texts: frozenset[str] = frozenset()
    """Parameters that take a text, as `negative_prompt`."""
    pictures: PictureRules | None = None
    prompt_optional: bool = False
    prompt_chars: int | None = None
    """The longest prompt; `None` = not documented."""
    barred: Mapping[str, str] = field(default_factory=dict)
    """Values that two or more pictures rule out."""
    credits_per_s: float = 2.0
    factors: Mapping[str, float] = field(default_factory=dict)
    """By how much a value of any parameter multiplies the price."""
    credits_per_call: float | None = None
    """The price where the length does not count."""

    @property
    def fields(self) -> frozenset[str]:
        """Every parameter that a request may carry."""
        pictures = self.pictures.fields if self.pictures else frozenset()
        return ALWAYS | set(self.choices) | self.numbers | self.texts | pictures
