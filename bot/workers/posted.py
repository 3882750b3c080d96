"""Whether a message that may have been posted before is there already.

For a few minutes Discord itself answers a repeated nonce with the first message. After
that, only the channel can tell.
"""

from datetime import datetime

from bot.domain.ids import MessageId
from bot.domain.jobs import Job
from bot.ports import Messenger, Posting

NONCE_WINDOW_S = 60.0
"""Discord promises "the past few minutes"; one is surely within them."""


async def already_posted(
    messenger: Messenger,
    job: Job,
    posting: Posting,
    intended_at: datetime | None,
    now: datetime,
) -> MessageId | None:
    """Return the message of an earlier attempt, or None if it is right to post.

    Within the nonce's window nothing is searched: posting again is harmless.

    Raises:
        MessengerError: If the channel cannot be read now.
    """
    if intended_at is None or (now - intended_at).total_seconds() < NONCE_WINDOW_S:
        return None
    return await messenger.find_posted(job, posting)
