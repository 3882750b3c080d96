"""One call about a status message after the other, and no progress after its clip."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from bot.ids import MessageId

MOST_PASSED = 2048
"""A clip's record follows it at once: what is older is not needed any more."""
GIVES_WAY_S = 0.5
"""For so long a clip waits for an edit that is under way; then that is given up."""


class _Turn:
    """Who has the turn at one message, and who may have to give it up."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.edit: asyncio.Timeout | None = None


class MessageTurns:
    """Orders what is said in status messages and beside them."""

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[MessageId, _Turn] = WeakValueDictionary()
        self._passed: dict[MessageId, None] = {}
        """Beside these the clip stands already: they show no progress any more. In
        the order in which they came."""

    @asynccontextmanager
    async def edit(
        self, message_id: MessageId, *, is_last: bool
    ) -> AsyncGenerator[None]:
        """Wait for the turn to edit a message.

        Raises:
            TimeoutError: If that would come too late, or the clip comes meanwhile. What
                the message shows then is not known. Not where this is the last word.
        """
        turn = self._turn(message_id)
        if is_last:
            self._passed.pop(message_id, None)
            async with turn.lock:
                yield
            return
        if turn.lock.locked() or message_id in self._passed:
            raise TimeoutError
        async with turn.lock, asyncio.timeout(None) as limit:
            turn.edit = limit
            try:
                yield
            finally:
                turn.edit = None

    @asynccontextmanager
    async def post(self, message_id: MessageId | None) -> AsyncGenerator[None]:
        """Wait for the turn to say beside a message, or in it, what came of the job.

        An edit under way is given up if it takes long. Where this succeeds, none but
        the last word follows it.
        """
        if message_id is None:
            yield
            return
        turn = self._turn(message_id)
        if turn.edit is not None:
            turn.edit.reschedule(asyncio.get_running_loop().time() + GIVES_WAY_S)
        async with turn.lock:
            yield
            self._passed[message_id] = None
            if len(self._passed) > MOST_PASSED:
                del self._passed[next(iter(self._passed))]

    def _turn(self, message_id: MessageId) -> _Turn:
        return self._turns.setdefault(message_id, _Turn())
