"""One websocket at the gateway, written to in order and without waiting."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum

from aiohttp import web

from sandbox.discord.wire import Json


class Op(IntEnum):
    """What a gateway frame is (Discord docs: Gateway Opcodes)."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE_STATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class CloseCode(IntEnum):
    """Why the gateway hangs up (Discord docs: Gateway Close Event Codes)."""

    GOING_AWAY = 1001
    UNKNOWN_ERROR = 4000
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQUENCE = 4007
    RATE_LIMITED = 4008
    INVALID_SHARD = 4010
    DISALLOWED_INTENTS = 4014


@dataclass(frozen=True, slots=True)
class _Close:
    code: int


class Connection:
    """Writes frames one after another, however fast they are handed over."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self._socket = socket
        self._request = request
        self._waiting: asyncio.Queue[str | _Close] = asyncio.Queue()
        self.hung_up = False
        """Whether it was this side that ended it."""

    def send(self, op: Op, payload: object = None) -> None:
        """Send a frame that is no dispatch."""
        frame: Json = {"op": int(op), "d": payload, "s": None, "t": None}
        self.send_text(json.dumps(frame))

    def send_text(self, text: str) -> None:
        """Send a frame as it is."""
        self._waiting.put_nowait(text)

    def close(self, code: int) -> None:
        """Hang up with a code, after what was sent before."""
        self.hung_up = True
        self._waiting.put_nowait(_Close(code))

    def cut(self) -> None:
        """Break the connection without a word."""
        self.hung_up = True
        if self._request.transport is not None:
            self._request.transport.abort()

    async def write(self) -> None:
        """Send what is handed over until the connection ends."""
        while True:
            frame = await self._waiting.get()
            if isinstance(frame, _Close):
                await self._socket.close(code=frame.code)
                return
            # A client that is gone cannot be told; it may resume and be told then.
            with suppress(ConnectionError):
                await self._socket.send_str(frame)
