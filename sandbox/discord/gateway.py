"""The gateway: who is connected, what they are told, and how connections break.

Source: Discord docs, "Gateway".
"""

import asyncio
import json
import time
from collections import deque
from contextlib import suppress

from aiohttp import WSMsgType, web

from sandbox.discord.compression import packer
from sandbox.discord.connection import ENDING_CODES, CloseCode, Connection, Op
from sandbox.discord.dispatches import Dispatch
from sandbox.discord.feed import ChangeKind, Feed
from sandbox.discord.gateway_faults import FrameFaults
from sandbox.discord.gateway_payloads import members_chunk
from sandbox.discord.gateway_reception import GatewayTerms, Reception
from sandbox.discord.gateway_session import Session
from sandbox.discord.gateway_sessions import Sessions
from sandbox.discord.wire import Json, as_id
from sandbox.discord.world import World

_CLEAN_CLOSES = frozenset({1000, 1001})
"""A client that closes with these gives its session up."""
_SENDS_PER_MINUTE = 120
_BAD_REQUEST, _UNAVAILABLE = 400, 503
_BEATS_MISSED = 1.5
"""After so many intervals without a heartbeat nobody is there any more."""


class Gateway:
    """Lets clients in, tells them what happens, and breaks when told to."""

    def __init__(
        self,
        world: World,
        feed: Feed,
        terms: GatewayTerms,
        sessions: Sessions,
    ) -> None:
        self._world = world
        self._feed = feed
        self._terms = terms
        self._sessions = sessions
        self._connections: set[Connection] = set()
        self.limits = terms.limits
        """How often clients may identify."""
        self.faults = FrameFaults()
        self.accepts = True
        """While false every new connection is refused with 503."""
        self._reception = Reception(
            world,
            feed,
            terms,
            sessions=sessions,
            faults=self.faults,
            reset_token=self._reset_token,
        )

    @property
    def identifies(self) -> int:
        """How often a client identified, whether it might or not."""
        return self._reception.identifies

    @property
    def hasty_identifies(self) -> int:
        """How many of these came too early for the bucket of their shard."""
        return self._reception.hasty_identifies

    @property
    def resumes(self) -> int:
        """How often a client went on with its session."""
        return self._reception.resumes

    @property
    def is_ready(self) -> bool:
        """Whether every shard of a bot is connected and knows its servers."""
        return self._sessions.cover_a_bot

    @property
    def connected_shards(self) -> set[tuple[int, int]]:
        """The shards, each as which one of how many, that somebody is connected for."""
        return self._sessions.connected_shards

    @property
    def sessions(self) -> list[Session]:
        """Those that exist, connected or able to resume."""
        return self._sessions.every

    # ---- telling -----------------------------------------------------------------

    def dispatch(self, dispatch: Dispatch) -> None:
        """Tell every session that hears such things, the absent ones later."""
        self._sessions.dispatch(dispatch)

    def tell(self, name: str, payload: object) -> None:
        """Tell every session of an event that nothing here caused."""
        for session in self.sessions:
            session.tell(name, payload)

    # ---- breaking ----------------------------------------------------------------

    def send_text(self, text: str) -> None:
        """Send everybody a frame of any text."""
        for connection in self._connections:
            connection.send_text(text)

    def send_raw(self, data: bytes) -> None:
        """Send everybody bytes that belong to no stream."""
        for connection in self._connections:
            connection.send_raw(data)

    def drop(self, code: int | None = None) -> None:
        """Break every connection: with a close code, or without a word.

        Codes that end a session end those of all connections.
        """
        for connection in list(self._connections):
            if code is None:
                connection.cut()
                continue
            session = self._sessions.of(connection)
            if code in ENDING_CODES and session is not None:
                self._sessions.end(session)
            connection.close(code)

    def ask_to_reconnect(self) -> None:
        """Ask every client to come back and resume (op 7)."""
        for connection in self._connections:
            connection.send(Op.RECONNECT)

    def invalidate(self, *, resumable: bool) -> None:
        """Tell every client that its session is invalid (op 9).

        Unless `resumable`, the sessions are gone and what they were told is lost.
        """
        if not resumable:
            self.forget_sessions()
        for connection in self._connections:
            connection.send(Op.INVALID_SESSION, resumable)

    def forget_sessions(self) -> None:
        """Let no session be resumable: those who try get op 9 false."""
        for session in self.sessions:
            self._sessions.end(session)

    def _reset_token(self) -> None:
        """End everything that the token has begun."""
        self.drop(CloseCode.AUTHENTICATION_FAILED)
        self.forget_sessions()

    # ---- serving -----------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hold one connection from the first frame to the last."""
        if not self.accepts:
            return web.Response(status=_UNAVAILABLE)
        pack = packer(request.query.get("compress"))
        if pack is None:
            return web.Response(status=_BAD_REQUEST)
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(socket, request, pack)
        self._connections.add(connection)
        self._feed.publish(ChangeKind.GATEWAY_CONNECTED)
        helpers = [
            asyncio.create_task(connection.write(), name="gateway writer"),
            asyncio.create_task(self._watch_beats(connection), name="gateway watch"),
        ]
        hello = {"heartbeat_interval": self._terms.heartbeat_ms}
        frame: Json = {"op": int(Op.HELLO), "d": hello, "s": None, "t": None}
        connection.send_text(self.faults.written("HELLO", frame))
        try:
            await self._listen(socket, connection)
        finally:
            self._left(connection, socket.close_code)
            for helper in helpers:
                helper.cancel()
                with suppress(asyncio.CancelledError):
                    await helper
        return socket

    async def _watch_beats(self, connection: Connection) -> None:
        """Hang up on a client that no longer shows that it is alive."""
        patience_s = _BEATS_MISSED * self._terms.heartbeat_ms / 1000
        while True:
            silent_s = time.monotonic() - connection.last_beat_s
            if silent_s >= patience_s:
                break
            await asyncio.sleep(patience_s - silent_s)
        session = self._sessions.of(connection)
        if session is not None:
            self._sessions.end(session)
        connection.close(CloseCode.SESSION_TIMED_OUT)

    async def _listen(
        self, socket: web.WebSocketResponse, connection: Connection
    ) -> None:
        sent_s: deque[float] = deque(maxlen=_SENDS_PER_MINUTE)
        async for message in socket:
            # JSON may come as bytes too; some clients send nothing else.
            if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                continue
            now_s = time.monotonic()
            if len(sent_s) == _SENDS_PER_MINUTE and now_s - sent_s[0] < 60:  # noqa: PLR2004 - a minute
                connection.close(CloseCode.RATE_LIMITED)
                continue
            sent_s.append(now_s)
            try:
                frame = json.loads(message.data)
                op, payload = frame["op"], frame.get("d")
            except (ValueError, KeyError, TypeError):
                connection.close(CloseCode.DECODE_ERROR)
                continue
            self._hear(connection, op, payload)

    def _hear(self, connection: Connection, op: int, payload: object) -> None:
        body: Json = payload if isinstance(payload, dict) else {}
        session = self._sessions.of(connection)
        match op:
            case Op.HEARTBEAT:
                connection.last_beat_s = time.monotonic()
                connection.send(Op.HEARTBEAT_ACK)
            case Op.IDENTIFY | Op.RESUME if session is not None:
                connection.close(CloseCode.ALREADY_AUTHENTICATED)
            case Op.IDENTIFY:
                self._reception.identify(connection, body)
            case Op.RESUME:
                self._reception.resume(connection, body)
            case Op.REQUEST_MEMBERS | Op.PRESENCE | Op.VOICE_STATE if session is None:
                connection.close(CloseCode.NOT_AUTHENTICATED)
            case Op.REQUEST_MEMBERS:
                assert session is not None
                self._tell_members(session, body)
            case Op.PRESENCE | Op.VOICE_STATE:
                pass  # nobody here looks at either
            case _:
                connection.close(CloseCode.UNKNOWN_OPCODE)

    def _tell_members(self, session: Session, body: Json) -> None:
        guild = self._world.guilds.get(as_id(body.get("guild_id")) or 0)
        if guild is not None:
            session.tell("GUILD_MEMBERS_CHUNK", members_chunk(guild, body))

    def _left(self, connection: Connection, code: int | None) -> None:
        session = self._sessions.of(connection)
        self._connections.discard(connection)
        detail: Json = {"code": code}
        if session is not None:
            detail["shard"] = list(session.shard)
            if code in _CLEAN_CLOSES and not connection.hung_up:
                self._sessions.end(session)
            else:
                self._sessions.leave(session)
        self._feed.publish(ChangeKind.GATEWAY_CLOSED, detail=detail)
