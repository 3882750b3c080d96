"""Whatever people send becomes a plain JPEG, or one sentence that says why not."""

import random
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image

from bot.errors import Refused
from bot.pictures.prepare import (
    LONGEST_SIDE,
    MOST_MEGAPIXELS,
    MOST_READS,
    MOST_SCANS,
    prepare,
)
from tests.pictures.samples import (
    BLUE,
    HEIC,
    RED,
    SECRETS,
    WHITE,
    animation,
    encoded,
    halves,
    jpeg,
    looks_like,
    opened,
    photo,
    png_chunk,
    png_header,
    transparent,
    with_scans,
)
from tests.selection import thorough


def noise(width: int, height: int) -> Image.Image:
    data = random.Random(1).randbytes(width * height * 3)  # noqa: S311 - no secret
    return Image.frombytes("RGB", (width, height), data)


@pytest.mark.parametrize(
    "data",
    [
        jpeg(),
        photo(),
        transparent(),
        animation(),
        animation("WEBP"),
        encoded(halves(64, 48), "WEBP"),
        encoded(halves(64, 48, "CMYK"), "JPEG"),
        encoded(halves(64, 48, "L"), "JPEG"),
        encoded(halves(64, 48, "P"), "PNG"),
        encoded(halves(64, 48, "1"), "PNG"),
        encoded(halves(64, 48, "LA"), "PNG"),
        encoded(halves(1, 1), "PNG"),
    ],
)
def test_what_is_sent_is_a_jpeg_in_colour_that_says_nothing_else(data: bytes) -> None:
    prepared = prepare(data, None)

    image = opened(prepared)
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not any(secret in prepared for secret in SECRETS)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright(orientation: int) -> None:
    """As a viewer that heeds EXIF shows it."""
    image = opened(prepare(photo(orientation), None))

    red = {
        1: (200, 75), 2: (200, 75), 3: (200, 225), 4: (200, 225),
        5: (75, 200), 6: (225, 200), 7: (225, 200), 8: (75, 200),
    }[orientation]  # fmt: skip
    assert image.size == ((400, 300) if orientation < 5 else (300, 400))
    assert looks_like(RED, image.getpixel(red))


@pytest.mark.parametrize("exif", [b"Exif\x00\x00nonsense", b"Exif\x00\x00II*\x00\xff"])
def test_exif_that_nobody_can_read_turns_nothing(exif: bytes) -> None:
    data = encoded(halves(40, 30), "JPEG", exif=exif)

    assert opened(prepare(data, None)).width == 40


def test_what_is_transparent_becomes_white() -> None:
    image = opened(prepare(transparent(), None))

    assert looks_like(RED, image.getpixel((32, 10)))
    assert looks_like(WHITE, image.getpixel((32, 54)))


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_of_a_moving_picture_the_first_is_taken(kind: str) -> None:
    image = opened(prepare(animation(kind), None))

    assert looks_like(RED, image.getpixel((20, 15)))


def test_greys_of_sixteen_bits_stay_grey() -> None:
    grey = Image.new("I;16", (10, 10), 32768)

    image = opened(prepare(encoded(grey, "PNG"), None))

    assert looks_like((128, 128, 128), image.getpixel((5, 5)))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("PNG", "RGBA"),
        *thorough(("PNG", "RGB"), ("PNG", "L")),
        *thorough(("WEBP", "RGB"), ("WEBP", "L"), ("WEBP", "RGBA")),
    ],
)
def test_a_large_picture_becomes_smaller_and_keeps_its_shape(
    kind: str, mode: str
) -> None:
    data = encoded(halves(4600, 2300, mode), kind)

    image = opened(prepare(data, None))

    assert image.size == (LONGEST_SIDE, LONGEST_SIDE // 2)
    grey = (76, 76, 76), (29, 29, 29)
    upper, lower = grey if mode == "L" else (RED, BLUE)
    for x in (0, 1000, LONGEST_SIDE - 1):
        assert looks_like(upper, image.getpixel((x, 400)))
        assert looks_like(lower, image.getpixel((x, LONGEST_SIDE // 2 - 1)))


@pytest.mark.thorough
def test_a_large_picture_shows_what_it_showed() -> None:
    """It is made smaller in bands: none is missing, doubled or moved."""
    slope = Image.linear_gradient("L").resize((5000, 7001))

    image = opened(prepare(encoded(slope, "PNG"), None))

    assert image.height == LONGEST_SIDE
    rows = [image.getpixel((image.width // 2, y)) for y in range(image.height)]
    for y, found in enumerate(rows):
        grey = 255 * y // LONGEST_SIDE
        assert looks_like((grey, grey, grey), found), y


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280)])
def test_a_picture_of_an_exact_size_is_cut_around_its_middle(
    size: tuple[int, int],
) -> None:
    image = opened(prepare(jpeg(400, 400), size))

    assert image.size == size
    assert looks_like(RED, image.getpixel((size[0] // 2, 10)))
    assert looks_like(BLUE, image.getpixel((size[0] // 2, size[1] - 10)))


def test_what_is_sent_is_smaller_than_any_model_takes() -> None:
    data = encoded(noise(2600, 2600), "JPEG", quality=100)

    assert len(prepare(data, None)) < 10_000_000


@pytest.mark.parametrize(
    ("data", "text_id"),
    [
        (b"", "kind"),
        (b"Dear diary,\n" * 100, "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        (b"%PDF-1.7\n", "kind"),
        (b"\x89PNG\r\n\x1a\n", "kind"),
        (HEIC, "heic"),
        (HEIC.replace(b"heic", b"avif"), "heic"),
        (HEIC.replace(b"heic", b"avis"), "heic"),
        (encoded(halves(8, 8), "TIFF"), "kind"),
        (encoded(halves(8, 8), "BMP"), "kind"),
        (encoded(halves(8, 8), "ICO"), "kind"),
        (png_header(30_000, 30_000), "pixels"),
        (png_header(9000, 9000), "pixels"),
        (png_header(0, 5), "kind"),
        (png_header(6000, 6000), "broken"),
        (jpeg()[:-200], "broken"),
        (transparent()[:-40], "broken"),
        (animation()[:30], "kind"),
    ],
    ids=repr,
)
def test_what_is_no_picture_is_refused_with_a_sentence(
    data: bytes, text_id: str
) -> None:
    with pytest.raises(Refused) as refused:
        prepare(data, None)

    assert refused.value.text_id == f"refused-picture-{text_id}"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_bomb_is_refused_before_it_is_unpacked(kind: str) -> None:
    """A file of some kilobytes that would take more memory than there is."""
    data = encoded(Image.new("L", (6400, 6400)), kind)

    tracemalloc.start()
    with pytest.raises(Refused) as refused:
        prepare(data, None)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert refused.value.text_id == "refused-picture-pixels"
    assert refused.value.values == {"megapixels": MOST_MEGAPIXELS}
    assert most < 10_000_000


@pytest.mark.thorough
@settings(max_examples=150)
@given(data=st.data())
def test_a_damaged_file_becomes_a_picture_or_a_sentence(data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from([photo(), transparent(), animation(), animation("WEBP")])
    )
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(whole) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    del damaged[data.draw(st.integers(1, len(whole))) :]

    with suppress(Refused):
        assert opened(prepare(bytes(damaged), None)).format == "JPEG"


PROGRESSIVE = encoded(halves(64, 48), "JPEG", progressive=True)
FILM = bytes(range(256)) * 4 + b"\xff\xda\x00\x02" * (MOST_SCANS + 1)


def of_several() -> bytes:
    """Return two pictures in one file, the first with many scans."""
    second = [halves(64, 48)]
    data = encoded(halves(64, 48), "MPO", save_all=True, append_images=second)
    end = data.index(b"\xff\xd9") + 2
    return with_scans(data[:end], MOST_SCANS) + data[end:]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (with_scans(PROGRESSIVE, MOST_SCANS), "JPEG"),
        (with_scans(jpeg(), MOST_SCANS), "JPEG"),
        (of_several(), "MPO"),
    ],
)
def test_scans_without_number_are_refused_before_they_are_decoded(
    data: bytes, kind: str
) -> None:
    """Each goes over the whole picture: thousands fit into a small file."""
    assert opened(data).format == kind

    with pytest.raises(Refused) as refused:
        prepare(data, None)

    assert refused.value.text_id == "refused-picture-broken"


@pytest.mark.parametrize(
    "data",
    [
        with_scans(PROGRESSIVE, MOST_SCANS // 2),
        PROGRESSIVE + FILM,  # as some phones put one behind the picture
        encoded(halves(64, 48), "JPEG", comment=FILM),
        encoded(halves(64, 48), "JPEG", restart_marker_blocks=1),
    ],
)
def test_what_only_looks_like_scans_is_none(data: bytes) -> None:
    assert looks_like(RED, opened(prepare(data, None)).getpixel((30, 5)))


@pytest.mark.parametrize(
    ("data", "at", "part"),
    [
        (jpeg(), 2, b"\xff\xfe\x00\x02"),
        (encoded(halves(8, 8), "PNG"), 33, png_chunk(b"prVt")),
        (animation(), 13 + 3 * 4, b"\x21\xfe\x01a\x00"),
    ],
    ids=["JPEG", "PNG", "GIF"],
)
def test_a_file_of_parts_without_number_is_refused(
    data: bytes, at: int, part: bytes
) -> None:
    with pytest.raises(Refused) as refused:
        prepare(data[:at] + part * MOST_READS + data[at:], None)

    assert refused.value.text_id == "refused-picture-broken"


@pytest.mark.parametrize(
    ("size", "least_px", "becomes"),
    [
        ((320, 180), 300, (533, 300)),
        ((180, 320), 300, (300, 533)),
        ((320, 300), 300, (320, 300)),
        ((320, 180), 0, (320, 180)),
        # It would be far larger than any model can use.
        ((2, 4000), 300, (1, 2048)),
    ],
)
def test_what_is_too_small_is_enlarged_where_that_is_asked_for(
    size: tuple[int, int], least_px: int, becomes: tuple[int, int]
) -> None:
    with opened(prepare(jpeg(*size), None, least_px)) as made:
        assert made.size == becomes
