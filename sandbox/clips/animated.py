"""Clips that begin with a picture: it fills the first frame, then comes nearer.

This module needs PyAV, which not every installation has.
"""

import tempfile
from fractions import Fraction
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import av
from PIL import Image, ImageOps

FRAMES_PER_S = 8
LONGEST_SIDE_PX = 320
ZOOM = 0.7
"""The part of the picture that the last frame shows, to each side."""
_CRF = 18
"""x264's quality: near enough to the picture to be compared with it."""

Size = tuple[int, int]


def size_of(picture: bytes, aspect_ratio: str) -> Size:
    """Return the width and height of a clip in pixels.

    A shape that is no ratio, as `auto` or `adaptive`, leaves it to the picture.
    """
    width, _, height = aspect_ratio.partition(":")
    if width.isdecimal() and height.isdecimal():
        wide, high = int(width), int(height)
    else:
        with Image.open(BytesIO(picture)) as image:
            wide, high = image.size
    scale = LONGEST_SIDE_PX / max(wide, high)
    # 4:2:0 wants even numbers.
    return max(2, 2 * round(wide * scale / 2)), max(2, 2 * round(high * scale / 2))


def frame(picture: bytes, aspect_ratio: str, share: float) -> Image.Image:
    """Return what a clip shows at a moment: 0.0 is its first frame, 1.0 its last.

    A picture of another shape is cut to the clip's.
    """
    fitting = _fitting(picture, aspect_ratio)
    cut = (1 - ZOOM) * share / 2
    width, height = fitting.size
    box = (cut * width, cut * height, (1 - cut) * width, (1 - cut) * height)
    return fitting.resize(fitting.size, Image.Resampling.BICUBIC, box=box)


@lru_cache(maxsize=8)
def _fitting(picture: bytes, aspect_ratio: str) -> Image.Image:
    size = size_of(picture, aspect_ratio)
    with Image.open(BytesIO(picture)) as image:
        return ImageOps.fit(image.convert("RGB"), size, Image.Resampling.BICUBIC)


@lru_cache(maxsize=32)
def picture_clip(picture: bytes, aspect_ratio: str, duration_s: int) -> bytes:
    """Return a clip of a picture: H.264, the index before the frames."""
    count = duration_s * FRAMES_PER_S
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
            stream = container.add_stream(
                "libx264",
                rate=FRAMES_PER_S,
                options={
                    "crf": str(_CRF),
                    "preset": "ultrafast",
                    "x264-params": "threads=1",
                },
            )
            stream.width, stream.height = size_of(picture, aspect_ratio)
            stream.pix_fmt = "yuv420p"
            for number in range(count):
                image = frame(picture, aspect_ratio, number / (count - 1))
                plain = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call] # PyAV's
                drawn = plain.reformat(format="yuv420p")
                drawn.pts = number
                drawn.time_base = Fraction(1, FRAMES_PER_S)
                container.mux(stream.encode(drawn))
            container.mux(stream.encode())
        return path.read_bytes()
