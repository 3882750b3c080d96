"""How values look on the wire: JSON objects, moments, and ids that carry their time."""

import json
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sandbox.discord.clock import Clock

Json: TypeAlias = dict[str, Any]
"""A JSON object. Only the rule that reads it knows its content."""

DISCORD_EPOCH_MS = 1_420_070_400_000
"""The first moment of 2015, from which ids count (Discord docs: Snowflakes)."""

_SEQUENCE_BITS = 22
_GUILD_MARK = 1 << 17
"""Set in the ids of servers alone: they are given out apart from all others."""
_SPREAD_MS = 5040
"""Divisible by every number of shards up to ten."""


def json_text(value: object) -> str:
    """Write JSON as UTF-8 takes it: half a surrogate pair only as an escape."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def timestamp(moment_s: float) -> str:
    """Write a moment, given in seconds since 1970, as Discord does."""
    return datetime.fromtimestamp(moment_s, UTC).isoformat()


def moment_s(snowflake: int) -> float:
    """Return the seconds since 1970 at which an id was given out."""
    return ((snowflake >> _SEQUENCE_BITS) + DISCORD_EPOCH_MS) / 1000


def as_id(value: object) -> int | None:
    """Read an id, which clients write as a string or a number; None if it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None


class Mint:
    """Gives out ids that grow and tell, roughly, when they were given out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._last_guild_ms: int | None = None

    def new_id(self) -> int:
        """Return an id that was never returned before."""
        self._last = max(self._last + 1, self._age_ms() << _SEQUENCE_BITS)
        return self._last

    def new_guild_id(self) -> int:
        """Return an id for a server, on the shard after that of the last one.

        With up to ten shards, servers are spread over them in turn.
        """
        now_ms, last_ms = self._age_ms(), self._last_guild_ms
        if last_ms is None:
            self._last_guild_ms = now_ms
        else:
            rounds = max(0, now_ms - last_ms - 1) // _SPREAD_MS
            self._last_guild_ms = last_ms + 1 + rounds * _SPREAD_MS
        return self._last_guild_ms << _SEQUENCE_BITS | _GUILD_MARK

    def _age_ms(self) -> int:
        return int(self._clock.now_s() * 1000) - DISCORD_EPOCH_MS
