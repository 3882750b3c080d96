"""Everything that happens, as a stream to watch and to wait on.

Knows nothing of what happens: others publish and subscribe.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.discord.wire import Json

_LOOK_AGAIN_S = 0.05
"""How often a waiter looks without being told: some conditions only time changes."""


class ChangeKind(StrEnum):
    """What sort of thing happened."""

    MESSAGE_CREATED = "message_created"
    MESSAGE_EDITED = "message_edited"
    MESSAGE_DELETED = "message_deleted"
    TYPING = "typing"
    INTERACTION_OPENED = "interaction_opened"
    INTERACTION_ANSWERED = "interaction_answered"
    INTERACTION_FAILED = "interaction_failed"
    COMMANDS_CHANGED = "commands_changed"
    WORLD_CHANGED = "world_changed"
    GATEWAY_CONNECTED = "gateway_connected"
    GATEWAY_READY = "gateway_ready"
    GATEWAY_CLOSED = "gateway_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happened."""

    kind: ChangeKind
    at_s: float
    """Seconds since 1970 by the stand-in's clock."""
    number: int
    """Counts all changes of this stand-in from 1, without gaps."""
    channel_id: int | None = None
    message_id: int | None = None
    interaction_id: int | None = None
    detail: Json = field(default_factory=dict)
    """What else there is to say, ready for JSON."""


class Feed:
    """Tells every subscriber of every change, in order."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._count = 0
        self._queues: set[asyncio.Queue[Change | None]] = set()
        self._something = asyncio.Event()

    def publish(
        self,
        kind: ChangeKind,
        *,
        channel_id: int | None = None,
        message_id: int | None = None,
        interaction_id: int | None = None,
        detail: Json | None = None,
    ) -> None:
        """Tell all who watch; nobody watching is fine."""
        self._count += 1
        change = Change(
            kind=kind,
            at_s=self._now_s(),
            number=self._count,
            channel_id=channel_id,
            message_id=message_id,
            interaction_id=interaction_id,
            detail=detail or {},
        )
        for queue in self._queues:
            queue.put_nowait(change)
        self._something.set()
        self._something = asyncio.Event()

    @contextmanager
    def subscribe(self) -> Iterator[AsyncIterator[Change]]:
        """Lend an iterator over all changes from now on.

        It ends when the stand-in closes. Changes wait without limit for a reader
        that is slow, so leave the block when you stop reading.
        """
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield _drain(queue)
        finally:
            self._queues.discard(queue)

    def close(self) -> None:
        """End every subscription."""
        for queue in self._queues:
            queue.put_nowait(None)

    async def wait_until(
        self, condition: Callable[[], bool], timeout_s: float = 10.0
    ) -> None:
        """Return as soon as `condition` holds.

        Raises:
            TimeoutError: If it does not within `timeout_s` seconds of real time.
        """
        async with asyncio.timeout(timeout_s):
            while not condition():
                something = self._something
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_AGAIN_S):
                        await something.wait()


async def _drain(queue: asyncio.Queue[Change | None]) -> AsyncIterator[Change]:
    while (change := await queue.get()) is not None:
        yield change
