"""One shard's connection: made, kept, and made again, until it is cancelled.

discord.py's own shards belong to one loop in which they connect one after another, and
none can be taken from it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial

import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from bot.processes.shards import GatewaySession
from cogs import private_api
from cogs.gateway.fault_log import FaultLog, described
from cogs.gateway.pace import GatewayPace
from cogs.gateway.retry import until_answered

GIVEN_UP = "gateway connection given up"
CONNECT_WITHIN_S = 60.0
"""From the first packet to Discord's greeting and our answer to it."""
_CLEAN_CLOSE = 1000


class ShardConnection:
    """A shard of a client, which knows it as one of its own."""

    def __init__(  # noqa: PLR0913 - each a collaborator of its own
        self,
        client: discord.AutoShardedClient,
        shard_id: int,
        session: GatewaySession | None,
        *,
        pace: GatewayPace,
        faults: FaultLog,
        allowed: Callable[[], Awaitable[None]],
        beginning: Callable[[], AbstractAsyncContextManager[None]],
    ) -> None:
        """Set up without connecting.

        Args:
            client: The client.
            shard_id: Which of its shards.
            session: What to go on with; None = begin a new one.
            pace: Decides how long to wait before the next connection.
            faults: Where its faults are logged.
            allowed: Waited for before each connection.
            beginning: Entered before a connection that begins a new session, and left
                when that has begun, or failed.
        """
        self.id = shard_id
        self.ws: DiscordWebSocket | None = None
        self._client = client
        self._session = session
        self.replays = session is not None
        """Whether another process may have taken in what comes now."""
        self.was_told_all = False
        """Whether a session began here, so that we were told of all its servers."""
        self.ends_session = False
        """Whether the session is to end with the connection."""
        self._pace = pace
        self._faults = faults
        self._allowed = allowed
        self._open: DiscordWebSocket | None = None
        self._beginning = beginning

    @property
    def session(self) -> GatewaySession | None:
        """What the next holder can go on with; None = there is nothing."""
        ws = self.ws
        if self.ends_session:
            return None
        if ws is None:
            return self._session
        if ws.session_id is None or ws.sequence is None:
            return None
        return GatewaySession(
            id=ws.session_id, resume_url=str(ws.gateway), sequence=ws.sequence
        )

    async def run(self) -> None:
        """Stay connected until cancelled, or until the client is closed.

        Raises:
            discord.DiscordException: One of `retry.FINAL`, which no other attempt
                changes.
        """
        resume = self._session is not None
        try:
            while not self._client.is_closed():
                await self._allowed()
                await until_answered(
                    "connect",
                    partial(self._connect, resume=resume),
                    over=self._client.is_closed,
                )
                resume = await self._listen()
        finally:
            await self.hang_up()

    def adopt(self, ws: DiscordWebSocket) -> None:
        """Note a connection that is being made, to end it whatever happens."""
        self._open = ws

    async def hang_up(self) -> None:
        """End the connection."""
        if self._open is not None:
            code = _CLEAN_CLOSE if self.ends_session else private_api.RESUMABLE_CLOSE
            await private_api.hang_up(self._open, code=code)

    async def close(self) -> None:
        """End the connection: discord.py closes the client."""
        await self.hang_up()

    async def _connect(self, *, resume: bool) -> None:
        session = self.session if resume else None
        async with self._beginning() if session is None else nullcontext():
            async with asyncio.timeout(CONNECT_WITHIN_S):
                connecting = private_api.connect(self._client, self.id, session)
                self.ws = await connecting
        private_api.add_shard(self._client, self.id, self)

    async def _listen(self) -> bool:
        """Take in what comes until the connection ends; return whether to resume."""
        assert self.ws is not None
        resume = True
        try:
            while True:
                await self.ws.poll_event()
        except ReconnectWebSocket as again:
            # How long to wait was decided, and waited, where the frames are guarded.
            resume = again.resume
        except discord.ConnectionClosed as closed:
            if closed.code != _CLEAN_CLOSE:
                raise
            resume = False
        except private_api.ConnectionEnded:
            await asyncio.sleep(self._pace.note_end(self.id))
        except Exception as error:  # noqa: BLE001 - no error may end the others
            self._faults.note(GIVEN_UP, "connection", described(error))
            resume = False
        finally:
            self._client.dispatch("disconnect")
            self._client.dispatch("shard_disconnect", self.id)
            await self.hang_up()
        return resume
