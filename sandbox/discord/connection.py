"""One websocket at the gateway, written to in order and without waiting."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum

from aiohttp import web

from sandbox.discord.compression import Packer
from sandbox.discord.wire import Json, json_text


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
    SESSION_TIMED_OUT = 4009
    INVALID_SHARD = 4010
    SHARDING_REQUIRED = 4011
    INVALID_VERSION = 4012
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014


ENDING_CODES = frozenset(
    {
        CloseCode.AUTHENTICATION_FAILED,
        CloseCode.INVALID_SEQUENCE,
        CloseCode.SESSION_TIMED_OUT,
        CloseCode.INVALID_SHARD,
        CloseCode.SHARDING_REQUIRED,
        CloseCode.INVALID_VERSION,
        CloseCode.INVALID_INTENTS,
        CloseCode.DISALLOWED_INTENTS,
    }
)
"""Those that end the session too: a new one has to be begun, if any may."""


@dataclass(frozen=True, slots=True)
class _Close:
    code: int


class Connection:
    """Writes frames one after another, however fast they are handed over."""

    def __init__(
        self, socket: web.WebSocketResponse, request: web.Request, pack: Packer
    ) -> None:
        self._socket = socket
        self._request = request
        self._pack = pack
        self._waiting: asyncio.Queue[str | bytes | _Close] = asyncio.Queue()
        self.hung_up = False
        """Whether it was this side that ended it."""
        self.last_beat_s = time.monotonic()
        """When the client last showed that it is alive; at first, when it came."""

    def send(self, op: Op, payload: object = None) -> None:
        """Send a frame that is no dispatch."""
        frame: Json = {"op": int(op), "d": payload, "s": None, "t": None}
        self.send_text(json_text(frame))

    def send_text(self, text: str) -> None:
        """Send a frame, packed as this client asked for it."""
        self._waiting.put_nowait(text)

    def send_raw(self, data: bytes) -> None:
        """Send bytes that nobody packed, which no stream holds."""
        self._waiting.put_nowait(data)

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
            packed = self._pack(frame) if isinstance(frame, str) else frame
            # A client that is gone cannot be told; it may resume and be told then.
            with suppress(ConnectionError):
                if isinstance(packed, str):
                    await self._socket.send_str(packed)
                else:
                    await self._socket.send_bytes(packed)
