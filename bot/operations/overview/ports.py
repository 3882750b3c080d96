"""What the overview needs from storage. Declarations only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.operations.overview.values import OperatorEvent, Stored


class OverviewStore(Protocol):
    """Reads the database's part of an overview. Implemented in `storage.overview`."""

    async def read(self, now: datetime) -> Stored:
        """Return what the database says. A long history makes it no slower.

        Raises:
            StorageError: If the database does not answer.
        """
        ...


class EventStore(Protocol):
    """Keeps the latest events. Implemented in `storage.operations.events`."""

    async def add(self, events: Sequence[OperatorEvent]) -> None:
        """Keep events, and forget the oldest of those that were kept for long.

        Raises:
            StorageError: If they could not be saved; none of them was.
        """
        ...


class EventLog(Protocol):
    """Notes what the operator is told. Implemented by `EventHistory`."""

    async def note(
        self, event: str, values: Mapping[str, str], told_at: datetime
    ) -> None:
        """Note an event. Never raises."""
        ...
