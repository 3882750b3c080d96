"""What the core needs to know of the processes on its database. Protocols only.

Implemented in `storage.processes`.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from bot.processes.seats import Seat


class Processes(Protocol):
    """This process among all that share its database."""

    @property
    def id(self) -> str:
        """Of this process. It changes if the others took this one for dead."""
        ...

    @property
    def living(self) -> int:
        """How many live, this one included, as last seen; at least 1."""
        ...

    @property
    def clock_ahead_s(self) -> float:
        """By how many seconds our clock is ahead of the one all share; 0 if alone."""
        ...

    def require(self) -> None:
        """Return if the others certainly still know that this process lives.

        Raises:
            StorageBusy: If they may not: others may have taken over its work.
        """
        ...

    def holds(self, seat: Seat) -> bool:
        """Return whether this process has a seat."""
        ...

    def when_changed(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when the id, the living or the seats have changed."""
        ...

    async def listen(self, channel: str, heard: Callable[[str], None]) -> None:
        """Have `heard` called with the payload of each notification in a channel.

        With an empty one after notifications may have been missed. Those of this
        process are heard, too. Where there is only one process there are none.
        """
        ...

    async def watch(self, in_progress: Callable[[], Mapping[str, int]]) -> None:
        """Renew what the others know of this process, until cancelled.

        `in_progress` says how many items each worker is about.
        """
        ...

    async def give_up(self, seats: frozenset[Seat]) -> None:
        """Give seats to others, for good: this process ends."""
        ...
