"""How long last words wait for broken ones, counted in simulated time.

Status messages of clips in the making are edited all the while, which tells that
Discord lives, and nothing else is asked of it.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import pytest

from bot.backoff import Backoff
from bot.workers.limits import EDITS_PER_S, new_limits
from bot.workers.rate import RatePerSecond
from bot.workers.service_limit import Call, EndpointLimit
from bot.workers.spans import seconds
from tests.callbacks import alone
from tests.clock import FakeClock
from tests.selection import thorough

HEALTHY, MOST_BROKEN, BUSY = 8, 15, 8
LATER_S = 3.0
EVERY_S = 5.0
"""So often each message of a clip in the making is edited."""
BEFORE_S = 20.0
ANSWER_S, TIMEOUT_S, STEP_S = 0.05, 10.0, 0.05
LONGEST_S = 40.0
RUNS = 60
BACKOFF = Backoff(base_s=5.0, cap_s=300.0)

Way = Literal["500", "hang"]


@pytest.fixture(autouse=True)
def the_same_every_time() -> None:
    random.seed(11)


@dataclass(slots=True, kw_only=True)
class Board:
    """Edits messages as the status board does, while Discord takes some in no way."""

    clock: FakeClock
    edits: EndpointLimit
    rate: RatePerSecond
    way: Way = "500"
    broken: frozenset[str] = frozenset()
    due: dict[str, datetime] = field(default_factory=dict)
    under_way: dict[str, tuple[datetime, Call]] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)

    def run_for(self, duration_s: float) -> None:
        """Edit for so long."""
        for _ in range(round(duration_s / STEP_S)):
            self.run_once()
            self.clock.advance(STEP_S)

    def run_once(self) -> None:
        """End what is over, and begin with what may go now."""
        now = self.clock.now()
        for item, (ends_at, call) in list(self.under_way.items()):
            if ends_at <= now:
                del self.under_way[item]
                self._end(item, call)
        for item in self._in_order(self._read()):
            if self.rate.room > 0 and self.edits.wait_s(item) <= 0:
                self.rate.take()
                hangs = self.way == "hang" and item in self.broken
                ends_at = now + timedelta(seconds=TIMEOUT_S if hangs else ANSWER_S)
                self.under_way[item] = ends_at, self.edits.begin(item)

    def _read(self) -> list[str]:
        """Read what is due, in the order of the store, as the status board does."""
        now = self.clock.now()
        due = [one for one in self.due if self.due[one] <= now]
        waiting = sorted(
            set(due) - self.under_way.keys(),
            key=lambda one: (one.startswith("busy"), self.due[one], due.index(one)),
        )
        if self.edits.in_doubt or self.edits.is_mixed:
            return waiting
        limit = max(1, self.rate.room)
        while limit < len(waiting) and all(
            map(self.edits.waits_alone, waiting[:limit])
        ):
            limit *= 4
        return waiting[:limit]

    def _in_order(self, waiting: list[str]) -> list[str]:
        if self.edits.in_doubt:
            return self.edits.in_order(waiting, str)
        if self.edits.is_mixed:
            random.shuffle(waiting)
        return sorted(
            waiting, key=lambda one: (self.edits.fails(one), one.startswith("busy"))
        )

    def _end(self, item: str, call: Call) -> None:
        wait_s = EVERY_S
        if item in self.broken:
            self.tries[item] += 1
            call.failed("500", silent=self.way == "hang")
            wait_s = call.retry_s(BACKOFF.wait_s(self.tries[item]))
        else:
            call.answered()
        call.end()
        self.due[item] = self.clock.now() + timedelta(seconds=wait_s)
        if item.startswith("last") and item not in self.broken:
            del self.due[item]


def last_words_s(clock: FakeClock, way: Way, broken: int, *, in_front: bool) -> float:
    """Return how long it takes until each healthy message has had its last word.

    As many last words are due whatever is broken; the broken are due first if
    `in_front`.
    """
    board = Board(
        clock=clock,
        edits=new_limits(clock, wall=clock, living=alone).edits,
        rate=RatePerSecond(lambda: EDITS_PER_S, clock),
        way=way,
    )
    began_at = clock.now()
    for n in range(BUSY):
        board.due[f"busy {n}"] = began_at + timedelta(seconds=n * EVERY_S / BUSY)
    board.run_for(BEFORE_S + EVERY_S * random.random())  # noqa: S311 - a test
    last_words = [f"last {n}" for n in range(MOST_BROKEN + HEALTHY)]
    board.broken = frozenset(last_words[:broken])
    if not in_front:
        random.shuffle(last_words)
    began_at = clock.now()
    board.due |= dict.fromkeys(last_words, began_at)
    healthy = set(last_words) - board.broken
    while healthy & board.due.keys() and seconds(clock.now(), began_at) < LONGEST_S:
        board.run_for(STEP_S)
    return seconds(clock.now(), began_at)


@pytest.mark.thorough
@pytest.mark.parametrize("way", ["500", *thorough("hang")])
@pytest.mark.parametrize("broken", [*thorough(1), MOST_BROKEN])
@pytest.mark.parametrize("in_front", [False, True], ids=["among", "in front of"])
def test_last_words_beside_broken_ones_come_within_three_seconds_of_their_time(
    clock: FakeClock,
    way: Way,
    broken: int,
    in_front: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    def took_s(broken: int) -> float:
        return last_words_s(clock, way, broken, in_front=in_front)

    usual_s = max(took_s(0) for _ in range(RUNS))
    beside_s = [took_s(broken) for _ in range(RUNS)]

    assert max(beside_s) - usual_s <= LATER_S
