"""A bot that stays connected, whatever Discord or the network do."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import discord
from discord.ext import commands

from bot.errors import StartupError, StorageBusy, StorageError
from bot.processes.shards import KnownShards, ShardLease, ShardLeases
from cogs import private_api
from cogs.gateway.fault_log import FaultLog, described
from cogs.gateway.guard import FrameGuard
from cogs.gateway.keeper import ShardKeeper
from cogs.gateway.pace import GatewayPace
from cogs.gateway.retry import FINAL, until_answered
from cogs.gateway.shard import ShardConnection
from cogs.gateway.shard_events import ShardEvents
from cogs.wire.endpoints import GatewayRoute

_WORTH_SAYING_S = 30.0
_SAID_AGAIN_AFTER_S = 600.0
_ON_THE_WAY_S = 0.25
"""By how much a session may come sooner after the last than they were sent: Discord
counts from when it hears of one."""
_ASK_AGAIN_S = 1.0
"""For leave to begin a session, while the database does not answer."""
CONNECT_FOR_S = 0.5
"""After the permit, a new connection has been greeted and its session begins."""
_LIMITS_WITHIN_S = 10.0
_BAD_TOKEN = 4004
"""The gateway's close code for a token that it does not accept."""
_INTENTS_REFUSED = 4014
"""The gateway's close code for intents that the application is not granted."""


class SteadyBot(commands.AutoShardedBot):
    """discord.py's bot, but for how it connects and what may end it.

    Has to be used within `private_api.json_read_by(read_json)`.
    """

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - discord.py's
        gateway_url: str | None,
        leases: ShardLeases,
        shard_count: int | None,
        **options: Any,  # noqa: ANN401 - discord.py's
    ) -> None:
        """Set up the bot without connecting.

        Args:
            args: As discord.py's.
            gateway_url: The address of every connection, if it is given.
            leases: Decides which shards are this process's.
            shard_count: Of how many shards; None = as many as Discord recommends.
            options: As discord.py's.
        """
        super().__init__(*args, **options)
        self._pace = GatewayPace(time.monotonic)
        self._faults = FaultLog(_SAID_AGAIN_AFTER_S)
        self._leases = leases
        self._shards_wanted = shard_count
        self._recommended = 1
        self._identifying: dict[int, asyncio.Lock] = {}
        self._permit_drawn_s: dict[int, float] = {}
        self._known: set[int] = set()
        GatewayRoute(self, gateway_url, limits_told=self._note_limits)
        self._keeper = ShardKeeper(
            leases,
            connect=self._connection_of,
            dropped=self._drop_shard,
            counted=partial(private_api.set_shard_count, self),
            changed=self.shards_changed,
        )
        FrameGuard(
            self,
            pace=self._pace,
            faults=self._faults,
            events=ShardEvents(
                self._keeper,
                self._pace,
                clock_ahead_s=lambda: leases.clock_ahead_s,
                begun=self._forget_servers,
                left=lambda guild_id: self.dispatch("guild_left", guild_id),
            ),
        )

    @property
    def held_shards(self) -> frozenset[int]:
        """The shards that this process holds, connected or not."""
        return self._keeper.held

    @property
    def stands_by(self) -> bool:
        """Whether other processes hold all shards."""
        return self._keeper.stands_by

    @property
    def known_shards(self) -> KnownShards:
        """The shards whose servers are all in discord.py's memory.

        Who goes on with the session of another process is not told of its servers.
        """
        return KnownShards(count=self._keeper.count, numbers=frozenset(self._known))

    async def certain_shards(self) -> KnownShards:
        """Return `known_shards`, once no other process can have any of them.

        A process that was stopped for a minute remembers servers of shards that it has
        lost, and these may have come or gone since.

        Raises:
            StorageBusy: If the database does not say whose they are.
        """
        for shard_id in sorted(self._known):
            is_ours = await self._keeper.confirm(shard_id)
            if not is_ours and shard_id in self._known:
                msg = "nobody says whose the shards are"
                raise StorageBusy(msg)
        return self.known_shards

    def is_ready(self) -> bool:
        """Return whether the servers of each shard that is held are known."""
        return bool(self.held_shards) and self.held_shards <= self._known

    async def stay(self, token: str) -> None:
        """Log in, and keep this process's shards connected until the bot is closed.

        While Discord does not answer, it is asked again with back-off; no connection
        error ends the bot.

        Raises:
            StartupError: If Discord refuses the token, or us for good.
        """
        over = self.is_closed
        try:
            await until_answered("log in", lambda: self._log_in(token), over=over)
            await until_answered("connect", self._find_gateway, over=over)
            wanted = self._shards_wanted or self._recommended
            await self._keeper.run(wanted, over=over)
        except FINAL as error:
            await self.close()
            raise _final(error) from error

    async def give_shards_away(self) -> None:
        """Let other processes have all shards at once, and take none again."""
        await self._keeper.give_all_away()

    async def close(self) -> None:
        """Close the client, and have `stay` return."""
        await super().close()
        self._keeper.wake()

    async def before_identify_hook(
        self,
        shard_id: int | None,
        *,
        initial: bool = False,  # noqa: ARG002 - discord.py's
    ) -> None:
        """Note that a session begins: see `_beginning`."""
        assert shard_id is not None
        # Permits are five seconds apart, and so are sessions if each begins as long
        # after its permit as the others do. A single shard has no others.
        if self._keeper.count > 1:
            drawn_s = self._permit_drawn_s.get(shard_id, 0.0)
            await asyncio.sleep(drawn_s + CONNECT_FOR_S - time.monotonic())
        self._pace.note_identify(shard_id)

    @asynccontextmanager
    async def _beginning(self, shard_id: int) -> AsyncIterator[None]:
        """Begin no more sessions than Discord allows, nor one after another.

        Over all processes too. It is waited for without a connection, which nobody
        would read from meanwhile; others of the bucket wait until it is made.
        """
        if self._pace.has_identified(shard_id):
            # Discord docs, "Invalid Session": a random time between 1 and 5 seconds.
            await asyncio.sleep(random.uniform(1, 5))  # noqa: S311
        bucket = self._pace.bucket_of(shard_id)
        async with self._identifying.setdefault(bucket, asyncio.Lock()):
            await self._wait_to_identify(shard_id)
            await self._draw_permit(bucket)
            self._permit_drawn_s[shard_id] = time.monotonic()
            yield

    async def on_shard_ready(self, shard_id: int) -> None:
        """Note that the servers of a shard are known."""
        connection = self._keeper.connection(shard_id)
        if connection is None or not connection.was_told_all:
            return
        self._known.add(shard_id)
        private_api.note_shard_ready(self, shard_id, all_ready=self.is_ready())
        self.dispatch("shard_known", shard_id)

    def shards_changed(self) -> None:
        """Called when the shards that are held have changed; for subclasses."""

    def _connection_of(self, lease: ShardLease) -> ShardConnection:
        return ShardConnection(
            self,
            lease.shard_id,
            lease.session,
            pace=self._pace,
            faults=self._faults,
            allowed=partial(self._keeper.until_certain, lease.shard_id),
            beginning=partial(self._beginning, lease.shard_id),
        )

    def _forget_servers(self, shard_id: int) -> None:
        self._known.discard(shard_id)
        private_api.forget_guilds(self, shard_id)

    def _drop_shard(self, shard_id: int) -> None:
        self._known.discard(shard_id)
        private_api.drop_shard(self, shard_id)

    async def _find_gateway(self) -> None:
        self._recommended, _, _ = await self.http.get_bot_gateway()

    def _note_limits(self, limits: object) -> None:
        self._pace.note_session_limit(limits)
        at_once = limits.get("max_concurrency") if isinstance(limits, dict) else None
        if isinstance(at_once, int) and at_once > 0:
            self._pace.max_concurrency = at_once

    async def _draw_permit(self, bucket: int) -> None:
        while True:
            try:
                wait_s = await self._leases.identify_wait_s(bucket)
            except StorageError:
                wait_s = _ASK_AGAIN_S
            if wait_s <= 0:
                return
            await asyncio.sleep(wait_s)

    async def _wait_to_identify(self, shard_id: int) -> None:
        while True:
            if self._pace.limit_is_old:
                await self._ask_for_limits()
            wait_s = self._pace.identify_wait_s(shard_id)
            if wait_s <= 0:
                return
            if wait_s > _WORTH_SAYING_S:
                until = datetime.now(UTC) + timedelta(seconds=wait_s)
                self._faults.note(
                    "new gateway session must wait",
                    f"shard {shard_id}",
                    f"until {until.isoformat(timespec='minutes')}",
                )
            await asyncio.sleep(wait_s + _ON_THE_WAY_S)

    async def _ask_for_limits(self) -> None:
        """Learn what all processes together have left; if not, our own count holds."""
        try:
            async with asyncio.timeout(_LIMITS_WITHIN_S):
                await self.http.get_bot_gateway()
        except Exception as error:  # noqa: BLE001 - an answer may be anything
            self._faults.note("session limit unknown", "gateway", described(error))

    async def _log_in(self, token: str) -> None:
        try:
            await self.login(token)
        except BaseException:
            # The next attempt opens a session of its own, and would leave this one
            # behind unclosed.
            await private_api.close_http(self)
            raise


def _final(error: Exception) -> StartupError:
    """Return one sentence on why Discord refuses us for good."""
    code = _INTENTS_REFUSED
    if isinstance(error, discord.LoginFailure):
        code = _BAD_TOKEN
    elif isinstance(error, discord.ConnectionClosed):
        code = error.code
    if code == _BAD_TOKEN:
        return StartupError("Discord refused the bot token.")
    return StartupError(f"Discord closed the connection for good (code {code}).")
