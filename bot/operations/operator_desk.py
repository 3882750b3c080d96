"""Posts to the operator's channel what it is still to be told."""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import (
    ClaimLost,
    MessageBlocked,
    MessengerDown,
    MessengerError,
    PlaceForbidden,
    PlaceGone,
    StorageError,
)
from bot.ids import ChannelId
from bot.operations.installation import OperatorMessage
from bot.operations.ports import OperatorChannel, Outbox
from bot.workers.outcomes import noting_discord
from bot.workers.post_once import MOST_REFUSALS, REFUSED_WAIT_S
from bot.workers.row_worker import RowWorker
from bot.workers.service_evidence import SILENT_S
from bot.workers.service_limit import Call, EndpointLimit

log = structlog.get_logger(__name__)

IDLE_S = 30.0
AT_ONCE = 20
BACKOFF = Backoff(base_s=2.0, cap_s=300.0)
STALE_AFTER_S = 2 * 24 * 3600.0
"""What the channel has not taken for so long stands in the log, and is old news."""


class OperatorDesk(RowWorker[int, OperatorMessage]):
    """Takes messages out of the outbox once Discord has them."""

    name = "operator desk"
    wakes_after_each = True

    def __init__(
        self,
        outbox: Outbox,
        channel: OperatorChannel,
        clock: Clock,
        *,
        messages: EndpointLimit,
        channel_id: ChannelId,
    ) -> None:
        super().__init__(outbox, clock)
        self._outbox = outbox
        self._channel = channel
        self._clock = clock
        self._messages = messages
        self._channel_id = channel_id
        messages.when_free(self.wake)
        self._began_at = clock.now()
        """What was told before then may have been posted by a process that died."""

    async def run_once(self) -> float:
        """Post what is due, oldest first; one that Discord does not take stays."""
        now = self._clock.now()
        due = await self._outbox.due(now, AT_ONCE)
        for message in due:
            if message.id in self._under_way:
                continue
            room_in_s = self._messages.wait_s(self._channel_id)
            if room_in_s > 0:
                return room_in_s
            call = self._messages.begin(self._channel_id)
            posting = self._under_way.begin(message.id, self._claim(message, call))
            # In their order, unless one finds no answer.
            await asyncio.wait([posting], timeout=SILENT_S)
        return 0.0 if len(due) == AT_ONCE else await self._leases.idle_s(IDLE_S)

    async def _claim(self, due: OperatorMessage, call: Call) -> None:
        """Tell a message, unless somebody else does."""
        now = self._clock.now()
        try:
            message = await self._outbox.claim(due, now, self._leases.until)
            if message is not None:
                async with self._leases.keep(message):
                    await self._tell(message, call)
        except ClaimLost:
            log.warning("claim lost", worker=self.name, outbox_id=due.id)
        finally:
            call.end()

    async def _tell(self, message: OperatorMessage, call: Call) -> None:
        try:
            with noting_discord(call):
                await self._post(message)
        except MessengerError as error:
            await self._not_told(message, error)
        except (StorageError, ClaimLost):
            raise  # no message's fault
        except Exception as error:
            # It would be due at once, again and again.
            log.exception("operator message not posted", outbox_id=message.id)
            await self._not_told(message, error)
        else:
            await self._outbox.drop(message)

    async def _post(self, message: OperatorMessage) -> None:
        """Post a message, unless an earlier attempt or life has."""
        tried = message.attempts > 0 or message.fence > 1
        unsure = tried or message.told_at <= self._began_at
        if unsure and await self._channel.is_posted(message):
            return
        await self._channel.post(message)

    async def _not_told(self, message: OperatorMessage, error: Exception) -> None:
        now = self._clock.now()
        if self._is_given_up(message, error, now):
            await self._outbox.drop(message)
        else:
            due_at = self._next_try(message.attempts + 1, error)
            await self._outbox.postpone(message, due_at)

    def _is_given_up(
        self, message: OperatorMessage, error: Exception, now: datetime
    ) -> bool:
        if _may_pass(error):
            return (now - message.told_at).total_seconds() > STALE_AFTER_S
        final = isinstance(error, PlaceGone | PlaceForbidden | MessageBlocked)
        if final or message.attempts + 1 >= MOST_REFUSALS:
            # Only another setting helps; the log has the event itself.
            log.error("operator channel unusable", reason=str(error))
            return True
        return False

    def _next_try(self, attempts: int, error: Exception) -> datetime:
        wait_s = REFUSED_WAIT_S
        if _may_pass(error):
            asked_s = error.retry_after_s if isinstance(error, MessengerDown) else None
            own_s = self._messages.retry_s(self._channel_id, BACKOFF.wait_s(attempts))
            wait_s = max(own_s, asked_s or 0.0)
        self.wake_in(wait_s)
        return self._clock.now() + timedelta(seconds=wait_s)


def _may_pass(error: Exception) -> bool:
    """Return whether to try for days: not what Discord refuses."""
    return isinstance(error, MessengerDown) or not isinstance(error, MessengerError)
