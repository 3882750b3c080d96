"""Asks for the balance now and then, more often while intake is paused."""

from collections.abc import Callable

from bot.operations.account import AccountGate
from bot.processes.seats import Seat
from bot.workers.outcomes import note_evolink
from bot.workers.service_limit import EndpointLimit
from bot.workers.worker import Worker

WHILE_PAUSED_S = 30.0
WHILE_OPEN_S = 600.0


class AccountWatch(Worker):
    """Keeps the account's gate true. `resumed` is called when something may go on."""

    name = "account watch"
    seat = Seat.EVOLINK

    def __init__(
        self,
        account: AccountGate,
        *,
        balance: EndpointLimit,
        resumed: Callable[[], None],
    ) -> None:
        super().__init__()
        self._balance = balance
        self._account = account
        self._resumed = resumed
        # A refused submit must not wait ten minutes until the pause may end.
        account.when_paused(lambda: self.wake_in(WHILE_PAUSED_S))

    async def run_once(self) -> float:
        """Read the balance once, as soon as EvoLink's limit allows."""
        wait_s = self._balance.wait_s(None)
        if wait_s > 0:
            return wait_s
        was_paused = self._account.paused
        call = self._balance.begin(None)
        try:
            note_evolink(call, await self._account.read_balance())
        finally:
            call.end()
        if was_paused and not self._account.paused:
            self._resumed()
        return WHILE_OPEN_S if self._account.is_open else WHILE_PAUSED_S
