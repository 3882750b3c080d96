"""Renews leases again and again while there is work in progress, beside it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.errors import StorageError

log = structlog.get_logger(__name__)

HEARTBEAT_S = 5.0
"""Between two renewals: a lease ends later than three of them."""


class Heartbeat:
    """Renews the leases of work in progress, whatever a worker's loop is about."""

    def __init__(self, name: str, renew: Callable[[], Awaitable[None]]) -> None:
        """Keep the name, for the log, and what renews the leases."""
        self._name = name
        self._renew = renew
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Renew from now on, first in `HEARTBEAT_S`."""
        if self._task is None:
            self._task = asyncio.create_task(
                self._go_on(), name=f"{self._name} heartbeat"
            )

    def end(self) -> None:
        """Renew no more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                await self._renew()
            except StorageError as error:
                # If that lasts, others take the work over: its fence protects it.
                log.debug("leases not renewed", worker=self._name, reason=str(error))
            except Exception:
                # One renewal that failed must not be the last one.
                log.exception("leases not renewed", worker=self._name)
