"""Whether the other side answers: logged on the edge, and asked less while it does not.

An outage hits all jobs at once, so its back-off is one for all of them. One that hangs
says nothing, so it is recognised by the lack of answers: many are asked side by side
only while answers come; without any, one after another, after waits that grow.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.waiting import Backoff
from bot.ports import Clock
from bot.workers.tries import Tries

log = structlog.get_logger(__name__)

LATELY_S = 2.0
"""For so long after an answer the other side is believed to be well."""
SILENCE_S = 1.5
"""For so much longer what has found no answer is waited for alone."""


class NotNow(Exception):
    """The other side fails, or so it seems: nothing was asked."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"not to be asked for {wait_s:.1f} s")
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A request under way."""

    left_at: datetime
    verdicts: int
    """How many there had been when it left."""


class Service:
    """The endpoints of one service: those that fail together are tried by turns."""

    def __init__(self, tries: Tries, clock: Clock) -> None:
        self._clock = clock
        self.tries = tries
        """Of all endpoints that are ill or in doubt, together."""
        self.members: list[Outage] = []

    def ill_since(self, now: datetime) -> datetime | None:
        """Return when the latest endpoint fell ill that has not recovered, if any."""
        latest = None
        for one in self.members:
            since = one.ill_since(now)
            if since is not None and (latest is None or latest < since):
                latest = since
        return latest

    def silence_wait_s(self, now: datetime) -> float:
        """Return for how many seconds those that wait for an answer ask for all."""
        waits_s = [
            LATELY_S + SILENCE_S - (now - since).total_seconds()
            for one in self.members
            if one.since is None and (since := one.ill_since(now)) is not None
        ]
        return max(waits_s, default=0.0)

    def quiet(self) -> "list[Outage]":
        """Return the endpoints that must be quiet now."""
        # Asked before and after each request: they share what all of them have to know.
        now = self._clock.now()
        ill_since = self.ill_since(now)
        return [one for one in self.members if one.quiet_for_s(now, ill_since) > 0]

    def free(self, quiet: "Iterable[Outage]") -> None:
        """Tell those that need not be quiet any longer."""
        for one in quiet:
            if one.quiet_s <= 0:
                one.free()


class Outage:
    """Counts failures in a row of one endpoint, and says when to try it again."""

    def __init__(self, service: str, clock: Clock, backoff: Backoff) -> None:
        self._name = service
        self._clock = clock
        self._tries = Tries(clock, backoff)
        self._unanswered: list[Asked] = []
        """The longest under way first."""
        self._verdicts = 0
        self._answered_at: datetime | None = None
        self._changed = asyncio.Event()
        self.most_unanswered = sys.maxsize
        """How many may wait for an answer at once, where those before were answered."""
        self._when_free: Callable[[], None] = lambda: None
        self.since: datetime | None = None
        """When it began, or None while the service answers."""
        self.join(Service(Tries(clock, backoff), clock))

    def join(self, service: Service) -> None:
        """Be an endpoint of this service, beside others."""
        self.service = service
        service.members.append(self)

    def ill_since(self, now: datetime) -> datetime | None:
        """Return since when it fails, or is silent for too long; None = it is well."""
        if self.since is not None or not self._unanswered:
            return self.since
        silent_since = self._unanswered[0].left_at
        if self._answered_at is not None and self._answered_at > silent_since:
            silent_since = self._answered_at
        silent_s = (now - silent_since).total_seconds()
        return silent_since if silent_s > LATELY_S else None

    def free(self) -> None:
        """Let those ask who wait."""
        self._stir()
        self._when_free()

    def when_free(self, ring: Callable[[], None]) -> None:
        """Call `ring` where a quiet ends before its time."""
        self._when_free = ring

    @property
    def is_sure(self) -> bool:
        """Whether it answers: many may be asked side by side."""
        now = self._clock.now()
        return self._is_sure(now, self.service.ill_since(now))

    @property
    def quiet_s(self) -> float:
        """For how many seconds nothing should be asked; 0 = ask."""
        now = self._clock.now()
        return self.quiet_for_s(now, self.service.ill_since(now))

    def quiet_for_s(self, now: datetime, service_ill_since: datetime | None) -> float:
        """Return `quiet_s`, where it is known already how the service is."""
        if self._is_sure(now, service_ill_since):
            return 0.0
        if self._in_doubt(service_ill_since):
            return max(
                self._tries.wait_s,
                self.service.tries.wait_s,
                self.service.silence_wait_s(now),
            )
        return self._tries.wait_s

    @asynccontextmanager
    async def asking(self) -> AsyncGenerator[Asked]:
        """Wait for an answer to whoever is asking before us, and ask.

        Raises:
            NotNow: If the other side fails, or is believed to.
        """
        while True:
            now = self._clock.now()
            ill_since = self.service.ill_since(now)
            wait_s = self.quiet_for_s(now, ill_since)
            if wait_s > 0 and (self.since is not None or not self._unanswered):
                raise NotNow(wait_s)
            if wait_s <= 0:
                has_room = len(self._unanswered) < self.most_unanswered
                if has_room or not self._is_sure(now, ill_since):
                    break
                wait_s = LATELY_S
            changed = self._changed
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await changed.wait()
        asked = self.begin()
        try:
            yield asked
        finally:
            self.end(asked)

    def begin(self) -> Asked:
        """Note that a request leaves. `end` is to follow."""
        now = self._clock.now()
        ill_since = self.service.ill_since(now)
        if self._is_sure(now, ill_since):
            self._tries.forget()
        # Where it is sure, this begins to count once answers fail to come.
        self._tries.another()
        if self._in_doubt(ill_since):
            self.service.tries.another()
        asked = Asked(now, self._verdicts)
        self._unanswered.append(asked)
        return asked

    def answered(self, asked: Asked) -> None:
        """Note that an answer begins. Whether it is of use is not known yet."""
        if asked in self._unanswered:
            self._unanswered.remove(asked)
            if self.since is None:
                self._alive()
            self._stir()

    def end(self, asked: Asked) -> None:
        """Note that a request is over. One without a verdict was never begun."""
        if asked in self._unanswered:
            quiet = self.service.quiet()
            self._unanswered.remove(asked)
            if asked.verdicts == self._verdicts:
                self._tries.take_back()
                if self._in_doubt(self.service.ill_since(self._clock.now())):
                    self.service.tries.take_back()
            self.service.free(quiet)
        self._stir()

    def failed(self, reason: str, *, retry_after_s: float | None = None) -> None:
        """Note a failure. Only the first of a row is logged."""
        self._verdicts += 1
        if self._tries.wait_s <= 0:
            # Else several requests were under way together: they are one failure.
            self._tries.another(retry_after_s)
        elif self.since is None:
            self._tries.wait_again()
        if self.since is None:
            self.since = self._clock.now()
            log.warning("outage begins", service=self._name, reason=reason)
        self._tries.not_before(retry_after_s or 0.0)
        if self.service.tries.wait_s <= 0:
            self.service.tries.another()
        self._stir()

    def worked(self) -> None:
        """Note a success. The first one after failures is logged."""
        self._verdicts += 1
        if self.since is not None:
            lasted_s = (self._clock.now() - self.since).total_seconds()
            log.info("outage ends", service=self._name, lasted_s=round(lasted_s, 1))
        self._alive()

    def _alive(self) -> None:
        quiet = self.service.quiet()
        self.since = None
        self._answered_at = self._clock.now()
        self._tries.forget()
        self.service.tries.forget()
        self.service.free(quiet)

    def _is_sure(self, now: datetime, service_ill_since: datetime | None) -> bool:
        if self.since is not None or self._answered_at is None:
            return False
        lately = (now - self._answered_at).total_seconds() < LATELY_S
        return lately and not self._in_doubt(service_ill_since)

    def _in_doubt(self, service_ill_since: datetime | None) -> bool:
        """Whether the service is ill, this endpoint with it for all that is known."""
        if service_ill_since is None:
            return False
        return self._answered_at is None or self._answered_at < service_ill_since

    def _stir(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


def one_service(*endpoints: Outage) -> None:
    """Let endpoints that fail at the same time be tried by turns, as if one.

    An endpoint that answers is not held back by another that fails.
    """
    first, *others = endpoints
    for one in others:
        one.join(first.service)
