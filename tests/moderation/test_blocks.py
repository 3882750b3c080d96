"""How long a block lasts, as it is typed."""

from datetime import timedelta

import pytest

from bot.moderation.blocks import parse_duration


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        (" 1 D ", timedelta(days=1)),
    ],
)
def test_durations_are_read_as_they_are_typed(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "0m", "-1h", "1", "m", "1y", "1.5h", "99999w", "3٣m", "1h30m", "٣h"]
)
def test_what_is_no_duration_is_none(text: str) -> None:
    assert parse_duration(text) is None
