"""The clips the stand-in hands out: which file answers which order.

Five aspect ratios in two lengths, real H.264, made by `make.py` and committed, so that
a test can compare what arrives byte for byte.
"""

import math
from functools import cache
from pathlib import Path

_SHELF = Path(__file__).parent

LENGTHS_S = (6, 10)
"""Durations for which there is a file, in seconds."""

SIZES_PX = {
    "16:9": (320, 180),
    "9:16": (180, 320),
    "1:1": (240, 240),
    "3:2": (300, 200),
    "2:3": (200, 300),
}
"""Width and height in pixels of the clip of each aspect ratio."""


def nearest_shape(aspect_ratio: str) -> str:
    """Return the aspect ratio of a clip that there is, the most like another one.

    What is no ratio, as `auto` or `adaptive`, is taken for 16:9.
    """
    width, _, height = aspect_ratio.partition(":")
    if not (width.isdecimal() and height.isdecimal()):
        return "16:9"
    ratio = math.log(int(width) / int(height))

    def distance(shape: str) -> float:
        wide, high = map(int, shape.split(":"))
        return abs(math.log(wide / high) - ratio)

    return min(SIZES_PX, key=distance)


def clip_path(aspect_ratio: str, duration_s: int) -> Path:
    """Return the file for an order.

    A duration without a file of its own gets the longest clip that is not longer.

    Raises:
        KeyError: If there is no clip of this aspect ratio.
    """
    if aspect_ratio not in SIZES_PX:
        raise KeyError(aspect_ratio)
    fitting = [length for length in LENGTHS_S if length <= duration_s]
    length = max(fitting, default=min(LENGTHS_S))
    return _SHELF / f"{aspect_ratio.replace(':', 'x')}-{length}s.mp4"


@cache
def clip_bytes(aspect_ratio: str, duration_s: int) -> bytes:
    """Return that file's content, read once for each.

    Raises:
        KeyError: If there is no clip of this aspect ratio.
    """
    return clip_path(aspect_ratio, duration_s).read_bytes()
