"""Finds servers that have just added the bot, to greet each once."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.clock import Clock
from bot.ids import ChannelId, GuildId


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """A greeting that is still to be posted."""

    guild_id: GuildId
    intended_at: datetime | None
    """Before the first attempt to post it; None = none was made yet."""
    attempts: int


def greeting_nonce(guild_id: GuildId) -> str:
    """Return the nonce of a greeting: at most 23 of Discord's 25 characters."""
    return f"hi-{guild_id}"


class GreetingStore(Protocol):
    """Implemented by `storage.servers.greetings`; each method is one transaction."""

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
        """Return the greetings whose time has come, the longest due first."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when the next greeting is due, or was; None if there is none."""
        ...

    async def intend(self, guild_id: GuildId, at: datetime) -> None:
        """Note that it may be posted from now on."""
        ...

    async def postpone(self, greeting: Greeting, due_at: datetime) -> None:
        """Count a failed attempt, and try again at `due_at`."""
        ...

    async def finish(self, guild_id: GuildId) -> None:
        """Note that nothing more is to be posted there."""
        ...


class SystemChannels(Protocol):
    """The channels that greetings go to. Implemented in `cogs`."""

    def find(self, guild_id: GuildId) -> ChannelId | None:
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
