"""The chart: a readable PNG, whatever people are called and however little there is."""

import io
from itertools import product

import pytest
from PIL import Image

from bot.charts.names import NAME_CHARS, drawable_name
from bot.charts.picture import SHOWN, report_png
from bot.charts.style import LABEL_PX, MonthWords, Words
from bot.ids import UserId
from bot.jobs.states import JobState
from tests.charts.test_table import made, report
from tests.selection import thorough

WORDS = Words(
    others="Others",
    nothing="Nothing yet",
    day=str,
    number=str,
    month=MonthWords(
        title="Credits this month",
        so_far="So far: 1,234,567",
        forecast="Forecast: 2,345,678",
        limit="Limit: 1,000,000",
    ),
)


def drawn(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture))
    image.load()
    return image


MEMBERS, DAYS = (0, 1, SHOWN, SHOWN + 3), (1, 30, 365)
USUAL = ((0, 1), (1, 30), (SHOWN + 3, 365))


@pytest.mark.parametrize(
    ("members", "days"),
    [*USUAL, *thorough(*(one for one in product(MEMBERS, DAYS) if one not in USUAL))],
)
def test_a_picture_stands_on_a_card_of_its_own(members: int, days: int) -> None:
    """No pixel lets Discord's background through, be it light or dark."""
    videos = [made(UserId(number + 1), JobState.DELIVERED) for number in range(members)]

    image = drawn(report_png(report(*videos, days=days), {}, WORDS))

    assert image.size == (1100, 700)
    *_, opacity = image.convert("RGBA").getextrema()
    assert opacity == (255, 255)


def test_labels_are_at_least_eleven_pixels_high_as_discord_shows_them() -> None:
    """Discord scales a picture down to 550 pixels."""
    width, _ = drawn(report_png(report(days=7), {}, WORDS)).size

    assert LABEL_PX * 550 / width >= 11


@pytest.mark.parametrize("days", [1, 2])
def test_each_member_has_a_bar_of_their_own_colour(days: int) -> None:
    videos = [made(UserId(number + 1), JobState.DELIVERED) for number in range(3)]

    image = drawn(report_png(report(*videos, days=days), {}, WORDS)).convert("RGB")

    counts = {colour: count for count, colour in image.getcolors(1 << 20) or ()}
    bars = [counts[colour] for colour in ((0xE6, 0x9F, 0), (0x56, 0xB4, 0xE9))]
    assert all(count > 5000 for count in bars)
    # A single bar never fills the picture.
    assert all(count < 200_000 for count in bars)


def test_members_have_colours_that_stand_out_from_the_card() -> None:
    known = report(made(UserId(1), JobState.DELIVERED), days=1)

    image = drawn(report_png(known, {}, WORDS)).convert("RGB")

    colours = {colour for _, colour in image.getcolors(1 << 20) or ()}
    assert (0xE6, 0x9F, 0x00) in colours
    assert (0x2B, 0x2D, 0x31) in colours


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Mia", "Mia"),
        ("", "…2345"),
        ("李雷", "…2345"),
        ("🎬", "…2345"),
        ("🎬 Mia", "Mia"),
        ("  Mia  🎬  Maier ", "Mia Maier"),
        ("مريم", "…2345"),
        ("Mia \u202eaiM", "Mia aiM"),
        ("M\u0336\u0336\u0336ia", "Mia"),
        ("Jürgen Größe", "Jürgen Größe"),
        ("Ju\u0308rgen", "Jürgen"),
        ("x" * 40, "x" * (NAME_CHARS - 1) + "…"),
        ("$x$", "$x$"),
    ],
)
def test_a_name_is_one_that_can_be_drawn(name: str, shown: str) -> None:
    user_id = UserId(1_300_000_000_000_012_345)

    assert drawable_name(user_id, {user_id: name}) == shown


def test_a_name_is_no_formula_of_the_drawing_library() -> None:
    known = report(made(UserId(1), JobState.DELIVERED))

    picture = report_png(known, {UserId(1): r"$\frac{1}{"}, WORDS)

    assert drawn(picture).size == (1100, 700)
