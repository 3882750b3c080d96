"""What the gateway is told to send, and by whom: the line between world and socket."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag

from sandbox.discord.wire import Json


class Intent(IntFlag):
    """What a client may ask to be told of (Discord docs: Gateway Intents)."""

    ALWAYS = 0
    """Not a bit: marks what every client is told."""
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
"""Those that Discord must have granted; asking without ends with close code 4014."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One event for those connected."""

    name: str
    payload: Json
    guild_id: int | None = None
    """Decides which shard hears it; None is for shard 0."""
    intent: Intent = Intent.ALWAYS


class DispatchLine:
    """Passes dispatches to listeners; drops them while there are none."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[Dispatch], None]] = []

    def listen(self, listener: Callable[[Dispatch], None]) -> None:
        """Call `listener` with every dispatch from now on."""
        self._listeners.append(listener)

    def send(self, dispatch: Dispatch) -> None:
        """Pass it on at once."""
        for listener in self._listeners:
            listener(dispatch)
