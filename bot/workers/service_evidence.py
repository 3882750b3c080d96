"""Whether a service lives, as far as its answers tell, and when it may be probed.

An answer is *evidence* that the service lives. In doubt, which begins with a failure or
an overdue answer, requests are *probes*: three in the first three seconds, then one a
second, over all endpoints together. By its failures alone nobody can tell a broken item
from an outage. So evidence comes from elsewhere: any answer ends the doubt, and lets an
endpoint that failed go on with its other items. One that waits for nothing may probe at
once.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.clock import Clock
from bot.workers.mixed_outcomes import Item, MixedOutcomes
from bot.workers.rate import RatePerSecond
from bot.workers.spans import later, left_s, seconds

CLEARED_S = 1.0
"""So long is what failed cleared by another endpoint's answer. To look for what is due
may take a busy process longer than the other time."""
OVERDUE_S = 0.25
"""After so long without any answer it is in doubt whether one comes at all, unless
answers usually take about as long."""
SILENT_S = 1.1
"""What has found no answer for so long no longer holds up the others."""
TOGETHER_S = 0.02
"""What leaves within so short a time meets the same service."""
OVERDUE_TIMES, SMOOTHING = 2.0, 0.125
"""An answer is overdue after twice the usual time, an eighth of which is the latest."""
SLOW_TIMES, SLOWEST_S = 1.25, 5.0
"""But not before it takes so many times as long as the latest one, or so long: where
all are slow, what leaves one after another would else keep up the doubt for ever."""
EARLY_PROBES, EARLY_GAP_S = 3, 0.75
LONGEST_GAP_S = 4.5
"""Between two probes: recovery is seen within five seconds."""
MOST_SURE = 2
"""What left on evidence counts as no more probes than that, or the failures of many
broken items, let go together, would hold up all the rest."""
GIVES_WAY_S = 0.25
"""So much later than others an item probes that has failed before."""
REMEMBERED = 500


class Prospect(Enum):
    """What may be expected of a probe, by how it went with its item before."""

    GOOD = auto()
    UNKNOWN = auto()
    POOR = auto()


@dataclass(slots=True, eq=False)
class Sent:
    """A request, as the service sees it."""

    item: Item
    left_at: datetime
    is_probe: bool
    """Whether it left without evidence that the service lives."""
    is_answering: bool = False
    """Whether its answer has begun to come."""
    is_over: bool = False
    has_failed: bool = False
    is_given_up: bool = False
    """Whether nobody waits for its answer any more."""
    is_batch: bool = False
    """Whether it asks for several items: which of them is broken a failure leaves
    open."""

    @property
    def endpoint(self) -> str:
        """The name of what it asks."""
        return self.item[0]


class ServiceEvidence:
    """What the endpoints of one service share; each is known by its name."""

    def __init__(self, clock: Clock, *, wall: Clock, tolerance: int) -> None:
        """Begin without evidence.

        Waits are measured by `clock`, which is monotonic; `wall` is what people go by.

        After a failure beside answers, up to `tolerance` failures in a row are no
        doubt for the endpoints that bear them; 0 = each failure is.
        """
        self.clock = clock
        self.wall = wall
        self._tolerance = tolerance
        self._unanswered: list[Sent] = []
        """What left since the latest answer and failed, was given up or still waits."""
        self._good_left_at: datetime | None = None
        """When the latest of those left that were answered."""
        self._evidence_at: dict[str, datetime] = {}
        self._sure_until: dict[str, datetime] = {}
        self._mixed = MixedOutcomes(clock, tolerance=tolerance)
        self._under_way: list[Sent] = []
        self.latency_s = 0.0
        """How long answers take as a rule: a moving average."""
        self._latest_took_s = 0.0
        """How long the latest answer took."""
        self._held_until: datetime | None = None
        self._rate: RatePerSecond | None = None
        self._listeners: list[Callable[[], None]] = []
        self._proving: set[str] = set()
        self._tolerant: set[str] = set()

    def add(
        self,
        endpoint: str,
        freed: Callable[[], None],
        *,
        proves_others: bool,
        tolerant: bool,
    ) -> None:
        """Add an endpoint; `freed` is called whenever more may be asked than before.

        Unless it `proves_others`, its answers are evidence for itself alone. Unless it
        is `tolerant`, each failure is doubt for it.
        """
        self._listeners.append(freed)
        if proves_others:
            self._proving.add(endpoint)
        if tolerant:
            self._tolerant.add(endpoint)

    def freed(self) -> None:
        """Tell that more may be asked than before."""
        for call in self._listeners:
            call()

    def hold(self, retry_after_s: float) -> None:
        """Ask for nothing for so long: everybody has asked too often together."""
        self._held_until = later(self._held_until, self.clock, retry_after_s)

    def keep_to(self, rate: RatePerSecond) -> None:
        """Ask no more often than this, at all endpoints together."""
        self._rate = rate

    @property
    def held_s(self) -> float:
        """For how many seconds nothing at all may be asked."""
        rate_s = 0.0 if self._rate is None else self._rate.room_in_s
        return max(rate_s, left_s(self._held_until, self.clock))

    def in_doubt(self, endpoint: str) -> bool:
        """Return whether anything has failed since the latest answer, or is overdue."""
        doubtful = sum(self._is_doubtful(one) for one in self._unanswered)
        return doubtful > (self._tolerance if self.is_mixed(endpoint) else 0)

    def evidence_at(self, endpoint: str) -> datetime | None:
        """Return when an endpoint was last shown to be alive."""
        return self._evidence_at.get(endpoint)

    def is_sure(self, endpoint: str) -> bool:
        """Return whether evidence is so young that many may leave at once."""
        is_seen = left_s(self._sure_until.get(endpoint), self.clock) > 0
        return (is_seen or self.is_mixed(endpoint)) and not self.in_doubt(endpoint)

    def is_mixed(self, endpoint: str) -> bool:
        """Return whether answers came among failures, which are the items' own then."""
        return endpoint in self._tolerant and self._mixed.lasts

    def unanswered(self, endpoint: str) -> int:
        """Return how many requests of one endpoint left since the latest answer."""
        if self.is_mixed(endpoint):
            return 0
        return sum(one.endpoint == endpoint for one in self._unanswered)

    @property
    def overdue_s(self) -> float:
        """How long an answer may take before it is in doubt that it comes."""
        return min(max(OVERDUE_S, OVERDUE_TIMES * self.latency_s), SILENT_S)

    def probe_s(self, endpoint: str, prospect: Prospect) -> float:
        """Return the seconds until a probe of this endpoint may leave; 0 = now."""
        if not self._unanswered:
            return 0.0
        now = self.clock.now()
        first_s = seconds(now, self._unanswered[0].left_at)
        latest_s = seconds(now, self._unanswered[-1].left_at)
        count = sum(one.is_probe for one in self._unanswered)
        count += min(MOST_SURE, len(self._unanswered) - count)
        asked = {one.endpoint for one in self._unanswered}
        is_first = endpoint not in asked and prospect is not Prospect.POOR
        # One turn is left to those that may bring evidence: they need not be due yet.
        is_left = not (is_first or prospect is Prospect.GOOD or self.is_mixed(endpoint))
        turn = count + (is_left and bool(self._proving - asked))
        if turn < EARLY_PROBES:
            after_s = min(count * EARLY_GAP_S, SILENT_S)
            wait_s = max(after_s - first_s, EARLY_GAP_S - latest_s)
        else:
            wait_s = min(turn + SILENT_S - first_s, LONGEST_GAP_S - latest_s)
            wait_s = max(wait_s, SILENT_S - latest_s)
        if prospect is Prospect.POOR:
            wait_s += GIVES_WAY_S
        return 0.0 if is_first and turn < EARLY_PROBES else max(0.0, wait_s)

    def began(self, endpoint: str, key: Hashable, *, is_batch: bool) -> Sent:
        """Note that a request leaves, for one item or for several at once."""
        if self._rate is not None:
            self._rate.take()
        sent = Sent(
            (endpoint, key),
            self.clock.now(),
            is_probe=not self.is_sure(endpoint),
            is_batch=is_batch,
        )
        self._under_way.append(sent)
        self._unanswered.append(sent)
        if len(self._unanswered) > REMEMBERED:
            del self._unanswered[0]  # the turns of the others stay as they are
        return sent

    def took_back(self, sent: Sent) -> None:
        """Forget a request that asked nothing."""
        for sents in (self._under_way, self._unanswered):
            if sent in sents:
                sents.remove(sent)

    def gave_up(self, sent: Sent) -> None:
        """Note that nobody waits for an answer any more: it is missing all the same."""
        sent.is_given_up = True
        self._under_way = [one for one in self._under_way if one is not sent]

    def answers(self, sent: Sent) -> None:
        """Note that an answer begins: that is evidence, unless others failed."""
        self._time(sent)
        sent.is_answering = True
        if not any(one.has_failed for one in self._unanswered):
            self.took_back(sent)
            self._see(sent.endpoint, self.overdue_s)

    def answered(self, sent: Sent, about: Iterable[Hashable]) -> None:
        """Note an answer, and about which other items of its endpoint it was.

        Whatever failed may go on, if it proves others.
        """
        sent.is_over = True
        self._under_way = [one for one in self._under_way if one is not sent]
        if not sent.is_answering:
            self._time(sent)
        self._see(sent.endpoint, self.overdue_s)
        if sent.endpoint not in self._proving:
            self._unanswered = [
                one for one in self._unanswered if one.endpoint != sent.endpoint
            ]
            return
        self._mixed.answered(sent.endpoint, [sent.item[1], *about])
        for one in [*self._unanswered, *self._under_way]:
            # One that is only overdue may be a busy machine's.
            if one.has_failed or self._is_overtaken(one, sent):
                self._failed_beside_answers(one)
        for one in self._unanswered:
            if self._is_doubtful(one) and one.endpoint != sent.endpoint:
                self._see(one.endpoint, CLEARED_S)
        self._good_left_at = max(self._good_left_at or sent.left_at, sent.left_at)
        self._unanswered = [
            one
            for one in self._unanswered
            if not one.is_over and not self._is_beside_an_answer(one)
        ]

    def failed(self, sent: Sent) -> bool:
        """Note a failure; return whether it may be the service's.

        It is not where what left beside it, or later, was answered.
        """
        sent.is_over = sent.has_failed = True
        self.took_back(sent)
        if self._is_beside_an_answer(sent):
            self._failed_beside_answers(sent)
            return False
        self._unanswered.append(sent)
        self._unanswered.sort(key=lambda one: one.left_at)
        return True

    def _failed_beside_answers(self, sent: Sent) -> None:
        if sent.endpoint in self._tolerant:
            self._mixed.failed(sent.item, is_broken=not sent.is_batch)

    def _is_overtaken(self, sent: Sent, answered: Sent) -> bool:
        """Return whether one hangs that left before another, which is answered."""
        waits_s = seconds(self.clock.now(), sent.left_at)
        return (
            not sent.is_over
            and not sent.is_answering
            and not sent.is_given_up
            and waits_s >= SILENT_S
            and sent.left_at < answered.left_at
            and not self._mixed.is_broken(sent.item)  # it was noted
        )

    def _time(self, sent: Sent) -> None:
        took_s = seconds(self.clock.now(), sent.left_at)
        self._latest_took_s = took_s
        self.latency_s += SMOOTHING * (min(took_s, SILENT_S) - self.latency_s)

    def _see(self, endpoint: str, for_s: float) -> None:
        now = self.clock.now()
        self._evidence_at[endpoint] = now
        self._sure_until[endpoint] = now + timedelta(seconds=for_s)

    def _is_beside_an_answer(self, sent: Sent) -> bool:
        good_at = self._good_left_at
        return good_at is not None and seconds(sent.left_at, good_at) < TOGETHER_S

    def _is_doubtful(self, sent: Sent) -> bool:
        waits_s = seconds(self.clock.now(), sent.left_at)
        slow_s = min(SLOW_TIMES * self._latest_took_s, SLOWEST_S)
        is_overdue = waits_s >= max(self.overdue_s, slow_s)
        return sent.has_failed or (not sent.is_over and is_overdue)
