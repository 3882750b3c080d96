"""One session at the gateway: what it was told, and how to tell it again.

A session outlives its connection; that is what resuming is.
"""

from collections import deque
from dataclasses import dataclass, field

from sandbox.discord.connection import Connection, Op
from sandbox.discord.dispatches import Dispatch, Intent
from sandbox.discord.gateway_faults import FrameFaults
from sandbox.discord.sharding import shard_of

_REMEMBERED = 5000
"""How many dispatches a session can be told again."""


@dataclass(slots=True, kw_only=True, eq=False)
class Session:
    """A client that identified, connected or not."""

    id: str
    intents: Intent
    shard: tuple[int, int]
    """Which one of how many."""
    faults: FrameFaults
    sequence: int = 0
    connection: Connection | None = None
    """None while nobody is connected who could be told."""
    left_s: float | None = None
    """Since when nobody is connected, in seconds since 1970."""
    _told: deque[tuple[int, str]] = field(
        default_factory=lambda: deque(maxlen=_REMEMBERED), repr=False
    )

    def hears(self, dispatch: Dispatch) -> bool:
        """Whether a dispatch is for this shard and these intents."""
        return self.serves(dispatch.guild_id) and dispatch.intent in self.intents

    def serves(self, guild_id: int | None) -> bool:
        """Whether a server, or None for what happens in none, is this shard's."""
        number, count = self.shard
        return shard_of(guild_id, count) == number

    def tell(self, name: str, payload: object) -> None:
        """Send a dispatch, now or when the client resumes."""
        self.sequence += 1
        frame = {"op": int(Op.DISPATCH), "s": self.sequence, "t": name, "d": payload}
        text = self.faults.written(name, frame)
        self._told.append((self.sequence, text))
        if self.connection is not None:
            self.connection.send_text(text)

    def can_replay(self, after: int) -> bool:
        """Whether everything after a sequence number is still remembered."""
        oldest = self._told[0][0] if self._told else self.sequence + 1
        return oldest - 1 <= after <= self.sequence

    def replay(self, after: int) -> None:
        """Send again all that came after a sequence number, then RESUMED."""
        assert self.connection is not None
        for number, text in list(self._told):
            if number > after:
                self.connection.send_text(text)
        # An object, not null: clients look into it.
        self.tell("RESUMED", {})
