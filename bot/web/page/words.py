"""How the page says times, durations and numbers. Pure; English, and UTC."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


def moment(at: datetime) -> str:
    """Return a time to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def as_of(at: datetime, now: datetime) -> str:
    """Return when something was read: the time alone where that was today."""
    at, now = at.astimezone(UTC), now.astimezone(UTC)
    shown = f"{at:%H:%M}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"
    return f"as of {shown} UTC"


def day(at: datetime) -> str:
    """Return a day, such as 5 Dec."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b}"


def duration(seconds: float) -> str:
    """Return a duration in its two largest units, such as 3 min 20 s."""
    whole = max(0, round(seconds))
    if whole < MINUTE_S:
        return f"{whole} s"
    for size, name, below, part in (
        (DAY_S, "d", HOUR_S, "h"),
        (HOUR_S, "h", MINUTE_S, "min"),
        (MINUTE_S, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // below
            return f"{whole // size} {name}" + (f" {rest} {part}" if rest else "")
    raise AssertionError


def number(value: float) -> str:
    """Return a whole number with commas between its thousands."""
    return f"{value:,.0f}"


def size(number: float) -> str:
    """Return bytes in the largest unit that fits, such as 12.3 GB; 1 KB is 1024."""
    unit, left = "bytes", float(number)
    for larger in ("KB", "MB", "GB", "TB"):
        if left < 1024:  # noqa: PLR2004
            break
        unit, left = larger, left / 1024
    return f"{left:,.1f}".removesuffix(".0") + f" {unit}"


def credits_of(value: float) -> str:
    """Return credits, with a decimal where that says anything."""
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}".removesuffix(".0")  # noqa: PLR2004


def marked(text: str) -> Sequence[tuple[bool, str]]:
    """Split a sentence at its backticks: whether it is code, and the words."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return [(False, text)]
    return [(index % 2 == 1, one) for index, one in enumerate(pieces) if one]


def name(word: StrEnum | None) -> str:
    """Return what a state or a failure is called, with spaces."""
    return "" if word is None else word.value.replace("_", " ")
