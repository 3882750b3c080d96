"""Posts a message once, whatever became of earlier attempts.

The intent stands in the database before a message leaves. An intent from an earlier
attempt or life means that nobody knows whether the message was posted. Then the channel
is searched before anything is posted again, always, because Discord remembers a nonce
only for "the past few minutes". The nonce covers what a search cannot see: a request
that was still on its way to Discord when we looked.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.errors import MessengerDown, MessengerError, SearchInconclusive
from bot.ids import MessageId

MOST_REFUSALS = 4
"""Tries of a message that Discord refuses for a reason we do not know."""
REFUSED_WAIT_S = 30.0


class Posted(NamedTuple):
    """A message that stands in its channel."""

    message_id: MessageId
    is_new: bool
    """Posted now, rather than found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOnce:
    """How one message is posted. Every call may raise a `MessengerError`."""

    intended_at: datetime | None
    """When it was first to be posted; None = nothing was tried, or all was refused."""
    find: Callable[[], Awaitable[MessageId | None]]
    """Searches the channel since `intended_at`."""
    gate: Callable[[], Awaitable[None]]
    """Returns only if it may still be posted: its place may have changed."""
    intend: Callable[[datetime | None], Awaitable[None]]
    """Records the intent; None takes it back."""
    post: Callable[[], Awaitable[MessageId]]
    """Posts it with its nonce."""
    instead: Callable[[], Awaitable[MessageId]] | None
    """What can be repeated without harm, for a channel that cannot be searched."""

    async def do(self, now: datetime) -> Posted:
        """Post the message, or find it.

        Raises:
            SearchInconclusive: If it may be there, and there is no other way.
            MessengerError: If it was not posted, or nobody knows. The intent remains
                unless Discord refused a first attempt, and so nothing can be there.
        """
        if self.intended_at is not None:
            try:
                found = await self.find()
            except SearchInconclusive:
                if self.instead is None:
                    raise
                await self.gate()
                return Posted(await self.instead(), is_new=True)
            if found is not None:
                return Posted(found, is_new=False)
        # As late as can be.
        await self.gate()
        if self.intended_at is None:
            await self.intend(now)
        try:
            return Posted(await self.post(), is_new=True)
        except MessengerError as error:
            if self.intended_at is None and error.refused:
                await self.intend(None)
            raise


async def ungated() -> None:
    """Let a message be posted wherever it was to be: a `PostOnce.gate`."""


def is_refusal(error: MessengerError) -> bool:
    """Return whether Discord refused a message for reasons unknown to us.

    Such a message is tried `MOST_REFUSALS` times, `REFUSED_WAIT_S` apart. What has an
    end of its own (a place that is gone, say) is to be caught before.
    """
    return not isinstance(error, MessengerDown)
