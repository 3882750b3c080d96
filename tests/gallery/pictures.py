"""The gallery's pictures for the documentation: each group, language and theme."""

import asyncio
import io
from collections.abc import AsyncGenerator
from fractions import Fraction
from itertools import product

import av
from playwright.async_api import Browser

from tests.gallery.catalogue import GROUPS
from tests.gallery.server import looked_at, open_gallery

THEMES = ("dark", "light")
LOCALES = ("en-US", "de")
"""Those that the documentation shows."""
SHORT = ".long { display: none; }"
"""The style of the pictures: entries that repeat others at length are left out."""
TALLEST_PX = 16_383
"""WebP has no taller pictures."""


async def take(browser: Browser) -> AsyncGenerator[tuple[str, bytes]]:
    """Give out the pictures by their files' names."""
    async with open_gallery() as gallery:
        for locale, theme, group in product(LOCALES, THEMES, GROUPS):
            async with looked_at(browser, gallery, locale, group, theme) as page:
                await page.add_style_tag(content=SHORT)
                png = await page.locator("#gallery").screenshot()
                yield name(group, locale, theme), await asyncio.to_thread(as_webp, png)


def name(group: str, locale: str, theme: str) -> str:
    """Return the name of a picture's file."""
    return f"messages-{group}-{locale.partition('-')[0]}-{theme}.webp"


def as_webp(png: bytes) -> bytes:
    """Return a picture as lossless WebP: of text a third of the size of a PNG."""
    with av.open(io.BytesIO(png), "r") as container:
        frame = next(container.decode(video=0)).reformat(format="bgra")
    encoder = av.CodecContext.create("libwebp", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height = frame.width, frame.height
    encoder.pix_fmt, encoder.time_base = "bgra", Fraction(1)
    encoder.options = {"lossless": "1", "quality": "100", "compression_level": "6"}
    frame.pts, frame.time_base = 0, encoder.time_base
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    return b"".join(bytes(packet) for packet in packets)
