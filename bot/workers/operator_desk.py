"""Posts to the operator's channel what it is still to be told."""

from datetime import datetime, timedelta

import structlog

from bot.domain.waiting import Backoff
from bot.errors import MessengerDown, MessengerError
from bot.ports import Clock, OperatorChannel, Outbox
from bot.workers.worker import Worker

log = structlog.get_logger(__name__)

IDLE_S = 30.0
AT_ONCE = 20
BACKOFF = Backoff(base_s=2.0, cap_s=300.0)
STALE_AFTER_S = 2 * 24 * 3600.0
"""What the channel has not taken for so long stands in the log, and is old news."""


class OperatorDesk(Worker):
    """Takes messages out of the outbox once Discord has them."""

    name = "operator desk"

    def __init__(self, outbox: Outbox, channel: OperatorChannel, clock: Clock) -> None:
        super().__init__()
        self._outbox = outbox
        self._channel = channel
        self._clock = clock

    async def look(self) -> float:
        """Post what is due, oldest first, until Discord does not take one."""
        now = self._clock.now()
        due = await self._outbox.due(now, AT_ONCE)
        for message in due:
            try:
                await self._channel.post(message)
            except MessengerDown as error:
                await self._outbox.postpone(
                    message.id, self._next_try(message.attempts + 1, error)
                )
                if (now - message.told_at).total_seconds() > STALE_AFTER_S:
                    await self._outbox.drop(message.id)
            except MessengerError as error:
                # Only another setting can mend this; the log has the event itself.
                log.error(  # noqa: TRY400 - a stack says nothing more
                    "operator channel unusable", reason=str(error)
                )
                await self._outbox.drop(message.id)
            else:
                await self._outbox.drop(message.id)
        return 0.0 if len(due) == AT_ONCE else IDLE_S

    def _next_try(self, attempts: int, error: MessengerDown) -> datetime:
        wait_s = BACKOFF.wait_s(attempts, at_least_s=error.retry_after_s)
        self.wake_in(wait_s)
        return self._clock.now() + timedelta(seconds=wait_s)
