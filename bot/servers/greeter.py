"""Posts the first message in servers that have added the bot, at most once in each."""

from datetime import timedelta
from functools import partial

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import ClaimLost, MessengerDown, MessengerError, StorageError
from bot.ids import GuildId
from bot.processes.seats import Seat
from bot.servers.greetings import Greeting, GreetingStore, SystemChannels
from bot.workers.outcomes import noting_discord
from bot.workers.row_worker import RowWorker
from bot.workers.scan import scan
from bot.workers.service_evidence import SILENT_S
from bot.workers.service_limit import Call, EndpointLimit
from bot.workers.side_by_side import Piece
from bot.workers.storing import until_stored

log = structlog.get_logger(__name__)

IDLE_S = 30.0
AT_ONCE = 20
BACKOFF = Backoff(base_s=2.0, cap_s=20.0)
IN_DOUBT_AFTER = timedelta(minutes=1)
"""Discord knows a repetition for a few minutes. Beyond that a second greeting would be
worse than none."""


class Greeter(RowWorker[GuildId, Greeting]):
    """Takes greetings to system channels."""

    name = "greeter"
    seat = Seat.HOUSEKEEPING

    def __init__(
        self,
        store: GreetingStore,
        channels: SystemChannels,
        clock: Clock,
        *,
        messages: EndpointLimit,
    ) -> None:
        super().__init__(store, clock)
        self._messages = messages
        messages.when_free(self.wake_if_held_up)
        self._store = store
        self._channels = channels
        self._clock = clock

    async def run_once(self) -> float:
        """Post what is due. Whatever cannot be posted at all is left out quietly."""
        due, _ = await scan(
            partial(self._store.due, self._clock.now()),
            lambda greeting: self._messages.waits_alone(greeting.guild_id),
            least=AT_ONCE,
        )
        waits_s = await self._under_way.begin_all(
            [
                Piece(
                    key=greeting.guild_id,
                    item=greeting.guild_id,
                    work=partial(self._claim, greeting.guild_id),
                )
                for greeting in due
            ],
            self._messages,
        )
        if waits_s is None and not self._under_way:
            return await self._leases.idle_s(IDLE_S)
        # What waits for the limit is due, and what is on its way may be again.
        return min(SILENT_S if waits_s is None else waits_s, IDLE_S)

    async def _claim(self, guild_id: GuildId, call: Call) -> None:
        """Greet a server, unless somebody else does."""
        now = self._clock.now()
        greeting = await self._store.claim(guild_id, now, self._leases.until)
        if greeting is None:
            return
        try:
            async with self._leases.keep(greeting):
                await self._greet_alone(greeting, call)
        except ClaimLost:
            log.warning("claim lost", worker=self.name, guild_id=guild_id)
        except StorageError:
            # No server's fault: it is as due as before, once that can be recorded.
            await until_stored(lambda: self._store.release(greeting))
            raise

    async def _greet_alone(self, greeting: Greeting, call: Call) -> None:
        try:
            await self._greet(greeting, call)
        except MessengerDown as error:
            await self._try_again(greeting, error)
        except MessengerError as error:
            log.info(
                "server not greeted", guild_id=greeting.guild_id, reason=str(error)
            )
            await self._store.finish(greeting)
        except (StorageError, ClaimLost):
            raise  # no server's fault
        except Exception:
            # One unexpected error must not keep the other servers waiting. The message
            # may stand there: rather none than two.
            log.exception("server not greeted", guild_id=greeting.guild_id)
            await self._store.finish(greeting)

    async def _greet(self, greeting: Greeting, call: Call) -> None:
        guild_id, now = greeting.guild_id, self._clock.now()
        intended_at = greeting.intended_at
        if intended_at is None:
            channel_id = await self._channels.find(guild_id)
            if channel_id is not None:
                await self._store.intend(greeting, now)
        elif now - intended_at < IN_DOUBT_AFTER:
            channel_id = await self._channels.find(guild_id)
        else:
            channel_id = None
        if channel_id is not None:
            with noting_discord(call):
                await self._channels.greet(guild_id, channel_id)
            log.info("server greeted", guild_id=guild_id)
        await self._store.finish(greeting)

    async def _try_again(self, greeting: Greeting, error: MessengerDown) -> None:
        wait_s = BACKOFF.wait_s(greeting.attempts + 1, at_least_s=error.retry_after_s)
        due_at = self._clock.now() + timedelta(seconds=wait_s)
        await self._store.postpone(greeting, due_at)
