"""Lengths of time as people type them: `30m`, `12h`, `7d`, `2w`."""

import re
from datetime import timedelta

_FORM = re.compile(r"\s*([1-9][0-9]{0,4})\s*([mhdw])\s*", re.ASCII | re.IGNORECASE)
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
LONGEST = timedelta(days=3660)
"""Ten years: longer is meant to be for ever, which is said by leaving it out."""


def parse_duration(text: str) -> timedelta | None:
    """Return the length of time, or None if it is not written like one."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    length = int(match[1]) * _UNITS[match[2].lower()]
    return length if length <= LONGEST else None
