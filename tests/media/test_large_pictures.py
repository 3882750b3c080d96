"""A large WebP is decoded by a child process, in a fraction of the memory."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from structlog.testing import capture_logs

from bot.media.large_pictures import LargePictures
from tests.pictures.samples import (
    BLUE,
    RED,
    animation,
    encoded,
    halves,
    jpeg,
    looks_like,
    opened,
)
from tests.selection import thorough

MB = 1_000_000
PROGRAM = r"""
import re, sys
from pathlib import Path
from typing import Any
from bot.media.reduce import write_reduced
write_reduced(Path(sys.argv[1]), Path(sys.argv[2]))
status = Path("/proc/self/status").read_text()
print(int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024)
"""


@pytest.fixture
def large(tmp_path: Path) -> LargePictures:
    return LargePictures(tmp_path)


@pytest.mark.parametrize(
    ("picture", "options"),
    [
        ((5000, 3000), {"method": 0}),
        *thorough(
            ((5000, 3000), {"lossless": True}),
            ((3000, 5000, "RGBA"), {}),
        ),
    ],
)
async def test_it_becomes_a_smaller_picture_that_shows_the_same(
    large: LargePictures,
    tmp_path: Path,
    picture: tuple[Any, ...],
    options: dict[str, object],
) -> None:
    png = await large.reduced(encoded(halves(*picture), "WEBP", **options))

    assert png is not None
    image = opened(png)
    width, height = image.size
    assert image.format == "PNG"
    assert 2048 <= max(width, height) < 4096
    assert looks_like(RED, image.convert("RGB").getpixel((width // 2, 10)))
    assert looks_like(BLUE, image.convert("RGB").getpixel((width // 2, height - 10)))
    assert names(tmp_path) == set()


@pytest.mark.thorough
async def test_what_was_transparent_stays_so(large: LargePictures) -> None:
    image = halves(4200, 3000, "RGBA")
    image.paste((0, 0, 0, 0), (0, 1500, 4200, 3000))

    png = await large.reduced(encoded(image, "WEBP", lossless=True))

    assert png is not None
    shown = opened(png)
    assert shown.getpixel((100, 10))[3] == 255  # type: ignore[index]
    assert shown.getpixel((100, shown.height - 10))[3] == 0  # type: ignore[index]


@pytest.mark.thorough
async def test_it_stands_upright_and_says_nothing_else(large: LargePictures) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Canon of Ms. X"

    png = await large.reduced(encoded(halves(4200, 3000), "WEBP", exif=exif))

    assert png is not None
    assert b"Canon" not in png
    image = opened(png)
    assert image.height > image.width
    assert looks_like(RED, image.convert("RGB").getpixel((image.width - 10, 100)))
    assert looks_like(BLUE, image.convert("RGB").getpixel((10, 100)))


def lying(data: bytes, width: int, height: int) -> bytes:
    """Return a WebP whose picture says that it is larger than its file said."""
    at = data.index(b"\x9d\x01\x2a") + 3
    size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return data[:at] + size + data[at + 4 :]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (lying(encoded(halves(64, 48), "WEBP"), 16_383, 16_383), "unreadable"),
        (animation("WEBP"), "unreadable"),
        *thorough(
            (b"", "no_video"),
            (b"RIFF\0\0\0\0WEBP", "unreadable"),
            (jpeg(), "unreadable"),
            (encoded(halves(64, 48), "WEBP")[:40], "unreadable"),
        ),
    ],
)
async def test_what_cannot_be_read_leaves_nothing_behind(
    large: LargePictures, tmp_path: Path, data: bytes, reason: str
) -> None:
    with capture_logs() as logs:
        assert await large.reduced(data) is None

    assert [(one["event"], one["reason"]) for one in logs] == [
        ("picture not reduced", reason)
    ]
    assert names(tmp_path) == set()


async def test_where_nothing_can_be_written_there_is_no_picture(tmp_path: Path) -> None:
    assert await LargePictures(tmp_path / "none").reduced(jpeg()) is None


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("options", "most_mb"),
    [({"quality": 80}, 220), *thorough(({"lossless": True, "method": 0}, 360))],
)
def test_forty_megapixels_take_less_memory_than_pillow_would(
    tmp_path: Path, options: dict[str, object], most_mb: int
) -> None:
    """Pillow takes 16 bytes a pixel: 640 MB."""
    picture = tmp_path / "picture"
    picture.write_bytes(encoded(halves(7300, 5470), "WEBP", **options))

    told = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(picture), str(tmp_path / "png")],
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(told.stdout) < most_mb * MB


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}
