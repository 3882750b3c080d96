"""Whether EvoLink accepts paid requests from us at all: a circuit breaker.

While EvoLink refuses the key, its limits or the model, every further submit would be
refused too, so intake pauses. Not every reason can be read from the balance: then
single paid requests, called probes, find out when intake may go on. A refused probe
costs nothing, and its job waits on.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import AccountFault, AccountRefused, EvolinkError, NoSuchEndpoint
from bot.ids import JobId
from bot.operations.ports import Balances, Operator, Pause, Pauses, SeenBalance
from bot.operations.probing import PROBE_BACKOFF, next_day, probe_at
from bot.operations.suspects import Suspects
from bot.plain_numbers import plural

log = structlog.get_logger(__name__)

UNDECIDED_BACKOFF = Backoff(base_s=30.0, cap_s=30.0)
"""After a probe that was neither accepted nor refused for the account's sake."""
TELL_AGAIN_AFTER = timedelta(days=1)
_MAY_BE_OF_THE_JOB = frozenset({AccountFault.MODEL, AccountFault.ADDRESS})
"""A 403 or 404 that EvoLink may also mean for one request alone."""


class AccountGate:
    """Open, paused, or paused with a probe due. The database remembers the pause."""

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        evolink: Balances,
        operator: Operator,
        clock: Clock,
        pauses: Pauses,
        *,
        reserve: float,
        model: str,
        pause: Pause | None,
        has_seat: Callable[[], bool],
    ) -> None:
        """Keep the parts.

        Args:
            evolink: Is asked for the balance.
            operator: Is told of pauses and of their ends.
            clock: The time of day.
            pauses: Keeps the pause over a restart.
            reserve: Credits below which nothing more is submitted.
            model: The model in use, as the operator may have to change it.
            pause: The one that lasted when the process began.
            has_seat: Whether this process looks after the account. Where another does,
                late answers are neither recorded nor told to the operator.
        """
        self._has_seat = has_seat
        self._evolink = evolink
        self._operator = operator
        self._clock = clock
        self._pauses = pauses
        self._reserve = reserve
        self._model = model
        self._when_paused: Callable[[], None] | None = None
        self._pause = pause
        self._saved = pause
        self._saving = asyncio.Lock()
        # The operator may have restarted it because of what was changed.
        self._probe_at = clock.now()
        self._cannot_pay = _is_of_balance(pause)
        """The latest balance says that no request can be paid."""
        self.has_recalled = False
        """Whether the pause was read from the database since the process began."""
        self._probe: JobId | None = None
        """Whose request is the probe that is under way."""
        self._balance: SeenBalance | None = None
        self._reset_zone: str | None = None
        self._suspects = Suspects()

    @property
    def balance(self) -> SeenBalance | None:
        """What could be paid when the balance was last read; None = it was not yet."""
        return self._balance

    @property
    def is_open(self) -> bool:
        """Whether there is no pause."""
        return self._pause is None

    @property
    def paused(self) -> bool:
        """Whether new requests are to be refused, and nothing may be submitted.

        Not while a probe is due: without a queue the next request becomes the probe.
        """
        if self._pause is None:
            return False
        waits = self._clock.now() < self._probe_at
        return self._cannot_pay or self.probing or waits

    @property
    def probing(self) -> bool:
        """Whether a probe is under way."""
        return self._probe is not None

    @property
    def paused_since(self) -> datetime | None:
        """Since when EvoLink takes no requests; None while intake is open."""
        return None if self._pause is None else self._pause.since

    @property
    def probe_in_s(self) -> float | None:
        """In how many seconds a probe is due; None = nobody can say."""
        if self._pause is None or self._cannot_pay:
            return None
        return max(0.0, (self._probe_at - self._clock.now()).total_seconds())

    async def recall(self, *, probe_now: bool) -> None:
        """Continue from where the process left off that had the account before.

        With `probe_now` the next request finds out whether the pause is over.

        Raises:
            StorageError: If the database did not answer.
        """
        pause = await self._pauses.load()
        self._pause = self._saved = pause
        self._cannot_pay = _is_of_balance(pause)
        self._probe = None
        now = self._clock.now()
        known_at = None if pause is None else pause.probe_at
        self._probe_at = now if probe_now or known_at is None else known_at
        self.has_recalled = True

    def when_paused(self, call: Callable[[], None]) -> None:
        """Call this from now on whenever intake is paused."""
        self._when_paused = call

    def begin(self, job_id: JobId) -> bool:
        """Note that a paid request is about to leave; return whether it is the probe.

        The sender of the probe calls `probed` after it, whatever happened.
        """
        if self._pause is not None and not self.probing:
            self._probe = job_id
            return True
        return False

    def probed(self, job_id: JobId) -> None:
        """Note that a job's probe is over; if it decided nothing, another may follow.

        One that has decided already may have been followed by another's meanwhile.
        """
        if self._probe == job_id:
            self._probe = None
            wait_s = UNDECIDED_BACKOFF.wait_s(1)
            self._probe_at = self._clock.now() + timedelta(seconds=wait_s)

    def is_of_the_job(self, job_id: JobId, error: AccountRefused) -> bool:
        """Whether a refusal is about one job alone, and so no reason to pause.

        It is where the same job was refused before, and each time the request of
        another was accepted afterwards.
        """
        return self._suspects.has(job_id) and error.fault in _MAY_BE_OF_THE_JOB

    def note(self, error: AccountRefused, job_id: JobId | None = None) -> None:
        """Pause, because EvoLink refused us. `report` has to follow.

        Without a job it was not about a paid request: no probe is put off by it.
        """
        if job_id is not None:
            self._suspects.note_refused(job_id)
        if self._pause is None:
            self._begin(error.fault, str(error), refusals=1)
        elif job_id is not None and self._decides(job_id):
            self._pause = replace(
                self._pause,
                fault=error.fault,
                reason=str(error),
                refusals=self._pause.refusals + 1,
                # Something else has to be changed than what the operator was told.
                told_at=self._pause.told_at
                if error.fault is self._pause.fault
                else None,
            )
        else:
            return  # no probe: it left before the pause began
        self._probe = None
        self._reset_zone = error.reset_zone
        self._probe_at = probe_at(error, self._pause_now.refusals, self._clock.now())

    async def refused(self, error: AccountRefused) -> None:
        """Pause, because EvoLink refused to show tasks, and tell the operator."""
        self.note(error)
        await self.report()

    async def accepted(self, job_id: JobId) -> None:
        """Note that EvoLink took a job's paid request: intake is open.

        One that left before the pause began proves nothing.
        """
        if self._pause is not None and self._decides(job_id):
            await self._resume()

    def _decides(self, job_id: JobId) -> bool:
        """Whether what EvoLink says to a job's request tells of the pause's end."""
        return self._probe == job_id or not self.paused

    async def report(self) -> None:
        """Tell the operator of the pause, once a day, and record its state."""
        if not self._has_seat():
            return
        pause, now = self._pause, self._clock.now()
        if pause is not None and (
            pause.told_at is None or now - pause.told_at >= TELL_AGAIN_AFTER
        ):
            # Before anything is awaited: of many refused at once, one tells.
            self._pause = replace(pause, told_at=now)
            await self._tell(pause, now)
        await self.save()

    async def _tell(self, pause: Pause, now: datetime) -> None:
        is_daily = pause.fault is AccountFault.DAILY_LIMIT
        resets_at = int(next_day(now, self._reset_zone).timestamp())
        await self._operator.tell(
            "intake-paused",
            fault=pause.fault.value,
            reason=pause.reason,
            model=self._model,
            resets_at=resets_at if is_daily else None,
        )

    async def read_balance(self) -> EvolinkError | None:
        """Read the balance, and pause or go on accordingly.

        Where the balance cannot be read, everything stays as it is: an outage says
        nothing about the account. Returns what EvoLink said instead of it.
        """
        unread: EvolinkError | None = None
        try:
            balance = await self._evolink.credits()
        except AccountRefused as error:
            unread = error
            self._balance_refused(error)
        except EvolinkError as error:
            unread = error
            # Where it can never be read, a probe has to find out.
            self._cannot_pay = self._cannot_pay and not isinstance(
                error, NoSuchEndpoint
            )
            log.info("balance unreadable", error=str(error))
        else:
            await self._apply_balance(balance.spendable)
        await self._compare()
        await self.report()
        return unread

    def _balance_refused(self, error: AccountRefused) -> None:
        if error.status == HTTPStatus.UNAUTHORIZED:
            # A key that may not even ask what is left cannot pay.
            if self._pause is None:
                self._begin(error.fault, str(error), refusals=0)
            self._cannot_pay = True
        else:
            self._cannot_pay = False
            self.note(error)

    async def _apply_balance(self, spendable: float) -> None:
        last = self._balance
        has_risen = last is not None and spendable > last.credits
        self._balance = SeenBalance(credits=spendable, read_at=self._clock.now())
        if spendable <= 0 or spendable < self._reserve:
            if self._pause is None:
                left = f"{plural(spendable, 'credit')} left"
                self._begin(AccountFault.BALANCE, left, refusals=0)
            self._cannot_pay = True
            return
        could_not_pay, self._cannot_pay = self._cannot_pay, False
        pause = self._pause
        if pause is None:
            return
        if pause.refusals == 0:
            await self._resume()
        elif could_not_pay or (
            pause.fault is AccountFault.BALANCE and (has_risen or pause.refusals == 1)
        ):
            # A second refusal at the same balance says that it is not enough.
            self._probe_at = self._clock.now()

    @property
    def _pause_now(self) -> Pause:
        assert self._pause is not None
        return self._pause

    def _begin(self, fault: AccountFault, reason: str, *, refusals: int) -> None:
        now = self._clock.now()
        self._pause = Pause(
            fault=fault,
            reason=reason,
            since=now,
            refusals=refusals,
            told_at=None,
            probe_at=None,
        )
        self._probe_at = now + timedelta(seconds=PROBE_BACKOFF.wait_s(1))
        log.warning("intake paused", reason=reason, fault=fault.value)
        if self._when_paused is not None:
            self._when_paused()

    async def _resume(self) -> None:
        pause = self._pause_now
        self._pause = None
        self._probe = None
        self._cannot_pay = False
        self._suspects.note_pause_ended()
        minutes = round((self._clock.now() - pause.since).total_seconds() / 60)
        log.info("intake resumed", paused_for_min=minutes)
        # Told first: what cannot be saved now is saved after the next balance.
        if pause.told_at is not None and self._has_seat():
            await self._operator.tell("intake-resumed", minutes=minutes)
        await self.save()

    async def save(self) -> None:
        """Record the state of the pause, for other processes and after a restart.

        Raises:
            StorageError: If the database did not take it.
        """
        async with self._saving:
            pause = self._pause
            if pause is not None:
                may_probe = not (self._cannot_pay or self.probing)
                pause = replace(pause, probe_at=self._probe_at if may_probe else None)
            if pause != self._saved and self._has_seat():
                await self._pauses.save(pause)
                self._saved = pause

    async def _compare(self) -> None:
        """See what is recorded: who had the seat before may have written it late."""
        async with self._saving:
            self._saved = await self._pauses.load()


def _is_of_balance(pause: Pause | None) -> bool:
    """Return whether the balance alone is the reason of a pause."""
    return pause is not None and pause.refusals == 0
