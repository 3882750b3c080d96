"""Serialises calls about a status message; no progress is shown after the clip."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from bot.ids import MessageId

REMEMBERED = 2048
"""Messages remembered. A clip is recorded right after it is posted, so a few do."""
GIVES_WAY_S = 0.5
"""How long a clip waits for an edit under way, which is then given up."""
LAST_WORD_GIVES_WAY_S = 3.0
"""How long a clip waits for a final edit under way; then it goes first."""


class _Turn:
    """Who has the turn at one message, and who may have to give it up."""

    def __init__(self) -> None:
        self.edits = asyncio.Lock()
        self.posts = asyncio.Lock()
        self.edit: asyncio.Timeout | None = None


class MessageTurns:
    """Puts edits of status messages and posts about the same job in order."""

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[MessageId, _Turn] = WeakValueDictionary()
        self._passed: dict[MessageId, None] = {}
        """Beside these the clip stands already: they show no progress any more. In
        the order in which they came."""
        self._replaced: dict[MessageId, None] = {}
        """These have become clips, and are not edited any more. In that order, too."""

    @asynccontextmanager
    async def edit(
        self, message_id: MessageId, *, is_last: bool
    ) -> AsyncGenerator[None]:
        """Wait for the turn to edit a message.

        Raises:
            TimeoutError: If that would come too late, or the clip comes meanwhile. What
                the message shows then is not known. Where this is the last word, only
                if the message itself has become the clip.
        """
        turn = self._turn(message_id)
        if is_last:
            self._passed.pop(message_id, None)
            async with turn.posts:
                """What is being posted comes first: it may change the last word."""
            async with turn.edits:
                if message_id in self._replaced:
                    raise TimeoutError
                yield
            return
        is_taken = turn.posts.locked() or turn.edits.locked()
        if is_taken or message_id in self._passed or message_id in self._replaced:
            raise TimeoutError
        async with turn.edits, asyncio.timeout(None) as limit:
            turn.edit = limit
            try:
                yield
            finally:
                turn.edit = None

    @asynccontextmanager
    async def post(self, message_id: MessageId | None) -> AsyncGenerator[None]:
        """Wait for the turn to say beside a message what came of its job.

        An edit under way is given up if it takes long; a last word is overtaken, and
        the next one still follows it. Where this succeeds, only last words follow.
        """
        if message_id is None:
            yield
            return
        turn = self._turn(message_id)
        async with turn.posts:
            _hurry(turn)
            has_turn = await _acquire(turn.edits, LAST_WORD_GIVES_WAY_S)
            try:
                yield
                _note(self._passed, message_id)
            finally:
                if has_turn:
                    turn.edits.release()

    @asynccontextmanager
    async def replace(
        self, message_id: MessageId, *, for_good: bool
    ) -> AsyncGenerator[None]:
        """Wait for the turn to say in a message what came of its job.

        A last word under way is waited for until it ends: it could overwrite this.
        Where this succeeds, only last words follow, or nothing at all `for_good`.
        """
        turn = self._turn(message_id)
        async with turn.posts:
            _hurry(turn)
            async with turn.edits:
                yield
                _note(self._replaced if for_good else self._passed, message_id)

    def _turn(self, message_id: MessageId) -> _Turn:
        return self._turns.setdefault(message_id, _Turn())


def _hurry(turn: _Turn) -> None:
    """Let an edit under way that is no last word end soon."""
    if turn.edit is not None:
        turn.edit.reschedule(asyncio.get_running_loop().time() + GIVES_WAY_S)


async def _acquire(lock: asyncio.Lock, within_s: float) -> bool:
    """Take a lock; return False where it was not free in time."""
    try:
        async with asyncio.timeout(within_s):
            await lock.acquire()
    except TimeoutError:
        return False
    return True


def _note(messages: dict[MessageId, None], message_id: MessageId) -> None:
    messages[message_id] = None
    if len(messages) > REMEMBERED:
        del messages[next(iter(messages))]
