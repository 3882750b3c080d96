"""Whether intake is paused, for every process that takes requests.

One process looks after the account (`bot.operations.account`). The others read how the
pause stands from its row.
"""

from collections.abc import Callable

from bot.clock import Clock
from bot.operations.account import AccountGate
from bot.operations.ports import Pauses


class IntakePause:
    """Asks the gate where it is this process's own, and else the database."""

    def __init__(
        self,
        gate: AccountGate,
        pauses: Pauses,
        clock: Clock,
        *,
        is_ours: Callable[[], bool],
    ) -> None:
        """Keep the gate; `is_ours` says whether no other process looks after it."""
        self._gate = gate
        self._pauses = pauses
        self._clock = clock
        self._is_ours = is_ours

    async def is_paused(self) -> bool:
        """Return whether new requests are to be refused.

        Raises:
            StorageError: If the database did not answer.
        """
        if self._is_ours():
            return self._gate.paused
        pause = await self._pauses.load()
        if pause is None:
            return False
        return pause.probe_at is None or self._clock.now() < pause.probe_at

    async def is_open(self) -> bool:
        """Return whether nothing is known that speaks against paid requests.

        Raises:
            StorageError: If the database did not answer.
        """
        if self._is_ours():
            return self._gate.is_open
        return await self._pauses.load() is None
