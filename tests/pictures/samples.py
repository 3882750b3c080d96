"""Pictures as people send them: made here, so that each test sees what is in them."""

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Any

from PIL import Image

from bot.errors import Refused

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
SECRETS = (b"Canon of Ms. X", b"Exif", b"ICC_PROFILE", b"48.2082 N", b"a comment")
"""What no picture that leaves us may hold."""


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def halves(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Return a picture whose upper half is red and whose lower half is blue."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (0, height // 2, width, height))
    return image.convert(mode)


def jpeg(width: int = 64, height: int = 48) -> bytes:
    return encoded(halves(width, height), "JPEG")


def photo(orientation: int = 6) -> bytes:
    """Return a JPEG as a phone takes it: turned, with a camera and a place in EXIF."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRETS[0].decode()
    exif[0x9286] = SECRETS[3].decode()
    return encoded(
        halves(400, 300), "JPEG", exif=exif, comment=SECRETS[4], icc_profile=b"ICC" * 50
    )


def with_scans(data: bytes, many: int) -> bytes:
    """Return a progressive JPEG with so many more scans, which add nothing to it."""
    at = data.rindex(b"\xff\xda")
    (length,) = struct.unpack_from(">H", data, at + 2)
    return data[:-2] + data[at : at + 2 + length] * many + data[-2:]


def transparent() -> bytes:
    """Return a PNG of which only the upper half is there."""
    image = halves(64, 64, "RGBA")
    image.paste((0, 0, 0, 0), (0, 32, 64, 64))
    return encoded(image, "PNG")


def animation(kind: str = "GIF") -> bytes:
    """Return a moving picture that begins red and goes on green."""
    first, second = (Image.new("RGB", (40, 30), colour) for colour in (RED, GREEN))
    return encoded(first, kind, save_all=True, append_images=[second], duration=100)


def png_chunk(kind: bytes, data: bytes = b"") -> bytes:
    """Return one part of a PNG."""
    checked = kind + data
    return (
        struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))
    )


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that says how large it is, with nothing much behind that."""
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", size)
        + png_chunk(b"IDAT", zlib.compress(bytes(1000)))
        + png_chunk(b"IEND")
    )


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)


@dataclass
class SentPicture:
    """Implements `bot.pictures.source.PictureSource`."""

    data: bytes
    size: int | None = None
    content_type: str | None = None
    error: Refused | None = None
    has_own_turns: bool = False
    reads: int = 0

    async def read(self) -> bytes:
        self.reads += 1
        if self.error is not None:
            raise self.error
        return self.data


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def looks_like(colour: tuple[int, int, int], found: Any) -> bool:
    """Return whether a pixel has this colour, as near as JPEG keeps it."""
    return all(abs(one - other) < 12 for one, other in zip(colour, found, strict=True))
