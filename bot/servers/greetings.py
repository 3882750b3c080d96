"""Finds servers that have just added the bot, to greet each once."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.clock import Clock
from bot.ids import ChannelId, GuildId
from bot.workers.leases import LeaseStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """A greeting that is still to be posted."""

    guild_id: GuildId
    intended_at: datetime | None
    """Before the first attempt to post it; None = none was made yet."""
    attempts: int
    fence: int
    """Of the latest claim: writes that carry an older one change nothing."""


def greeting_nonce(guild_id: GuildId) -> str:
    """Return the nonce of a greeting: at most 23 of Discord's 25 characters."""
    return f"hi-{guild_id}"


class GreetingStore(LeaseStore[Greeting], Protocol):
    """Implemented by `storage.servers.greetings`; each method is one transaction.

    What takes a claimed greeting raises `ClaimLost`, with nothing changed, where
    another worker has claimed it since.
    """

    async def note_served(
        self,
        served: Collection[GuildId],
        at: datetime,
        *,
        greet: bool,
    ) -> int:
        """Make a greeting due for the servers that are new.

        Where `greet` is false, note that there is to be none for them. Returns how
        many greetings are due now.
        """
        ...

    async def due(self, now: datetime, limit: int) -> Sequence[Greeting]:
        """Return the greetings whose time has come, the longest due first.

        Without those that are claimed.
        """
        ...

    async def claim(
        self, guild_id: GuildId, now: datetime, until: datetime
    ) -> Greeting | None:
        """Claim a greeting until then; None if another worker has it or it is done."""
        ...

    async def intend(self, greeting: Greeting, at: datetime) -> None:
        """Note that it may be posted from now on. The claim is still held."""
        ...

    async def postpone(self, greeting: Greeting, due_at: datetime) -> None:
        """Count a failed attempt, try again at `due_at`, and end the claim."""
        ...

    async def finish(self, greeting: Greeting) -> None:
        """Note that nothing more is to be posted there, and end the claim."""
        ...

    async def release(self, greeting: Greeting) -> None:
        """End the claim, and leave the greeting as due as it was."""
        ...


class SystemChannels(Protocol):
    """The channels that greetings go to. Implemented in `cogs`."""

    async def find(self, guild_id: GuildId) -> ChannelId | None:
        """Return a server's system channel; None if it has none for us to write in.

        Raises:
            MessengerDown: If nothing is known of the server just now.
        """
        ...

    async def greet(self, guild_id: GuildId, channel_id: ChannelId) -> None:
        """Post the greeting. A repetition within Discord's memory is the same message.

        Raises:
            MessengerError: If Discord did not take it.
        """
        ...


class Greetings:
    """Finds out which servers are new."""

    def __init__(
        self,
        store: GreetingStore,
        clock: Clock,
        *,
        enabled: bool,
        is_served: Callable[[GuildId], bool],
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._enabled = enabled
        self._is_served = is_served
        self._wake = wake

    async def guilds_seen(self, present: Collection[GuildId]) -> None:
        """Hear which servers the bot is in, at each start and whenever one is added.

        Servers that the operator does not serve are not greeted until they are.
        """
        served = {one for one in present if self._is_served(one)}
        now = self._clock.now()
        if await self._store.note_served(served, now, greet=self._enabled):
            self._wake()
