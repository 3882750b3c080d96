"""The only process on its database: it has all there is."""

import asyncio
from collections.abc import Callable, Mapping

from bot.processes.seats import Seat


class OnlyProcess:
    """Implements `bot.processes.ports.Processes` where nobody else may be."""

    id = "only"
    living = 1
    clock_ahead_s = 0.0

    def require(self) -> None:
        """Return at once."""

    def holds(self, seat: Seat) -> bool:  # noqa: ARG002 - whichever it is
        """Return True."""
        return True

    def when_changed(self, tell: Callable[[], None]) -> None:
        """Nothing ever changes."""

    async def listen(self, channel: str, heard: Callable[[str], None]) -> None:
        """Nobody has anything to tell."""

    async def watch(self, in_progress: Callable[[], Mapping[str, int]]) -> None:  # noqa: ARG002 - nobody asks
        """Wait for nothing."""
        await asyncio.Event().wait()

    async def give_up(self, seats: frozenset[Seat]) -> None:
        """Nobody waits for them."""
