"""Whether the other side answers: logged on the edge, and asked less while it does not.

An outage hits all jobs at once, so its back-off is one for all of them. One that hangs
says nothing, so it is recognised by the lack of answers: many are asked side by side
only while answers come; without any, one after another, after waits that grow.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.waiting import Backoff
from bot.ports import Clock
from bot.workers.tries import Tries

log = structlog.get_logger(__name__)

LATELY_S = 2.0
"""For so long after an answer the other side is believed to be well."""


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

    def __init__(self, tries: Tries) -> None:
        self.tries = tries
        """Of all endpoints that are ill or in doubt, together."""
        self.members: list[Outage] = []

    def is_ill_after(self, moment: datetime | None) -> bool:
        """Whether an endpoint fell ill after this, and has not recovered."""
        return any(
            one.ill_since is not None and (moment is None or moment < one.ill_since)
            for one in self.members
        )

    @contextmanager
    def freeing(self) -> Generator[None]:
        """Tell those that need not be quiet any longer after what is done here."""
        quiet = [one for one in self.members if one.quiet_s > 0]
        yield
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
        self.join(Service(Tries(clock, backoff)))

    def join(self, service: Service) -> None:
        """Be an endpoint of this service, beside others."""
        self.service = service
        service.members.append(self)

    @property
    def ill_since(self) -> datetime | None:
        """When it began to fail, or to be silent for too long; None = it is well."""
        if self.since is not None or not self._unanswered:
            return self.since
        left_at = self._unanswered[0].left_at
        silent_since = max(left_at, self._answered_at or left_at)
        silent_s = (self._clock.now() - silent_since).total_seconds()
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
        return self.since is None and not self._in_doubt and self._answered_lately

    @property
    def quiet_s(self) -> float:
        """For how many seconds nothing should be asked; 0 = ask."""
        if self.is_sure:
            return 0.0
        if self._in_doubt:
            return max(self._tries.wait_s, self.service.tries.wait_s)
        return self._tries.wait_s

    @asynccontextmanager
    async def asking(self) -> AsyncGenerator[Asked]:
        """Wait for an answer to whoever is asking before us, and ask.

        Raises:
            NotNow: If the other side fails, or is believed to.
        """
        while True:
            wait_s = self.quiet_s
            if wait_s > 0 and (self.since is not None or not self._unanswered):
                raise NotNow(wait_s)
            if wait_s <= 0:
                if not self.is_sure or len(self._unanswered) < self.most_unanswered:
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
        if self.is_sure:
            self._tries.forget()
        # Where it is sure, this begins to count once answers fail to come.
        self._tries.another()
        if self._in_doubt:
            self.service.tries.another()
        asked = Asked(self._clock.now(), self._verdicts)
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
        in_vain = asked.verdicts == self._verdicts
        with self.service.freeing():
            if asked in self._unanswered:
                self._unanswered.remove(asked)
                if in_vain:
                    self._tries.take_back()
                if in_vain and self._in_doubt:
                    self.service.tries.take_back()
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
        with self.service.freeing():
            self.since = None
            self._answered_at = self._clock.now()
            self._tries.forget()
            self.service.tries.forget()

    @property
    def _answered_lately(self) -> bool:
        if self._answered_at is None:
            return False
        return (self._clock.now() - self._answered_at).total_seconds() < LATELY_S

    @property
    def _in_doubt(self) -> bool:
        """Whether the service is ill, this endpoint with it for all that is known."""
        return self.service.is_ill_after(self._answered_at)

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
