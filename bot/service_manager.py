"""Tells systemd the state of the process, if systemd has asked for it.

The protocol is a datagram of lines to the socket that NOTIFY_SOCKET names: sd_notify(3)
and sd_watchdog_enabled(3).
"""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

import structlog

log = structlog.get_logger(__name__)


class ServiceManager:
    """Tells systemd; does nothing in a process that systemd has not started."""

    def __init__(self, address: str | None, *, watchdog_s: float | None) -> None:
        """Keep the address.

        Args:
            address: The socket's path; `@` at its beginning = an abstract name. None =
                nobody listens.
            watchdog_s: Seconds without a sign of life after which systemd restarts the
                process. None = it does not.
        """
        self._address = address
        self._watchdog_s = watchdog_s

    @classmethod
    def of(cls, env: Mapping[str, str]) -> "ServiceManager":
        """Read what systemd put into the environment; what is malformed is ignored."""
        usec = env.get("WATCHDOG_USEC", "")
        meant = env.get("WATCHDOG_PID", "") in {"", str(os.getpid())}
        watched = meant and usec.isascii() and usec.isdigit() and int(usec) > 0
        return cls(
            env.get("NOTIFY_SOCKET") or None,
            watchdog_s=int(usec) / 1_000_000 if watched else None,
        )

    def ready(self) -> None:
        """Tell systemd that everything is open and at work."""
        self._send("READY=1")

    def stopping(self) -> None:
        """Tell systemd that the process is stopping."""
        self._send("STOPPING=1")

    @asynccontextmanager
    async def watched(self) -> AsyncGenerator[None]:
        """Give signs of life while the block runs and the event loop turns.

        They depend on nothing else: if Discord, EvoLink or the database fails, a
        restart would not help.
        """
        if self._address is None or self._watchdog_s is None:
            yield
            return
        signs = asyncio.create_task(self._signs(self._watchdog_s / 3), name="watchdog")
        try:
            yield
        finally:
            signs.cancel()

    async def _signs(self, every_s: float) -> None:
        while True:
            self._send("WATCHDOG=1")
            await asyncio.sleep(every_s)

    def _send(self, state: str) -> None:
        """Send it without waiting: a manager that does not listen must not block us."""
        if self._address is None:
            return
        address = self._address
        if address.startswith("@"):
            address = f"\0{address[1:]}"
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.settimeout(0)
                sender.sendto(state.encode("ascii"), address)
        except (OSError, ValueError) as error:
            log.warning("systemd not told", state=state, reason=str(error))
