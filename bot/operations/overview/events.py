"""The latest of what the operator was told, kept for the page."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot import deadline
from bot.errors import StorageError
from bot.operations.overview.ports import EventStore
from bot.operations.overview.values import OperatorEvent

MOST_HELD = 50
"""Events in memory while the database takes none; the log has them all."""
SAVE_WITHIN_S = 2.0
"""The caller waits no longer."""


class EventHistory:
    """Saves each event, or keeps it until the next one if the database fails."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._held: deque[OperatorEvent] = deque(maxlen=MOST_HELD)

    @property
    def unsaved(self) -> Sequence[OperatorEvent]:
        """Those that the database has not taken yet, the newest first."""
        return tuple(reversed(self._held))

    async def note(
        self, event: str, values: Mapping[str, str], told_at: datetime
    ) -> None:
        """Save an event, and what is held. No secrets, no prompts. Never raises."""
        new = OperatorEvent(event=event, values=values, told_at=told_at)
        taken = (*self._held, new)
        self._held.clear()
        # In a task of its own, so that the deadline is for this alone.
        saving = asyncio.create_task(self._save(taken), name="save operator event")
        if not await saving:
            # If there are too many, the newest are kept.
            self._held = deque((*taken, *self._held), maxlen=MOST_HELD)

    async def _save(self, events: Sequence[OperatorEvent]) -> bool:
        deadline.answer_within(SAVE_WITHIN_S)
        try:
            await self._store.add(events)
        except StorageError:
            return False
        return True
