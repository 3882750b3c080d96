"""Draws the sandbox's clips. To redraw them: `python -m sandbox.clips.make`.

A clapperboard before a drifting evening sky: its stick claps once a second, its face
names the aspect ratio, and a bar along the bottom shows how far the clip has come.
Pictures are drawn by hand, a rectangle at a time, so that no font and no image library
is needed; only PyAV, for the encoding.
"""

import math
from fractions import Fraction
from typing import Self

import av

from sandbox.clips import LENGTHS_S, SIZES_PX, clip_path

FRAMES_PER_S = 12
CRF = 33
"""x264's quality, higher is smaller: all ten clips together stay below 200 KB."""

Colour = tuple[int, int, int]

INK: Colour = (24, 24, 32)
CHALK: Colour = (244, 241, 230)
SKIES: dict[str, tuple[Colour, Colour]] = {
    "16:9": ((38, 70, 140), (244, 150, 110)),
    "9:16": ((84, 44, 120), (246, 130, 140)),
    "1:1": ((16, 96, 104), (244, 200, 120)),
    "3:2": ((40, 56, 104), (120, 200, 190)),
    "2:3": ((110, 40, 70), (250, 180, 100)),
}
"""Colour at the top and at the bottom of each picture."""

GLYPHS = {
    "1": ("010", "110", "010", "010", "111"),
    "2": ("111", "001", "111", "100", "111"),
    "3": ("111", "001", "111", "001", "111"),
    "6": ("111", "100", "111", "101", "111"),
    "9": ("111", "101", "111", "001", "111"),
    ":": ("0", "1", "0", "1", "0"),
}


class Picture:
    """One frame in RGB. Whatever reaches over its edge is cut off."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._pixels = bytearray(3 * width * height)

    def fill(self, box: tuple[float, float, float, float], colour: Colour) -> Self:
        """Paint a rectangle given as left, top, right, bottom in pixels."""
        left, right = (min(self.width, max(0, round(x))) for x in box[::2])
        top, bottom = (min(self.height, max(0, round(y))) for y in box[1::2])
        row = bytes(colour) * (right - left)
        for y in range(top, bottom):
            start = 3 * (y * self.width + left)
            self._pixels[start : start + len(row)] = row
        return self

    def frame(self) -> av.VideoFrame:
        """Return it in the pixel format that every browser plays."""
        frame = av.VideoFrame(self.width, self.height, "rgb24")
        plane = frame.planes[0]
        stride = 3 * self.width
        padding = bytes(plane.line_size - stride)
        rows = range(0, len(self._pixels), stride)
        plane.update(
            b"".join(bytes(self._pixels[y : y + stride]) + padding for y in rows)
        )
        return frame.reformat(format="yuv420p")


def paint_sky(picture: Picture, sky: tuple[Colour, Colour], at_s: float) -> None:
    """Fill the picture with a gradient that sways slowly up and down."""
    top, bottom = sky
    sway = 0.12 * math.sin(2 * math.pi * at_s / 6)
    for y in range(picture.height):
        share = min(1.0, max(0.0, y / picture.height + sway))
        red, green, blue = (
            round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)
        )
        picture.fill((0, y, picture.width, y + 1), (red, green, blue))


def paint_stick(
    picture: Picture, box: tuple[float, float, float, float], slope: float
) -> None:
    """Paint the striped stick, hinged at its left end and rising by `slope`."""
    left, top, right, bottom = box
    stripe = (right - left) / 9
    for x in range(round(left), round(right)):
        lift = slope * (x - left)
        for y in range(round(top - lift), round(bottom - lift)):
            leaning = x + 0.6 * (y + lift - top) - left
            colour = CHALK if int(leaning // stripe) % 2 else INK
            picture.fill((x, y, x + 1, y + 1), colour)


def paint_text(
    picture: Picture, text: str, centre: tuple[float, float], cell: float
) -> None:
    """Write figures in squares of `cell` pixels around a centre."""
    columns = sum(len(GLYPHS[letter][0]) for letter in text) + len(text) - 1
    x = centre[0] - columns * cell / 2
    top = centre[1] - 2.5 * cell
    for letter in text:
        for row, bits in enumerate(GLYPHS[letter]):
            for column, bit in enumerate(bits):
                if bit == "1":
                    near = x + column * cell
                    y = top + row * cell
                    picture.fill((near, y, near + cell, y + cell), CHALK)
        x += (len(GLYPHS[letter][0]) + 1) * cell


def slope_at(at_s: float) -> float:
    """Return how far the stick stands open: it opens slowly and claps shut."""
    beat = at_s % 1.0
    return 0.42 * (beat / 0.7 if beat < 0.7 else max(0.0, 1 - (beat - 0.7) / 0.15))  # noqa: PLR2004 - the rhythm


def scene(aspect_ratio: str, at_s: float, length_s: int) -> Picture:
    """Draw the picture at a moment of a clip."""
    width, height = SIZES_PX[aspect_ratio]
    picture = Picture(width, height)
    paint_sky(picture, SKIES[aspect_ratio], at_s)
    side = min(width, height)
    board = side * 0.56
    left, right = (width - board) / 2, (width + board) / 2
    top = height / 2 - board * 0.18
    stick = board * 0.13
    picture.fill((left, top, right, top + board * 0.66), INK)
    paint_stick(picture, (left, top, right, top + stick), 0.0)
    paint_stick(picture, (left, top - stick, right, top), slope_at(at_s))
    paint_text(picture, aspect_ratio, (width / 2, top + board * 0.41), board / 22)
    edge = max(4, round(side / 40))
    picture.fill((0, height - edge, width * at_s / length_s, height), CHALK)
    return picture


def make(aspect_ratio: str, length_s: int) -> None:
    """Write one clip: H.264 main profile, 4:2:0, the index before the pictures."""
    path = clip_path(aspect_ratio, length_s)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream(
            "libx264",
            rate=FRAMES_PER_S,
            options={
                "crf": str(CRF),
                "preset": "veryslow",
                "profile": "main",
                "tune": "animation",
                "x264-params": "keyint=60:threads=1",
            },
        )
        stream.width, stream.height = SIZES_PX[aspect_ratio]
        stream.pix_fmt = "yuv420p"
        for number in range(length_s * FRAMES_PER_S):
            frame = scene(aspect_ratio, number / FRAMES_PER_S, length_s).frame()
            frame.pts = number
            frame.time_base = Fraction(1, FRAMES_PER_S)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def main() -> None:
    """Write every clip."""
    for aspect_ratio in SIZES_PX:
        for length_s in LENGTHS_S:
            make(aspect_ratio, length_s)


if __name__ == "__main__":
    main()
