"""What can be chosen of a video's look: the same words for every model."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Mode(StrEnum):
    """EvoLink's `mode`. Spicy is risque, and each server decides about it."""

    FUN = "fun"
    NORMAL = "normal"
    SPICY = "spicy"


class Aspect(StrEnum):
    """EvoLink's `aspect_ratio`, width to height. The values are stored."""

    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"
    LANDSCAPE = "3:2"
    PORTRAIT = "2:3"
    STANDARD = "4:3"
    UPRIGHT = "3:4"
    CINEMA = "21:9"
    AUTO = "auto"
    """The model decides; a picture keeps its own. Models call it by their own words."""


QUALITIES = ("480p", "720p", "1080p", "4k")
"""EvoLink's `quality` of all models, the lowest first."""
LINES: Mapping[str, int] = MappingProxyType(
    {"480p": 480, "720p": 720, "1080p": 1080, "4k": 2160}
)
"""How many lines of pixels each has."""


def quality_of(lines: float) -> str:
    """Return the quality of so many lines; empty if there is none."""
    return next((name for name, known in LINES.items() if known == lines), "")
