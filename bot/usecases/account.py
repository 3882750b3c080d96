"""Whether EvoLink takes paid requests from us at all.

While it refuses the key or the balance, every further submit would fail too, so intake
pauses; a free look at the balance finds out when it may go on.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.errors import AccountRefused, EvolinkError
from bot.ports import Clock, Evolink, Operator

log = structlog.get_logger(__name__)


class AccountGate:
    """Open or paused. Its memory is the process: the next refusal finds out anew."""

    def __init__(
        self, evolink: Evolink, operator: Operator, clock: Clock, *, reserve: float
    ) -> None:
        self._evolink = evolink
        self._operator = operator
        self._clock = clock
        self._reserve = reserve
        """Credits below which nothing more is submitted."""
        self._when_paused: Callable[[], None] | None = None
        self._paused_at: datetime | None = None
        self._told = False

    @property
    def paused(self) -> bool:
        """Whether new requests are to be refused."""
        return self._paused_at is not None

    @property
    def paused_for_s(self) -> float:
        """For how many seconds intake has been paused; 0 while it is open."""
        if self._paused_at is None:
            return 0.0
        return (self._clock.now() - self._paused_at).total_seconds()

    def when_paused(self, call: Callable[[], None]) -> None:
        """Call this from now on whenever intake is paused."""
        self._when_paused = call

    async def refused(self, error: AccountRefused) -> None:
        """Pause, because EvoLink refused us. The operator is told of it once."""
        await self._pause(str(error))

    def accepted(self) -> None:
        """Note that EvoLink took a paid request: the next refusal is news again."""
        self._told = False

    async def look(self) -> None:
        """Read the balance, and pause or resume accordingly.

        Where the balance cannot be read, everything stays as it is: an outage says
        nothing about the account.
        """
        try:
            balance = await self._evolink.credits()
        except AccountRefused as error:
            await self._pause(str(error))
        except EvolinkError as error:
            log.info("balance unreadable", error=str(error))
        else:
            if balance.spendable <= 0 or balance.spendable < self._reserve:
                await self._pause(f"{balance.spendable:g} credits are left")
            else:
                self._resume()

    async def _pause(self, reason: str) -> None:
        if self._paused_at is None:
            self._paused_at = self._clock.now()
            log.warning("intake paused", reason=reason)
            if self._when_paused is not None:
                self._when_paused()
        if not self._told:
            self._told = True
            await self._operator.tell("intake-paused", reason=reason)

    def _resume(self) -> None:
        if self._paused_at is not None:
            log.info("intake resumed", paused_for_s=round(self.paused_for_s))
            self._paused_at = None
