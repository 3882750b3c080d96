"""Tells the operator when the database needs a person, and when it works again."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

from bot.clock import Clock
from bot.errors import StorageBusy, StorageError, StorageFull
from bot.operations.ports import Operator
from bot.workers.worker import Worker

CHECK_EVERY_S = 5.0
ONLY = "only"
"""The name of a process that is the only one."""


class StorageWatch(Worker):
    """Checks whether reads and writes succeed. A busy database only stands in the log.

    Each process has its own trouble, and says who it is where there are several. While
    something is wrong it tries to write, so that the end is seen also when nobody
    else asks anything.
    """

    name = "storage watch"

    def __init__(
        self,
        fault: Callable[[], StorageError | None],
        probe: Callable[[], Awaitable[None]],
        operator: Operator,
        clock: Clock,
        *,
        name: Callable[[], str],
    ) -> None:
        """Keep the parts; `name` is this process's, or `ONLY` where there is no other.

        `fault` says what is wrong, and `probe` finds out whether it is over.
        """
        super().__init__()
        self._fault = fault
        self._probe = probe
        self._operator = operator
        self._clock = clock
        self._name = name
        self._told: str | None = None
        self._since: datetime | None = None

    async def run_once(self) -> float:
        """Compare what is so with what the operator was told."""
        fault = self._fault()
        if fault is not None:
            with suppress(StorageError):
                await self._probe()
            fault = self._fault()
        if fault is None:
            await self._restored()
        elif not isinstance(fault, StorageBusy) and fault.kind != self._told:
            self._told = fault.kind
            self._since = self._since or self._clock.now()
            if isinstance(fault, StorageFull):
                await self._operator.tell(
                    "storage-full", process=self._name(), reason=str(fault)
                )
            else:
                await self._operator.tell(
                    "storage-broken", process=self._name(), reason=str(fault)
                )
        return CHECK_EVERY_S

    async def _restored(self) -> None:
        since, self._since, self._told = self._since, None, None
        if since is not None:
            lasted_s = (self._clock.now() - since).total_seconds()
            await self._operator.tell(
                "storage-restored", process=self._name(), minutes=round(lasted_s / 60)
            )
