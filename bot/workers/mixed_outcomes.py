"""Whether a service answers for some items and fails for others."""

from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.workers.spans import later, left_s

MIXED_S = 3.0
"""For so long after a failure beside answers, failures are taken for the items' own."""
SEVERAL, BROKEN_S = 2, 60.0
"""While so many items are broken, it is so for as long as others are answered. An item
is broken after its failure for so long, or until it is answered."""

Item = tuple[str, Hashable]
"""An endpoint, and one of its items."""


class MixedOutcomes:
    """Takes failures for items' own while others are answered.

    Many answers in a row end that, so that the outage which follows another one is met
    with caution; but not while several items are broken, whose next tries will fail.
    """

    def __init__(self, clock: Clock, *, tolerance: int) -> None:
        """Begin without failures. More answers in a row than `tolerance` are many."""
        self._clock = clock
        self._tolerance = tolerance
        self._until: datetime | None = None
        self._endpoint = ""
        """Where the latest of these failures was."""
        self._answers_in_a_row = 0
        self._broken: dict[Item, datetime] = {}
        """Until when each is."""

    @property
    def lasts(self) -> bool:
        """Whether failures are the items' own now."""
        return self._tolerance > 0 and left_s(self._until, self._clock) > 0

    def is_broken(self, item: Item) -> bool:
        """Return whether an item failed beside answers."""
        return item in self._broken

    def failed(self, item: Item, *, is_broken: bool) -> None:
        """Note a failure beside answers, and whether it means that the item is broken.

        It counts from now on: how long ago it was does not matter, once others are
        answered.
        """
        self._until = later(self._until, self._clock, MIXED_S)
        self._endpoint, self._answers_in_a_row = item[0], 0
        if is_broken:
            self._broken[item] = self._clock.now() + timedelta(seconds=BROKEN_S)

    def answered(self, endpoint: str, keys: Iterable[Hashable]) -> None:
        """Note an answer about items of an endpoint."""
        now = self._clock.now()
        self._answers_in_a_row += endpoint == self._endpoint
        for key in keys:
            self._broken.pop((endpoint, key), None)
        self._broken = {one: at for one, at in self._broken.items() if at > now}
        if len(self._broken) >= SEVERAL:
            self._until = later(self._until, self._clock, MIXED_S)
        elif self._answers_in_a_row > self._tolerance:
            self._until = None
