"""Reads what is due so that what waits for itself hides nothing behind it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

MIN_SCAN = 64
"""How many due rows are read at least: not each may be begun with."""
MAX_SCAN = 1000
"""How many are read at most, to find one behind those that wait for themselves."""

T = TypeVar("T")


async def scan(
    read: Callable[[int], Awaitable[Sequence[T]]],
    waits_alone: Callable[[T], bool],
    *,
    least: int,
) -> tuple[Sequence[T], int]:
    """Return the rows that are due, and how many were asked for.

    `read` returns the first so many of them. More than `least` are read where all that
    were found wait for reasons of their own: few of these are tried at a time.
    """
    assert least > 0, "of nothing nothing can be found"
    limit = least
    while True:
        due = await read(limit)
        is_all = len(due) < limit or limit >= MAX_SCAN
        if is_all or not all(map(waits_alone, due)):
            return due, limit
        limit = min(4 * limit, MAX_SCAN)
