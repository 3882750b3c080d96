"""The operator's messages while the database takes none: in memory, and posted at once.

The message that the disk is full must not wait for the disk.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from bot.errors import ClaimLost, StorageError
from bot.operations.installation import OperatorMessage
from bot.operations.ports import Outbox

MOST_HELD = 100
"""Messages in memory. Later ones stand in the log alone."""


class BufferedOutbox:
    """An `Outbox` in front of another that never raises `StorageError`.

    What is held here goes with the process; the log has it.
    """

    def __init__(self, kept: Outbox, *, is_alone: Callable[[], bool]) -> None:
        """Hold nothing yet. `is_alone` says whether no other process posts messages."""
        self._kept = kept
        self._is_alone = is_alone
        self._held: dict[int, tuple[datetime, OperatorMessage]] = {}
        """By ids below zero, which no stored message has; with when they are due."""
        self._dropped: dict[int, OperatorMessage] = {}
        """Stored messages that are done with, and could not be deleted yet."""
        self._tries: dict[int, tuple[datetime, int]] = {}
        """When stored messages are due and how often they were tried, where that could
        not be stored."""
        self._last_id = 0

    async def put(self, event: str, values: Mapping[str, str], at: datetime) -> None:
        """Keep a message until it has been posted. It is due at once."""
        try:
            await self._kept.put(event, values, at)
        except StorageError:
            if len(self._held) >= MOST_HELD:
                return
            self._last_id -= 1
            message = OperatorMessage(
                id=self._last_id,
                event=event,
                values=dict(values),
                told_at=at,
                attempts=0,
                fence=0,
            )
            self._held[message.id] = (at, message)

    async def due(self, now: datetime, limit: int) -> Sequence[OperatorMessage]:
        """Return the messages whose time has come, the oldest first."""
        try:
            for message_id, message in sorted(self._dropped.items()):
                with suppress(ClaimLost):
                    await self._kept.drop(message)
                del self._dropped[message_id]
            stored = await self._kept.due(now, limit)
        except StorageError:
            stored = await self._stored(now, limit)
        found = [
            replace(one, attempts=max(one.attempts, attempts))
            for one in stored
            for due_at, attempts in [self._tries.get(one.id, (now, 0))]
            if one.id not in self._dropped and due_at <= now
        ]
        found += [one for due_at, one in self._held.values() if due_at <= now]
        return sorted(found, key=lambda one: one.told_at)[:limit]

    async def next_due(self, now: datetime) -> datetime | None:
        """Return when there is a stored message to claim next, where that is known."""
        if self._dropped or self._tries:
            return None  # the database would have us try again what is done
        try:
            return await self._kept.next_due(now)
        except StorageError:
            return None

    async def claim(
        self, message: OperatorMessage, now: datetime, until: datetime
    ) -> OperatorMessage | None:
        """Claim a message until then; None if another worker has it.

        What cannot be recorded is taken to be ours: it must not wait for the database.
        Among several processes, each of which would think so, it does.
        """
        if message.id in self._held:
            return message
        try:
            claimed = await self._kept.claim(message, now, until)
        except StorageError:
            return message if self._is_alone() else None
        if claimed is None:
            return None
        return replace(claimed, attempts=max(claimed.attempts, message.attempts))

    async def postpone(self, message: OperatorMessage, due_at: datetime) -> None:
        """Count a failed attempt, and try again at `due_at`."""
        if message.id in self._held:
            _, held = self._held[message.id]
            again = replace(held, attempts=held.attempts + 1)
            self._held[message.id] = (due_at, again)
            return
        try:
            await self._kept.postpone(message, due_at)
        except StorageError:
            _, attempts = self._tries.get(message.id, (due_at, 0))
            self._tries[message.id] = (due_at, attempts + 1)

    async def drop(self, message: OperatorMessage) -> None:
        """Forget a message, because it was posted or never can be."""
        self._tries.pop(message.id, None)
        if self._held.pop(message.id, None) is not None:
            return
        try:
            await self._kept.drop(message)
        except StorageError:
            self._dropped[message.id] = message

    async def renew(self, claims: Sequence[OperatorMessage], until: datetime) -> None:
        """Let claims of stored messages end at `until`, if that can be stored."""
        with suppress(StorageError):
            await self._kept.renew(self._of_stored(claims), until)

    async def let_go(self, claims: Sequence[OperatorMessage]) -> None:
        """End the claims of stored messages, where that can be stored."""
        with suppress(StorageError):
            await self._kept.let_go(self._of_stored(claims))

    def _of_stored(
        self, claims: Sequence[OperatorMessage]
    ) -> Sequence[OperatorMessage]:
        return [one for one in claims if one.id not in self._held]

    async def _stored(self, now: datetime, limit: int) -> Sequence[OperatorMessage]:
        """Return what is stored, where it can still be read."""
        try:
            return await self._kept.due(now, limit)
        except StorageError:
            return []
