"""Turns what people send into the one kind of picture that leaves us.

A JPEG without any metadata, upright, on white where it was transparent, and no larger
than a model can use. What it was made of is read by its content and never by its name.
Everything here takes time and memory: it belongs on a thread, one picture at a time.
"""

import io
import re
from collections.abc import Mapping
from math import ceil
from types import MappingProxyType
from typing import TypeAlias

import structlog
from PIL import Image, ImageOps, UnidentifiedImageError

from bot.errors import Refused
from bot.pictures.heif import HEIF_BRANDS

log = structlog.get_logger(__name__)

LONGEST_SIDE = 2048
"""In pixels, of what is sent. No model makes clips larger than that of 4k's half."""
MOST_MEGAPIXELS = 40
"""What may be decoded: four bytes a pixel."""
MOST_WEBP_MEGAPIXELS = 12
"""Of a WebP, if it is decoded here: Pillow holds it four times."""
QUALITY = 90
MOST_SCANS = 100
"""Of a JPEG: each goes over the whole picture, even if it adds nothing to it. Those of
people's cameras and programs have about ten."""
MOST_READS = 100_000
"""From a file, one for each of its parts. What has more is made to keep us busy."""
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd8\xff]")
"""Of a JPEG, that more follows; not what stands in the middle of a scan's data."""
_SCAN, _END, _TEMPORARY = 0xDA, 0xD9, 0x01
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_BAND = 64
"""Rows of the result that are made at once."""
_ORIENTATION = 0x0112
"""EXIF's tag."""
_TURNS: Mapping[int, Image.Transpose] = MappingProxyType(
    {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
)
"""What makes a picture upright, by its orientation in EXIF."""

Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""


def prepare(data: bytes, exact_size: Size | None, least_px: int = 0) -> bytes:
    """Return a picture ready to be sent: a JPEG in RGB without metadata.

    With `exact_size` it is cut to that shape around its middle, and scaled to it. Else
    it is enlarged where a side has fewer pixels than `least_px`, unless that would make
    the other one too long.

    Raises:
        Refused: If this is no picture that we read, or too large to be decoded.
    """
    image = _opened(data)
    try:
        flat = upright(_flattened(image), orientation(image))
    except Exception as error:
        # Pillow's decoders raise whatever their format makes them stumble over.
        log.info("picture not decoded", format=image.format, error=repr(error))
        raise Refused("refused-picture-broken") from error
    if exact_size is not None:
        return _encoded(ImageOps.fit(flat, exact_size))
    factor = least_px / min(flat.size)
    if factor > 1 and factor * max(flat.size) <= LONGEST_SIDE:
        flat = ImageOps.scale(flat, factor)
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _encoded(flat)


def is_large_webp(data: bytes) -> bool:
    """Return whether this is a WebP that only a child process can decode."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return False
    try:
        _opened(data)
    except Refused as refusal:
        return refusal.values.get("megapixels") == MOST_WEBP_MEGAPIXELS
    return False


def sent_size(width: int, height: int) -> Size:
    """Return about the size that a picture of this one is sent with."""
    factor = min(1.0, LONGEST_SIDE / max(width, height))
    return max(1, round(width * factor)), max(1, round(height * factor))


def size_of(prepared: bytes) -> Size:
    """Return the size of a picture that `prepare` returned."""
    return Image.open(io.BytesIO(prepared), formats=["JPEG"]).size


def smallest() -> bytes:
    """Return a picture of one pixel, which stands in for another one."""
    return _encoded(Image.new("RGB", (1, 1)))


def _encoded(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _opened(data: bytes) -> Image.Image:
    """Return a picture of which only the header has been read."""
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        raise Refused("refused-picture-heic")
    try:
        image = Image.open(_BoundedReads(data), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(MOST_MEGAPIXELS) from error
    except UnidentifiedImageError as error:
        raise Refused("refused-picture-kind") from error
    except Exception as error:
        log.info("picture not opened", error=repr(error))
        raise Refused("refused-picture-broken") from error
    kind = image.format or ""
    pixels = image.width * image.height
    if pixels > MOST_MEGAPIXELS * 1_000_000:
        raise _too_many_pixels(MOST_MEGAPIXELS)
    if kind == "WEBP" and pixels > MOST_WEBP_MEGAPIXELS * 1_000_000:
        raise _too_many_pixels(MOST_WEBP_MEGAPIXELS)
    if kind in {"JPEG", "MPO"} and _scans(data) > MOST_SCANS:
        log.info("picture not decoded", format=kind, error="too many scans")
        raise Refused("refused-picture-broken")
    # A JPEG can be decoded at a half, a quarter or an eighth of its size.
    image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
    return image


class _BoundedReads(io.BytesIO):
    """A file that can be read from so many times."""

    _left = MOST_READS

    def read(self, size: int | None = -1, /) -> bytes:
        self._left -= 1
        if self._left < 0:
            msg = "too many parts"
            raise OSError(msg)
        return super().read(size)


def _scans(data: bytes) -> int:
    """Return how many scans a JPEG has, counted as its decoder meets them.

    What lies in other segments (a preview) or behind its end (a film) does not count.
    """
    scans, at = 0, 2
    while (found := _MARKER.search(data, at)) is not None:
        marker, at = data[found.end() - 1], found.end()
        if marker == _END:
            break
        scans += marker == _SCAN
        if scans > MOST_SCANS:
            break
        if marker != _TEMPORARY:
            at += max(2, int.from_bytes(data[at : at + 2]))
    return scans


def _too_many_pixels(most_megapixels: int) -> Refused:
    return Refused("refused-picture-pixels", megapixels=most_megapixels)


def _flattened(image: Image.Image) -> Image.Image:
    """Decode a picture; return it in RGB on white, not much larger than needed.

    Made in bands, because a copy of the whole would take its memory once more.
    """
    image.load()
    width, height = image.size
    factor, size = _factor(width, height), reduced_size(width, height)
    mode = "RGBA" if image.has_transparency_data else "RGB"
    flat = Image.new("RGB", size, "white")
    for row in range(0, size[1], _BAND):
        top, bottom = row * factor, min((row + _BAND) * factor, height)
        band = _of_eight_bits(image.crop((0, top, width, bottom))).convert(mode)
        if factor > 1:
            band = band.reduce(factor)
        flat.paste(band, (0, row), band if mode == "RGBA" else None)
    return flat


def reduced_size(width: int, height: int) -> Size:
    """Return a size in pixels at which a picture is not much larger than needed."""
    factor = _factor(width, height)
    return ceil(width / factor), ceil(height / factor)


def _factor(width: int, height: int) -> int:
    return max(1, max(width, height) // LONGEST_SIDE)


def _of_eight_bits(band: Image.Image) -> Image.Image:
    """Return greys of sixteen bits as greys of eight, which Pillow would cut off."""
    if not band.mode.startswith("I"):
        return band
    return band.convert("I").point(lambda grey: grey / 256).convert("L")


def orientation(image: Image.Image) -> int:
    """Return how a picture is to be turned, as its EXIF says; 1 = it is upright."""
    try:
        turned: int = image.getexif().get(_ORIENTATION, 1)
    except Exception as error:  # noqa: BLE001 - EXIF that cannot be read turns nothing
        log.info("orientation unreadable", error=repr(error))
        return 1
    return turned


def upright(image: Image.Image, turned: int) -> Image.Image:
    """Return a picture as it is to be seen, turned as `orientation` says."""
    turn = _TURNS.get(turned)
    return image if turn is None else image.transpose(turn)
