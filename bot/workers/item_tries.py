"""What one endpoint remembers of the items that it was asked about."""

import random
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

REMEMBERED = 4096
LONG_AGO = datetime.min.replace(tzinfo=UTC)

T = TypeVar("T")


@dataclass(slots=True)
class Tries:
    """How it went with one item."""

    latest_at: datetime | None = None
    """When it was asked for last."""
    failing_since: datetime | None = None
    """When the first failure came since its latest answer; None = it does not fail."""
    answers: int = 0
    """Since it failed last."""
    held_until: datetime | None = None
    """Until when it must not be asked for, as a Retry-After said."""


class ItemTries:
    """The latest items. Whatever is forgotten here is as one never asked for."""

    def __init__(self) -> None:
        self._items: dict[Hashable, Tries] = {}

    def of(self, key: Hashable) -> Tries:
        """Return what is known of an item, to read."""
        return self._items.get(key, Tries())

    def to_change(self, key: Hashable) -> Tries:
        """Return what is known of an item, to change; it is the latest one now."""
        tries = self._items[key] = self._items.pop(key, Tries())
        if len(self._items) > REMEMBERED:
            del self._items[next(iter(self._items))]
        return tries

    def in_order(
        self, items: Sequence[T], key: Callable[[T], Hashable], *, by_chance: bool
    ) -> list[T]:
        """Return items, the least recently tried first, and what fails last.

        With `by_chance` those that do not fail come in no order, but for those that
        were answered more often: of these the next answer is the most likely.
        """

        def rank(item: T) -> tuple[bool, int, float, datetime]:
            tries = self.of(key(item))
            at = tries.latest_at or LONG_AGO
            if tries.failing_since is not None:
                return True, 0, 0.0, at
            if by_chance:
                return False, -tries.answers, random.random(), at  # noqa: S311 - no secret
            return False, 0, 0.0, at

        return sorted(items, key=rank)
