"""How much another service is asked at once: an adaptive concurrency limit.

A service is asked for many items (channels, links, tasks, prompts). An item that fails
while others succeed is the item's own trouble: it backs off alone, in its own row. The
service fails when different items fail and none succeeds, or when nothing answers.

An endpoint is *sure* while answers arrive. Then up to `limit` requests wait for one;
each answer raises the limit by one, and failures of different items halve it (AIMD:
additive increase, multiplicative decrease). A failure beside which another request
was answered is its item's own. After a moment of idleness, in silence, and
from a failure until the next answer, which where others succeed is there in a moment,
nobody knows: then the endpoints of the service that are not sure share one probe at a
time, at most one a second, as TCP restarts slowly after it was idle. Items that have
not failed go first, so that the broken ones cannot keep the service looking broken.

An unanswered request stops counting after `SILENT_S`: what hangs holds only itself.
"""

import random
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from bot.clock import Clock
from bot.workers.probe_pace import EARLY_GAP_S, SILENT_S, ProbePace

log = structlog.get_logger(__name__)

LATELY_S = 2.0
"""For so long after an answer the other side is believed to be well."""
IDLE_S = 0.25
"""After so long without a request nobody knows how the other side is by now."""
TOGETHER_S = 0.02
"""What leaves within so short a time meets the same service."""
FRESH_FIRST_S = 0.5
"""For so long after a failure, once answers come again, what failed waits for the rest.
"""
LONGEST_RETRY_S = 3.0
"""An item does not back off further while its failure may be the service's."""
PROVES_OUTAGE = 3
"""So many different items have to fail, and none to succeed."""
ALONE_S = 60.0
"""Where one item alone is asked for, and nothing but failure for so long, nobody can
tell its trouble from an outage."""
PICKS = ("oldest", "latest", "latest", "any", "failed", "any")
"""Which item each probe takes, by turns, first of those that have not failed yet."""
NEEDED_FOR_S = 1.0
"""How long places are kept that nobody takes, where there are but as many as needed."""
REMEMBERED = 4096

T = TypeVar("T")


class Call:
    """One request under way. Exactly one verdict, or none if nothing was asked."""

    def __init__(self, endpoint: "EndpointLimit", key: Hashable, at: datetime) -> None:
        self.key = key
        self.left_at = at
        self.answering = False
        """Whether the answer has begun to come."""
        self.judged = False
        self.is_probe = False
        """Whether it was not sure that the service lives, when it left."""
        self.endpoint = endpoint

    def is_of(self, endpoint: "EndpointLimit", key: Hashable) -> bool:
        """Return whether it asks this endpoint for this item."""
        return self.endpoint is endpoint and self.key == key

    def retry_s(self, wait_s: float) -> float:
        """Return how long the item backs off that it was about."""
        return self.endpoint.retry_s(self.key, wait_s)

    def end(self) -> None:
        """Note that it is over. Without a verdict nothing was asked."""
        self.endpoint.end(self)

    def answers(self) -> None:
        """Note that an answer begins. Whether it is of use is not known yet."""
        if not self.answering:
            self.answering = True
            self.endpoint.answers()

    def answered(self) -> None:
        """Note an answer, of whatever kind: the service lives."""
        self.judged = True
        self.endpoint.answered(self)

    def throttled(self, retry_after_s: float | None) -> None:
        """Note that this item is asked for too often: a 429 of its own bucket."""
        self.judged = True
        self.endpoint.throttled(self, retry_after_s)

    def hold_endpoint(self, retry_after_s: float) -> None:
        """Note that all requests of this kind were asked to wait."""
        self.endpoint.hold(retry_after_s)

    def hold_everybody(self, retry_after_s: float) -> None:
        """Note that all requests to this service were asked to wait."""
        self.endpoint.service.hold(retry_after_s)

    def failed(self, reason: str, *, silent: bool = False) -> None:
        """Note a 5xx, or (`silent`) that no answer came at all."""
        self.judged = True
        self.endpoint.failed(self, reason, silent=silent)


class ServiceLimit:
    """The endpoints of one service. Those that are not sure share one pace."""

    def __init__(self, clock: Clock, *, is_one_api: bool) -> None:
        """Keep the clock. Where it `is_one_api`, an answer proves that all of it lives.

        Elsewhere an endpoint may fail for long while another answers.
        """
        self._clock = clock
        self._is_one_api = is_one_api
        self.pace = ProbePace(clock)
        self._endpoints: list[EndpointLimit] = []
        self._held_until: datetime | None = None

    def endpoint(
        self,
        name: str,
        *,
        maximum: int,
        per_key: int = 1_000_000,
        as_needed: bool = False,
    ) -> "EndpointLimit":
        """Return a new endpoint with `maximum` requests at once, `per_key` of an item.

        With `as_needed` no more than are needed while answers arrive: what is a
        courtesy should not find out many times over that the service fell silent. No
        other endpoint has its name, which stands in the log.
        """
        one = EndpointLimit(
            self,
            name,
            self._clock,
            maximum=maximum,
            per_key=per_key,
            as_needed=as_needed,
        )
        self._endpoints.append(one)
        return one

    def freed(self) -> None:
        """Wake those that were told to wait: more may be asked than before."""
        for endpoint in self._endpoints:
            endpoint.freed()

    def answered(self) -> None:
        """Note an answer of any endpoint."""
        self.pace.forget()
        if self._is_one_api:
            for endpoint in self._endpoints:
                endpoint.probe_again()

    def count_silent(self) -> None:
        """Count what finds no answer, although it left while it was sure of one."""
        for endpoint in self._endpoints:
            endpoint.count_silent()

    def failing_since(self, *, but: "EndpointLimit") -> datetime | None:
        """Return when the latest of the other endpoints that fail began to."""
        times = (one.failing_since for one in self._endpoints if one is not but)
        return max((at for at in times if at is not None), default=None)

    def silence_s(self, *, but: "EndpointLimit") -> float:
        """Return for how many seconds an answer to other endpoints is waited for."""
        return max(
            (one.silence_s() for one in self._endpoints if one is not but), default=0.0
        )

    def hold(self, retry_after_s: float) -> None:
        """Ask for nothing for so long: everybody has asked too often together."""
        self._held_until = _later(self._held_until, self._clock, retry_after_s)

    @property
    def held_s(self) -> float:
        """For how many seconds nothing at all may be asked."""
        return _left_s(self._held_until, self._clock)


class EndpointLimit:
    """How many requests of one kind may wait for an answer at once.

    In memory alone: a new process learns it from its first answers.
    """

    def __init__(
        self,
        service: ServiceLimit,
        name: str,
        clock: Clock,
        *,
        maximum: int,
        per_key: int,
        as_needed: bool,
    ) -> None:
        self.service = service
        self.limit = maximum
        self._as_needed = as_needed
        self._needed = 1 if as_needed else maximum
        """Grows while all these places are taken, and shrinks while they are not."""
        self._full_at = clock.now()
        """When all of them were taken last, or it shrank."""
        self.outage_since: datetime | None = None
        """When the service began to fail as a whole; None = it does not."""
        self.failing_since: datetime | None = None
        """When the first failure came since the latest answer, of whatever item."""
        self._name = name
        self._clock = clock
        self._maximum = maximum
        self._per_key = per_key
        self._pace = ProbePace(clock)
        self._calls: list[Call] = []
        self._failed: set[Hashable] = set()
        """What failed since the latest answer, of whatever item."""
        self._failing: dict[Hashable, datetime] = {}
        """Since when each item fails that has not been answered since."""
        self._silences = 0
        self._answered_at: datetime | None = None
        self._well_since: datetime | None = None
        """When the first answer came after the latest failure."""
        self._good_left_at: datetime | None = None
        """When the latest of those left that were answered."""
        self._ended_at: datetime | None = None
        self._tried_at: dict[Hashable, datetime] = {}
        """When each item was asked for last, the latest last."""
        self._held: dict[Hashable, datetime] = {}
        """Until when an item is not to be asked for, as was demanded."""
        self._held_until: datetime | None = None
        self._picks = 0
        self._wake: list[Callable[[], None]] = []
        self._somebody_waits = False

    def when_free(self, wake: Callable[[], None]) -> None:
        """Call `wake` when more may be asked, after somebody was told to wait."""
        self._wake.append(wake)

    def freed(self) -> None:
        """Wake those that were told to wait."""
        if self._somebody_waits:
            self._somebody_waits = False
            for wake in self._wake:
                wake()

    @property
    def is_sure(self) -> bool:
        """Whether answers arrive, so that many may be asked for side by side."""
        if self._answered_at is None or self._failed or not self.lives:
            return False
        others_fail_since = self.service.failing_since(but=self)
        if others_fail_since is not None and others_fail_since > self._answered_at:
            return False
        now = self._clock.now()
        in_use = any(
            self._counts(call, now) and not call.is_probe for call in self._calls
        )
        used_at = max(self._answered_at, self._ended_at or self._answered_at)
        return in_use or _seconds(now, used_at) < IDLE_S

    @property
    def lives(self) -> bool:
        """Whether anything was answered lately."""
        answered_at = self._answered_at
        return answered_at is not None and (
            _seconds(self._clock.now(), answered_at) < LATELY_S
        )

    @property
    def room(self) -> int:
        """How many requests for items without troubles of their own may leave now."""
        room = self._room()
        self._somebody_waits = self._somebody_waits or room <= 0
        return room

    def _room(self) -> int:
        if self._held_s() > 0:
            return 0
        if not self.is_sure:
            return int(self._probe_s(again=False) <= 0)
        return max(0, min(self.limit, self._needed) - self._in_use())

    def _in_use(self) -> int:
        now = self._clock.now()
        return sum(self._counts(one, now) for one in self._calls)

    def wait_s(self, key: Hashable) -> float:
        """Return the seconds until an item may be asked for; 0 = now.

        Where that depends on an answer that may come at any time, it is when the
        silence has lasted for too long; `when_free` tells of the answer.
        """
        wait_s = self._wait_s(key)
        self._somebody_waits = self._somebody_waits or wait_s > 0
        return wait_s

    def _wait_s(self, key: Hashable) -> float:
        held_s = max(self._held_s(), _left_s(self._held.get(key), self._clock))
        if held_s > 0:
            return held_s
        if sum(one.key == key for one in self._calls) >= self._per_key:
            return SILENT_S
        if not self.is_sure:
            return self._probe_s(again=key in self._failing and not self._tries_again)
        if key in self._failing and self._well_since is not None:
            well_s = _seconds(self._clock.now(), self._well_since)
            if well_s < FRESH_FIRST_S:
                return FRESH_FIRST_S - well_s
        return 0.0 if self._room() > 0 else SILENT_S

    def fails_alone(self, key: Hashable) -> bool:
        """Return whether an item's trouble is its own.

        It is if the item was answered, or others were since it began to fail.
        """
        since, answered_at = self._failing.get(key), self._answered_at
        return since is None or (answered_at is not None and answered_at > since)

    def retry_s(self, key: Hashable, wait_s: float) -> float:
        """Return how long an item that just failed backs off, of `wait_s` seconds.

        What may be the service's fault costs the item little: once it answers again,
        all that waited for it goes at once.
        """
        return wait_s if self.fails_alone(key) else min(wait_s, LONGEST_RETRY_S)

    def begin(self, key: Hashable) -> Call:
        """Note that a request leaves, which `wait_s` or `room` has just allowed.

        `Call.end` is to follow.
        """
        now = self._clock.now()
        call = Call(self, key, now)
        if not self.is_sure:
            call.is_probe = True
            if self._as_needed:
                self._needed = 1
            self.service.count_silent()
            self._pace.began(now)
            self.service.pace.began(now)
            self._picks += 1
        self._tried_at.pop(key, None)
        self._tried_at[key] = now
        if len(self._tried_at) > REMEMBERED:
            self._tried_at.pop(next(iter(self._tried_at)))
        self._calls.append(call)
        return call

    def end(self, call: Call) -> None:
        """Note that a request is over. One without a verdict asked nothing."""
        if call not in self._calls:
            return
        self._calls.remove(call)
        if call.judged:
            self._ended_at = self._clock.now()
        elif call.is_probe:
            self._picks = max(0, self._picks - 1)
            self._pace.take_back()
            self.service.pace.take_back()
        self.service.freed()

    @property
    def _pick(self) -> str:
        return PICKS[self._picks % len(PICKS)]

    @property
    def _tries_again(self) -> bool:
        """Whether it is the turn of one that failed: what ailed it may be over."""
        return self._pick == "failed"

    @property
    def is_in_question(self) -> bool:
        """Whether the service may fail, or did a moment ago."""
        now = self._clock.now()
        silent = any(
            not one.answering and _seconds(now, one.left_at) >= EARLY_GAP_S
            for one in self._calls
        )
        return silent or bool(self._failed) or self.limit < self._maximum

    def in_order(self, items: Sequence[T], key: Callable[[T], Hashable]) -> list[T]:
        """Return items as they should be tried: the least recently tried first.

        While it is in question whether the service lives, few are tried at a time, and
        these must not all be broken ones. They tend to come together, so the longest
        waiting, the latest, one that failed before and any other go by turns.
        """
        long_ago = datetime.min.replace(tzinfo=self._clock.now().tzinfo)
        order = sorted(
            items,
            key=lambda one: (
                key(one) in self._failing,
                self._tried_at.get(key(one), long_ago),
            ),
        )
        if not self.is_in_question:
            return order
        count = sum(key(one) not in self._failing for one in order)
        fresh, rest = order[:count], order[count:]
        mixed: list[T] = []
        if fresh and self._pick == "any":
            mixed.append(fresh.pop(random.randrange(len(fresh))))  # noqa: S311 - no secret
        from_end = self._pick == "latest"
        if rest and self._tries_again:
            mixed.append(rest.pop(0))
        while fresh:
            mixed.append(fresh.pop(-1 if from_end else 0))
            from_end = not from_end
        return mixed + rest

    # ---- verdicts, by way of `Call` ------------------------------------------------

    def answers(self) -> None:
        """Note that an answer begins."""
        if not self._failed:
            self._answered_at = self._clock.now()
            self._pace.forget()
            self.service.pace.forget()
        self.service.freed()

    def answered(self, call: Call) -> None:
        """Note an answer. The first one after an outage is logged."""
        now = self._clock.now()
        if self.outage_since is not None:
            lasted_s = round(_seconds(now, self.outage_since), 1)
            log.info("outage ends", service=self._name, lasted_s=lasted_s)
        self.outage_since = self.failing_since = None
        self._answered_at = now
        if self._failed:
            self._well_since = now
        self._failed.clear()
        self._failing.pop(call.key, None)
        self._good_left_at = max(self._good_left_at or call.left_at, call.left_at)
        self._silences = self._picks = 0
        self.limit = min(self._maximum, self.limit + 1)
        if self._as_needed:
            self._adapt(now)
        self._pace.forget()
        self.service.answered()
        self.service.freed()

    def _adapt(self, now: datetime) -> None:
        if self._in_use() + 1 >= self._needed:  # with the one that was answered
            self._full_at = now
            self._needed = min(self._needed + 1, self._maximum)
        elif _seconds(now, self._full_at) > NEEDED_FOR_S:
            self._full_at = now
            self._needed = max(self._needed - 1, 1)

    def probe_again(self) -> None:
        """Try at once what failed: the service lives."""
        self._pace.forget()

    def throttled(self, call: Call, retry_after_s: float | None) -> None:
        """Note that an item has been asked for too often."""
        key = call.key
        if retry_after_s is not None:
            self._forget_holds()
            self._held[key] = _later(self._held.get(key), self._clock, retry_after_s)
        self._not_answered(call)

    def hold(self, retry_after_s: float) -> None:
        """Ask for nothing here for so long: all items share what was used up."""
        self._held_until = _later(self._held_until, self._clock, retry_after_s)

    def failed(self, call: Call, reason: str, *, silent: bool) -> None:
        """Note a failure. The one that proves an outage is logged."""
        self._silences += silent
        self._not_answered(call)
        since = self.failing_since
        if self.outage_since is None and since is not None and self._is_outage(since):
            self.outage_since = since
            log.warning("outage begins", service=self._name, reason=reason)

    def _not_answered(self, call: Call) -> None:
        self._failing.setdefault(call.key, self._clock.now())
        if len(self._failing) > REMEMBERED:
            self._failing.pop(next(iter(self._failing)))
        good_at = self._good_left_at
        if good_at is not None and _seconds(call.left_at, good_at) < TOGETHER_S:
            return  # what left beside it or later was answered
        self._failed.add(call.key)
        if self.failing_since is None:
            self.failing_since = self._clock.now()
        if len(self._failed) > 1:
            self.limit = max(1, self.limit // 2)
        if self._pace.is_at_rest:
            # It left while answers came, perhaps among many, and was a probe after all.
            self._pace.began(call.left_at)
            self.service.pace.began(call.left_at)
        self._pace.failed()
        self.service.pace.failed()

    def _is_outage(self, since: datetime) -> bool:
        alone_s = _seconds(self._clock.now(), since)
        return (
            len(self._failed) >= PROVES_OUTAGE
            or self._silences >= PROVES_OUTAGE
            or alone_s >= ALONE_S
        )

    def _probe_s(self, *, again: bool) -> float:
        return max(
            self._pace.wait_s(again=again),
            self.service.pace.wait_s(again=again),
            self.service.silence_s(but=self),
        )

    def count_silent(self) -> None:
        """Take the first request as a probe that left since the latest answer."""
        since = self._answered_at
        for call in self._calls:
            if call.answering or (since is not None and call.left_at <= since):
                continue
            if self._pace.is_at_rest and not call.is_probe:
                self._pace.began(call.left_at)
                self.service.pace.began(call.left_at)

    def silence_s(self) -> float:
        """Return for how long others should wait for what was asked for here.

        They need not where an answer came since: then it is one of many.
        """
        now = self._clock.now()
        call = next((one for one in self._calls if self._counts(one, now)), None)
        if call is None or (self._answered_at and self._answered_at > call.left_at):
            return 0.0
        return SILENT_S - _seconds(now, call.left_at)

    def _held_s(self) -> float:
        return max(self.service.held_s, _left_s(self._held_until, self._clock))

    def _counts(self, call: Call, now: datetime) -> bool:
        waits = not (call.answering or call.judged)
        return waits and _seconds(now, call.left_at) < SILENT_S

    def _forget_holds(self) -> None:
        now = self._clock.now()
        self._held = {key: until for key, until in self._held.items() if until > now}


def _later(at: datetime | None, clock: Clock, wait_s: float) -> datetime:
    until = clock.now() + timedelta(seconds=wait_s)
    return until if at is None else max(at, until)


def _left_s(until: datetime | None, clock: Clock) -> float:
    return 0.0 if until is None else max(0.0, _seconds(until, clock.now()))


def _seconds(later: datetime, earlier: datetime) -> float:
    return (later - earlier).total_seconds()
