"""May a request for this item leave now? An adaptive concurrency limit for a service.

A service is asked about many items (channels, links, tasks, prompts) at a few
endpoints. Either an item fails alone, beside others that are answered: then it backs
off alone, in its own row. Or the service fails: then nothing is answered.

While there is recent evidence that the service lives, up to `limit` requests of an
endpoint wait for answers; else requests are probes (`service_evidence.py`). The limit
follows AIMD (additive increase, multiplicative decrease): one more for each answer,
half for each failure while the endpoint fails as a whole. A request without an answer
stops counting after `SILENT_S`, so that what hangs holds only itself.

All rules, numbered, are in docs/architecture.md: "Trouble stays where it is".
"""

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from bot.workers.item_tries import ItemTries
from bot.workers.outages import Outages
from bot.workers.service_evidence import (
    SILENT_S,
    Prospect,
    Sent,
    ServiceEvidence,
)
from bot.workers.spans import later, left_s, seconds

LATELY_S = 2.0
"""For so long after an answer the other side is believed to be well."""
LONGEST_RETRY_S = 3.0
"""An item does not back off further while its failure may be the service's."""
LEAST_UNPROVEN = 2
PROVEN_BY = 3
"""Answers in a row after which an item's next answer is likely."""
UNLIMITED = 1_000_000

T = TypeVar("T")


class Call:
    """One request under way. It has one verdict, or is given up, or asked nothing."""

    def __init__(self, endpoint: "EndpointLimit", key: Hashable, sent: Sent) -> None:
        self.endpoint = endpoint
        self.key = key
        self.sent = sent
        self.answering = False
        """Whether the answer has begun to come."""

    def is_of(self, endpoint: "EndpointLimit", key: Hashable) -> bool:
        """Return whether it asks this endpoint for this item."""
        return self.endpoint is endpoint and self.key == key

    def retry_s(self, wait_s: float) -> float:
        """Return how long the item backs off that it was about."""
        return self.endpoint.retry_s(self.key, wait_s)

    def answers(self) -> None:
        """Note that an answer begins. Whether it is of use is not known yet."""
        if not self.answering:
            self.answering = True
            self.endpoint.answers(self)

    def answered(self, about: Iterable[Hashable] = ()) -> None:
        """Note an answer, of whatever kind: the service lives.

        It may be `about` several items that were asked for together.
        """
        self.endpoint.answered(self, about)

    def throttled(self, retry_after_s: float | None) -> None:
        """Note that this item is asked for too often: a 429 of its own bucket."""
        self.endpoint.hold_item(self.key, retry_after_s or 0.0)
        self.endpoint.failed(self, "429", silent=False)

    def failed(self, reason: str, *, silent: bool = False) -> None:
        """Note a 5xx, or (`silent`) that no answer came at all."""
        self.endpoint.failed(self, reason, silent=silent)

    def give_up(self) -> None:
        """Note that nobody waits for its answer any more: it was asked all the same."""
        self.endpoint.give_up(self)

    def end(self) -> None:
        """Note that it is over. Without a verdict nothing was asked."""
        self.endpoint.end(self)


class EndpointLimit:
    """How many requests of one kind may wait for an answer at once.

    In memory alone: a new process learns it from its first answers.
    """

    def __init__(  # noqa: PLR0913 - each a property of its own
        self,
        service: ServiceEvidence,
        name: str,
        *,
        maximum: int,
        per_key: int = UNLIMITED,
        per_s: float | None = None,
        proves_others: bool = True,
        tolerant: bool = True,
    ) -> None:
        """Begin with `maximum` requests at once, and `per_key` of one item.

        Of one that is asked `per_s` times a second in the long run no more leave before
        one is answered than the usual time of an answer takes for that, or two. Unless
        it `proves_others`, its answers are evidence for itself alone. Unless it is
        `tolerant`, each failure is doubt, even one beside answers. No other endpoint of
        the service has its name, which stands in the log.
        """
        self.service = service
        self.limit = maximum
        self._name = name
        self._clock = service.clock
        self._maximum = maximum
        self._per_key = per_key
        self._per_s = per_s
        self._calls: list[Call] = []
        self._items = ItemTries()
        self._outages = Outages(name, service.wall)
        self._held_until: datetime | None = None
        self._wake: list[Callable[[], None]] = []
        self._somebody_waits = False
        service.add(name, self._freed, proves_others=proves_others, tolerant=tolerant)

    def when_free(self, wake: Callable[[], None]) -> None:
        """Call `wake` when more may be asked, after somebody was told to wait."""
        self._wake.append(wake)

    @property
    def is_sure(self) -> bool:
        """Whether the service is known to live, so that many may leave at once."""
        return self.service.is_sure(self._name)

    @property
    def in_doubt(self) -> bool:
        """Whether the service may be failing."""
        return self.service.in_doubt(self._name)

    @property
    def is_mixed(self) -> bool:
        """Whether some requests are answered and some fail."""
        return self.service.is_mixed(self._name)

    @property
    def outage_since(self) -> datetime | None:
        """The time of day when it began to fail as a whole; None = it does not."""
        return self._outages.since

    @property
    def failing_since(self) -> datetime | None:
        """The time of day of the first failure since its latest answer, of any item."""
        return self._outages.failing_since

    @property
    def lives(self) -> bool:
        """Whether there was evidence lately."""
        at = self.service.evidence_at(self._name)
        return at is not None and seconds(self._clock.now(), at) < LATELY_S

    @property
    def room(self) -> int:
        """How many requests for items without troubles of their own may leave now."""
        room = self._room()
        self._somebody_waits = self._somebody_waits or room <= 0
        return room

    def wait_s(self, key: Hashable) -> float:
        """Return the seconds until an item may be asked for; 0 = now.

        Where that depends on an answer that may come at any time, it is when the
        silence has lasted for too long; `when_free` tells of the answer.
        """
        wait_s = self._wait_s(key)
        self._somebody_waits = self._somebody_waits or wait_s > 0
        return wait_s

    def in_order(self, items: Sequence[T], key: Callable[[T], Hashable]) -> list[T]:
        """Return items as they should be tried: the least recently tried first.

        What fails comes last. While few leave at a time, what was answered most often
        goes first, and then any by chance: broken items tend to come together, and if
        they stood in front each would keep the service in doubt for a turn.
        """
        by_chance = self.is_mixed or not self.is_sure
        return self._items.in_order(items, key, by_chance=by_chance)

    def fails(self, key: Hashable) -> bool:
        """Return whether an item has failed since it was last answered."""
        return self._items.of(key).failing_since is not None

    def waits_alone(self, key: Hashable) -> bool:
        """Return whether an item waits for itself: others might be asked for.

        It has failed, must be left alone, or is asked for as often as may be.
        """
        held_s = left_s(self._items.of(key).held_until, self._clock)
        return self.fails(key) or held_s > 0 or self._is_full(key)

    def fails_alone(self, key: Hashable) -> bool:
        """Return whether an item's trouble is its own.

        It is if the item was answered, or the service was since it began to fail.
        """
        since = self._items.of(key).failing_since
        at = self.service.evidence_at(self._name)
        return since is None or (at is not None and at > since)

    def retry_s(self, key: Hashable, wait_s: float) -> float:
        """Return how long an item that just failed backs off, of `wait_s` seconds.

        What may be the service's fault costs the item little: once it answers again,
        all that waited for it goes at once.
        """
        return wait_s if self.fails_alone(key) else min(wait_s, LONGEST_RETRY_S)

    def begin(self, key: Hashable, *, is_batch: bool = False) -> Call:
        """Note that a request leaves, which `wait_s` or `room` has just allowed.

        `is_batch` says that the key stands for several items. `Call.end` is to follow.
        """
        sent = self.service.began(self._name, key, is_batch=is_batch)
        call = Call(self, key, sent)
        self._items.to_change(key).latest_at = call.sent.left_at
        self._calls.append(call)
        return call

    # ---- verdicts, by way of `Call` --------------------------------------------------

    def answers(self, call: Call) -> None:
        """Note that an answer begins."""
        self.service.answers(call.sent)
        self.service.freed()

    def answered(self, call: Call, about: Iterable[Hashable]) -> None:
        """Note an answer."""
        self._outages.answered(self._clock.now())
        self.limit = min(self._maximum, self.limit + 1)
        items = tuple(about)
        for key in (call.key, *items):
            tries = self._items.to_change(key)
            tries.failing_since, tries.answers = None, tries.answers + 1
        self.service.answered(call.sent, items)
        self.service.freed()

    def failed(self, call: Call, reason: str, *, silent: bool) -> None:
        """Note a failure."""
        now = self._clock.now()
        tries = self._items.to_change(call.key)
        tries.failing_since, tries.answers = tries.failing_since or now, 0
        may_be_services = self.service.failed(call.sent)
        if may_be_services and self._outages.failed(
            call.key, now, reason, silent=silent
        ):
            self.limit = max(1, self.limit // 2)

    def give_up(self, call: Call) -> None:
        """Free the place of a request whose answer nobody waits for.

        It stays unanswered, and so may be doubt, until the next answer.
        """
        self._calls.remove(call)
        self.service.gave_up(call.sent)
        self.service.freed()

    def hold(self, retry_after_s: float) -> None:
        """Ask for nothing here for so long: all items share what was used up."""
        self._held_until = later(self._held_until, self._clock, retry_after_s)

    def hold_item(self, key: Hashable, retry_after_s: float) -> None:
        """Leave one item alone for so long."""
        tries = self._items.to_change(key)
        tries.held_until = later(tries.held_until, self._clock, retry_after_s)

    def end(self, call: Call) -> None:
        """Note that a request is over. One without a verdict asked nothing."""
        if call not in self._calls:
            return
        self._calls.remove(call)
        if not call.sent.is_over:
            self.service.took_back(call.sent)
        self.service.freed()

    def _freed(self) -> None:
        if self._somebody_waits:
            self._somebody_waits = False
            for wake in self._wake:
                wake()

    def _room(self) -> int:
        if self._held_s() > 0:
            return 0
        if not self.is_sure:
            probe_s = self.service.probe_s(self._name, Prospect.UNKNOWN)
            return int(probe_s <= 0)
        room = self.limit - self._in_use()
        if self._per_s is not None:
            # Rounded up: where 2.6 have to be under way for ten a second, 2 make 7.7.
            usual = math.ceil(self._per_s * self.service.latency_s)
            unproven = max(LEAST_UNPROVEN, usual)
            room = min(room, unproven - self.service.unanswered(self._name))
        return max(0, room)

    def _wait_s(self, key: Hashable) -> float:
        held_until = self._items.of(key).held_until
        held_s = max(self._held_s(), left_s(held_until, self._clock))
        if held_s > 0:
            return held_s
        if self._is_full(key):
            return SILENT_S
        if not self.is_sure:
            return self.service.probe_s(self._name, self._prospect(key))
        return 0.0 if self._room() > 0 else SILENT_S

    def _is_full(self, key: Hashable) -> bool:
        return sum(one.key == key for one in self._calls) >= self._per_key

    def _prospect(self, key: Hashable) -> Prospect:
        tries = self._items.of(key)
        if tries.failing_since is not None:
            return Prospect.POOR
        return Prospect.GOOD if tries.answers >= PROVEN_BY else Prospect.UNKNOWN

    def _in_use(self) -> int:
        now = self._clock.now()
        silent_s = self.service.overdue_s if self.is_mixed else SILENT_S
        return sum(
            not (one.answering or one.sent.is_over)
            and seconds(now, one.sent.left_at) < silent_s
            for one in self._calls
        )

    def _held_s(self) -> float:
        return max(self.service.held_s, left_s(self._held_until, self._clock))
