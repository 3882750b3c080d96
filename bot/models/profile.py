"""What one EvoLink id accepts; `bot.models.catalogue` has what is known of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from bot.models.choices import Aspect, Mode

PROMPT_MAX_CHARS = 4000
"""Of every prompt. EvoLink documents no limit for the first model; others take 2000 to
5000."""

NO_PRICES: Final[Mapping[str | None, float]] = MappingProxyType({})
NO_SIZES: Final[Mapping[Aspect, tuple[int, int]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A model's switch for sound: a parameter of its own name."""

    parameter: str
    on: bool | str = True
    off: bool | str = False
    default: bool = True
    """What EvoLink makes where the parameter is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureInput:
    """How a picture is handed to a model. Clapper sends one, as the first frame."""

    parameter: str
    is_list: bool = True
    """Whether the parameter takes a list of URLs, rather than one."""
    max_bytes: int | None = None
    """Of each; None = not documented."""
    sides_px: tuple[int, int] | None = None
    """The least and the most that width and height may be; None = not documented."""
    most_ratio: float | None = None
    """Of the longer side to the shorter; None = not documented."""
    exact_sizes: Mapping[Aspect, tuple[int, int]] = field(
        default_factory=lambda: NO_SIZES
    )
    """Width and height in pixels that a picture must have; empty = any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelProfile:
    """What one EvoLink id accepts for one kind of request: words alone, or a picture.

    An empty collection means that the model has no such parameter: it is left out of
    the body.
    """

    id: str
    """EvoLink's `model`."""
    title: str
    """What people read."""
    durations_s: tuple[int, ...]
    """Lengths in seconds, ascending."""
    default_duration_s: int
    qualities: tuple[str, ...] = ()
    """EvoLink's `quality`, the lowest first."""
    default_quality: str | None = None
    """What EvoLink makes where it is left out; None = not documented, or none."""
    aspects: tuple[Aspect, ...] = ()
    default_aspect: Aspect = Aspect.WIDE
    """What Clapper asks for where nobody chose one."""
    auto_word: str = "auto"
    """What the model calls `Aspect.AUTO`."""
    modes: tuple[Mode, ...] = ()
    sound: Sound | None = None
    prompt_max_chars: int = PROMPT_MAX_CHARS
    prompt_optional: bool = False
    picture: PictureInput | None = None
    """None = this is the profile for words alone."""
    credits_per_s: Mapping[str | None, float] = field(default_factory=lambda: NO_PRICES)
    """What a second of the clip costs at first, by quality; None = whichever quality.

    Empty = not known. What an account really pays is learned from its bills.
    """

    @property
    def usual_aspect(self) -> Aspect:
        """The shape of a request that chose none."""
        return self.default_aspect if self.aspects else Aspect.AUTO

    @property
    def most_prompt_chars(self) -> int:
        """How long a prompt may be: the model's limit, or ours if that is lower."""
        return min(self.prompt_max_chars, PROMPT_MAX_CHARS)

    def takes_aspect(self, aspect: Aspect) -> bool:
        """Return whether a shape may be asked for; without shapes, that is none."""
        return aspect in self.aspects if self.aspects else aspect is Aspect.AUTO

    def takes_mode(self, mode: Mode) -> bool:
        """Return whether a mode may be asked for; without modes, that is normal."""
        return mode in self.modes if self.modes else mode is Mode.NORMAL

    def aspect_word(self, aspect: Aspect) -> str:
        """Return what EvoLink calls a shape for this model."""
        return self.auto_word if aspect is Aspect.AUTO else aspect.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One choice in the menu of models: what makes clips from words, and from pictures.

    EvoLink may have two ids for that, or one, or none for pictures.
    """

    text: ModelProfile
    picture: ModelProfile | None = None

    @property
    def name(self) -> str:
        """Its name in the settings: the id for words."""
        return self.text.id

    @property
    def title(self) -> str:
        """What people read."""
        return self.text.title
