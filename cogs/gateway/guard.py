"""Checks frames before discord.py does, so that a bad one costs one event.

Without it, an exception while discord.py handles one event ends its connection for
good, for all servers.
"""

import asyncio
from functools import partial
from typing import Any, NoReturn

import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from cogs import private_api
from cogs.gateway.fault_log import FaultLog, described
from cogs.gateway.frames import (
    DISPATCH,
    BrokenFrame,
    BrokenSession,
    Frame,
    event_of,
    read_frame,
)
from cogs.gateway.pace import GatewayPace
from cogs.gateway.shard import GIVEN_UP
from cogs.gateway.shard_events import ShardEvents, shard_of_connection

LEFT_OUT = "gateway event left out"


class FrameGuard:
    """Looks at every frame of a client before discord.py does."""

    def __init__(
        self,
        client: discord.Client,
        *,
        pace: GatewayPace,
        faults: FaultLog,
        events: ShardEvents,
    ) -> None:
        """Guard all connections that the client makes from now on.

        Args:
            client: The client.
            pace: Decides how long to wait before the next connection.
            faults: Where bad frames are logged.
            events: Decides which events are ours, and is told of some.
        """
        self._events = events
        self._pace = pace
        self._faults = faults
        private_api.on_connection(client, self._adopt)

    def _adopt(self, ws: DiscordWebSocket) -> None:
        self._events.note_connection(ws)
        private_api.wrap(
            ws,
            received=partial(self._receive, ws),
            polled=partial(self._poll, ws),
            beginning=partial(self._events.require_ours, ws),
        )

    async def _receive(
        self,
        ws: DiscordWebSocket,
        message: Any,  # noqa: ANN401 - discord.py's
        take_in: private_api.Receive,
    ) -> None:
        try:
            text = private_api.unpacked(ws, message)
        except Exception as error:  # noqa: BLE001 - zlib's, zstd's, or of the text
            # The stream is broken: nothing that follows can be read either.
            await self._give_up(ws, "frame", described(error), resume=True)
        if text is None:
            return
        try:
            frame = read_frame(text)
        except BrokenSession as error:
            await self._give_up(ws, "READY", str(error), resume=False)
        except BrokenFrame as error:
            self._faults.note(LEFT_OUT, "frame", str(error))
            return
        await self._take_in(ws, frame, take_in)

    async def _take_in(
        self, ws: DiscordWebSocket, frame: Frame, take_in: private_api.Receive
    ) -> None:
        name, is_event = event_of(frame), frame["op"] == DISPATCH
        if is_event and not await self._events.concerns_us(ws, name, frame["d"]):
            self._faults.note(LEFT_OUT, name, "another process may have had it")
            return
        try:
            await take_in(frame)
        except private_api.ConnectionEnded:
            raise
        except Exception as error:
            if not is_event:
                raise
            if name == "READY":
                await self._give_up(ws, name, described(error), resume=False)
            self._faults.note(LEFT_OUT, name, described(error))
            return
        if is_event:
            self._events.note_taken_in(ws, name, frame["d"])

    async def _poll(self, ws: DiscordWebSocket, poll: private_api.Poll) -> None:
        if not private_api.is_greeted(ws):
            await self._wait_for_hello(ws, poll)
            return
        try:
            await poll()
        except ReconnectWebSocket as again:
            resume = again.resume
        except private_api.ConnectionEnded:
            raise
        except Exception as error:  # noqa: BLE001 - all else ends discord.py for good
            self._faults.note(GIVEN_UP, "connection", described(error))
            await private_api.hang_up(ws)
            resume = True
        else:
            return
        pause_s = self._pace.note_end(shard_of_connection(ws))
        resume = resume and self._pace.resuming_helps(shard_of_connection(ws))
        await asyncio.sleep(pause_s)
        raise ReconnectWebSocket(ws.shard_id, resume=resume)

    async def _wait_for_hello(
        self, ws: DiscordWebSocket, poll: private_api.Poll
    ) -> None:
        """Wait for HELLO.

        Raises:
            OSError: If it does not come; discord.py tries again after a pause then,
                which it would not after what else happens here.
        """
        try:
            await poll()
        except Exception as error:  # noqa: BLE001 - whatever it was, it is no HELLO
            reason = described(error)
        else:
            reason = "no greeting"
        if private_api.is_greeted(ws):
            self._pace.note_hello(shard_of_connection(ws))
            return
        await private_api.hang_up(ws)
        raise ConnectionError(reason)

    async def _give_up(
        self, ws: DiscordWebSocket, name: str, reason: str, *, resume: bool
    ) -> NoReturn:
        self._faults.note(GIVEN_UP, name, reason)
        await private_api.hang_up(ws)
        raise ReconnectWebSocket(ws.shard_id, resume=resume)
