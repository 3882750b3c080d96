"""Numbers, durations and sentences as the operator reads them."""

from datetime import datetime

import pytest

from bot.web.page import words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-3, "0 s"),
        (0.4, "0 s"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (3_661, "1 h 1 min"),
        (86_400 * 3 + 3600 * 5, "3 d 5 h"),
    ],
)
def test_a_duration_has_two_units(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (4.92, "4.9"), (5.0, "5"), (99.9, "99.9"),
                        (1234.5, "1,234")],
)  # fmt: skip
def test_credits_have_a_decimal_where_it_says_anything(value: float, said: str) -> None:
    assert words.credits_of(value) == said


def test_commands_in_a_sentence_are_told_apart() -> None:
    assert words.marked("run `clapper check` now") == [
        (False, "run "),
        (True, "clapper check"),
        (False, " now"),
    ]
    assert words.marked("a lone ` stays") == [(False, "a lone ` stays")]


@pytest.mark.parametrize(
    ("read_at", "said"),
    [
        ("2026-11-18T09:05:59+00:00", "as of 09:05 UTC"),
        ("2026-11-18T00:30:00+01:00", "as of 2026-11-17 23:30 UTC"),
    ],
)
def test_what_was_read_today_needs_no_date(read_at: str, said: str) -> None:
    now = datetime.fromisoformat("2026-11-18T14:05:30+00:00")

    assert words.as_of(datetime.fromisoformat(read_at), now) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 bytes"),
        (1023, "1,023 bytes"),
        (1536, "1.5 KB"),
        (500 * 1024**2, "500 MB"),
        (3 * 1024**5, "3,072 TB"),
    ],
)
def test_room_is_told_in_the_largest_unit(number: int, said: str) -> None:
    assert words.size(number) == said
