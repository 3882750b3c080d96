"""A bot that stays connected, whatever Discord or the network do."""

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import yarl
from discord.ext import commands

from bot.errors import StartupError
from cogs import private_api
from cogs.gateway.fault_log import FaultLog
from cogs.gateway.guard import FrameGuard
from cogs.gateway.pace import GatewayPace
from cogs.gateway.retry import FINAL, until_answered
from cogs.wire.endpoints import GatewayRoute

_WORTH_SAYING_S = 30.0
_SAID_AGAIN_AFTER_S = 600.0
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
        **options: Any,  # noqa: ANN401 - discord.py's
    ) -> None:
        """Set up the bot without connecting.

        Args:
            args: As discord.py's.
            gateway_url: The address of every connection, if it is given.
            options: As discord.py's.
        """
        super().__init__(*args, **options)
        self._connecting: asyncio.Task[Any] | None = None
        self._pace = GatewayPace(time.monotonic)
        self._faults = FaultLog(_SAID_AGAIN_AFTER_S)
        GatewayRoute(self, gateway_url, limits_told=self._pace.note_session_limit)
        FrameGuard(self, pace=self._pace, faults=self._faults)

    @property
    def gives_up(self) -> bool:
        """Whether it is discord.py that wants to close the bot, because it failed."""
        return asyncio.current_task() is self._connecting

    async def stay(self, token: str) -> None:
        """Log in and stay connected until the bot is closed.

        While Discord does not answer, it is asked again with back-off; no connection
        error ends the bot.

        Raises:
            StartupError: If Discord refuses the token, or us for good.
        """
        self._connecting = asyncio.current_task()
        over = self.is_closed
        try:
            await until_answered("log in", lambda: self._log_in(token), over=over)
            await until_answered("connect", self._stay_connected, over=over)
        except FINAL as error:
            self._connecting = None
            await self.close()
            raise _final(error) from error

    async def launch_shard(
        self, gateway: yarl.URL, shard_id: int, *, initial: bool = False
    ) -> None:
        """Connect a shard, however long that takes."""

        async def attempt() -> None:
            await self._wait_to_identify(shard_id)
            await private_api.launch(self, gateway, shard_id, initial=initial)

        await until_answered("connect", attempt, over=self.is_closed)

    async def before_identify_hook(
        self, shard_id: int | None, *, initial: bool = False
    ) -> None:
        """Begin no more sessions than Discord allows, nor one after another."""
        if not initial and self._pace.has_identified(shard_id or 0):
            # Discord docs, "Invalid Session": a random time between 1 and 5 seconds.
            await asyncio.sleep(random.uniform(1, 5))  # noqa: S311
        await self._wait_to_identify(shard_id or 0)
        self._pace.note_identify(shard_id or 0)

    def gateway_lost(self) -> None:
        """Called when no shard is connected any more; for subclasses."""

    async def _stay_connected(self) -> None:
        try:
            await self.connect()
        finally:
            if not self.is_closed():
                self.gateway_lost()
                await private_api.drop_shards(self)
        if not self.is_closed():
            msg = "the connection ended by itself"
            raise ConnectionError(msg)

    async def _wait_to_identify(self, shard_id: int) -> None:
        while (wait_s := self._pace.identify_wait_s(shard_id)) > 0:
            if wait_s > _WORTH_SAYING_S:
                until = datetime.now(UTC) + timedelta(seconds=wait_s)
                self._faults.note(
                    "new gateway session must wait",
                    f"shard {shard_id}",
                    f"until {until.isoformat(timespec='minutes')}",
                )
            await asyncio.sleep(wait_s)

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
