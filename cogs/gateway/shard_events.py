"""Which events of a shard concern this process, and what follows from some of them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
from discord.gateway import DiscordWebSocket

from cogs.gateway.keeper import ShardKeeper
from cogs.gateway.pace import GatewayPace

ANSWERED_BY_NOW_S = 4.0
"""Interactions older than this were answered, or never will be: Discord waits 3 s."""


class ShardEvents:
    """Looks at the events of each shard, on the way to discord.py and after it."""

    def __init__(
        self,
        keeper: ShardKeeper,
        pace: GatewayPace,
        *,
        clock_ahead_s: Callable[[], float],
        begun: Callable[[int], None],
        left: Callable[[int], None],
    ) -> None:
        """Tell what follows from events.

        Args:
            keeper: Knows which shards are this process's.
            pace: Told of events.
            clock_ahead_s: By how many seconds our clock is ahead of the right time.
            begun: Told of a shard for which a new session begins.
            left: Told of each server that has removed us, also of one that discord.py
                does not know.
        """
        self._keeper = keeper
        self._pace = pace
        self._clock_ahead_s = clock_ahead_s
        self._begun = begun
        self._left = left

    def note_connection(self, ws: DiscordWebSocket) -> None:
        """Note a connection that is being made."""
        connection = self._keeper.connection(shard_of_connection(ws))
        if connection is not None:
            connection.adopt(ws)

    async def require_ours(self, ws: DiscordWebSocket) -> None:
        """Let no session begin or go on that may be another process's.

        Raises:
            ConnectionError: If it may be.
        """
        shard_id = shard_of_connection(ws)
        if not await self._keeper.confirm(shard_id):
            msg = f"shard {shard_id} may be held by another process"
            raise ConnectionError(msg)

    async def concerns_us(self, ws: DiscordWebSocket, name: str, told: object) -> bool:
        """Return whether no other process can have taken in an event, or may still.

        Where one held the shard, or may hold it by now, that is so of every command
        that can be answered in time: who lost a shard has not had it for that long.
        """
        shard_id = shard_of_connection(ws)
        connection = self._keeper.connection(shard_id)
        certain = await self._keeper.confirm(shard_id)
        alone = certain and connection is not None and not connection.replays
        if not alone and name == "INTERACTION_CREATE":
            ahead = timedelta(seconds=self._clock_ahead_s())
            if _is_old(told, datetime.now(UTC) - ahead):
                return False
        if name == "READY":
            self._begun(shard_id)
        return True

    def note_taken_in(self, ws: DiscordWebSocket, name: str, told: Any) -> None:  # noqa: ANN401 - an event's data
        """Note an event that discord.py could use."""
        shard_id = shard_of_connection(ws)
        connection = self._keeper.connection(shard_id)
        if name in {"READY", "RESUMED"}:
            if connection is not None:
                connection.replays = False
                connection.was_told_all |= name == "READY"
            return
        self._pace.note_event(shard_id)
        if name == "GUILD_DELETE" and not told.get("unavailable"):
            self._left(int(told["id"]))


def shard_of_connection(ws: DiscordWebSocket) -> int:
    """Return the shard that a connection is for."""
    return ws.shard_id or 0


def _is_old(interaction: object, now: datetime) -> bool:
    told = interaction.get("id") if isinstance(interaction, dict) else None
    if not isinstance(told, str) or not told.isdecimal():
        return False
    made_at = discord.utils.snowflake_time(int(told))
    return (now - made_at).total_seconds() > ANSWERED_BY_NOW_S
