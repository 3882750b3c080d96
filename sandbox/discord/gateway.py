"""The gateway: who is connected, what they are told, and how connections break.

Source: Discord docs, "Gateway".
"""

import asyncio
import json
import secrets
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from sandbox.discord.compression import packer
from sandbox.discord.connection import CloseCode, Connection, Op
from sandbox.discord.dispatches import PRIVILEGED, Dispatch, Intent
from sandbox.discord.feed import ChangeKind, Feed
from sandbox.discord.gateway_faults import FrameFaults
from sandbox.discord.gateway_payloads import members_chunk, ready_payload
from sandbox.discord.gateway_session import Session
from sandbox.discord.start_limits import StartLimits
from sandbox.discord.wire import Json, as_id
from sandbox.discord.world import World

_CLEAN_CLOSES = frozenset({1000, 1001})
"""A client that closes with these gives its session up."""
_SENDS_PER_MINUTE = 120
_BAD_REQUEST, _UNAVAILABLE = 400, 503
_BEATS_MISSED = 1.5
"""After so many intervals without a heartbeat nobody is there any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayTerms:
    """Whom the gateway lets in, and what it tells them about itself."""

    token: str
    heartbeat_ms: int
    granted_intents: Intent
    """The privileged intents that the bot may ask for."""
    url: Callable[[], str]
    flags: Callable[[], int]
    """Those of the application."""


class Gateway:
    """Lets clients in, tells them what happens, and breaks when told to."""

    def __init__(
        self, world: World, feed: Feed, terms: GatewayTerms, limits: StartLimits
    ) -> None:
        self._world = world
        self._feed = feed
        self._terms = terms
        self._sessions: dict[str, Session] = {}
        self._connections: dict[Connection, Session | None] = {}
        self.limits = limits
        """How often clients may identify."""
        self.faults = FrameFaults()
        self.accepts = True
        """While false every new connection is refused with 503."""
        self.identifies = 0
        """How often a client identified, whether it might or not."""
        self.resumes = 0

    @property
    def is_ready(self) -> bool:
        """Whether somebody is connected and knows the world."""
        return any(one.connection for one in self._sessions.values())

    @property
    def sessions(self) -> list[Session]:
        """Those that exist, connected or able to resume."""
        return list(self._sessions.values())

    # ---- telling -----------------------------------------------------------------

    def dispatch(self, dispatch: Dispatch) -> None:
        """Tell every session that hears such things, the absent ones later."""
        for session in self.sessions:
            if session.hears(dispatch):
                session.tell(dispatch.name, dispatch.payload)

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
        """Break every connection: with a close code, or without a word."""
        for connection in list(self._connections):
            if code is None:
                connection.cut()
            else:
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
            self._end(session)

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
        self._connections[connection] = None
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
        session = self._connections.get(connection)
        if session is not None:
            self._end(session)
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
        session = self._connections[connection]
        match op:
            case Op.HEARTBEAT:
                connection.last_beat_s = time.monotonic()
                connection.send(Op.HEARTBEAT_ACK)
            case Op.IDENTIFY | Op.RESUME if session is not None:
                connection.close(CloseCode.ALREADY_AUTHENTICATED)
            case Op.IDENTIFY:
                self._identify(connection, body)
            case Op.RESUME:
                self._resume(connection, body)
            case Op.REQUEST_MEMBERS | Op.PRESENCE | Op.VOICE_STATE if session is None:
                connection.close(CloseCode.NOT_AUTHENTICATED)
            case Op.REQUEST_MEMBERS:
                assert session is not None
                self._tell_members(session, body)
            case Op.PRESENCE | Op.VOICE_STATE:
                pass  # nobody here looks at either
            case _:
                connection.close(CloseCode.UNKNOWN_OPCODE)

    def _identify(self, connection: Connection, body: Json) -> None:
        if body.get("token") != self._terms.token:
            connection.close(CloseCode.AUTHENTICATION_FAILED)
            return
        intents = Intent(int(body.get("intents") or 0))
        if intents & PRIVILEGED & ~self._terms.granted_intents:
            connection.close(CloseCode.DISALLOWED_INTENTS)
            return
        number, count = body.get("shard") or (0, 1)
        if not 0 <= number < count:
            connection.close(CloseCode.INVALID_SHARD)
            return
        self.identifies += 1
        if not self.limits.take():
            # Discord resets the token of who asks too often.
            connection.close(CloseCode.AUTHENTICATION_FAILED)
            return
        session = Session(
            id=secrets.token_hex(16),
            intents=intents,
            shard=(number, count),
            connection=connection,
            faults=self.faults,
        )
        self._sessions[session.id] = session
        self._connections[connection] = session
        self._welcome(session)

    def _welcome(self, session: Session) -> None:
        """Send READY and then, one by one, the servers."""
        number, count = session.shard
        guilds = [
            guild
            for guild in self._world.guilds_with_bot()
            if (guild.id >> 22) % count == number
        ]
        ready = ready_payload(
            self._world.bot,
            session,
            guilds,
            url=self._terms.url(),
            flags=self._terms.flags(),
        )
        session.tell("READY", ready)
        if Intent.GUILDS in session.intents:
            for guild in guilds:
                told = self._world.guild_create(guild)
                session.tell("GUILD_CREATE", told | {"unavailable": False})
        self._feed.publish(ChangeKind.GATEWAY_READY)

    def _resume(self, connection: Connection, body: Json) -> None:
        if body.get("token") != self._terms.token:
            connection.close(CloseCode.AUTHENTICATION_FAILED)
            return
        session = self._sessions.get(str(body.get("session_id")))
        after = int(body.get("seq") or 0)
        if session is None:
            connection.send(Op.INVALID_SESSION, payload=False)
            return
        if not session.can_replay(after):
            self._end(session)
            connection.close(CloseCode.INVALID_SEQUENCE)
            return
        self.resumes += 1
        if session.connection is not None:
            # Nobody can be connected twice with one session: the old one goes.
            self._connections[session.connection] = None
            session.connection.close(CloseCode.UNKNOWN_ERROR)
        session.connection = connection
        self._connections[connection] = session
        session.replay(after)
        self._feed.publish(ChangeKind.GATEWAY_READY)

    def _tell_members(self, session: Session, body: Json) -> None:
        guild = self._world.guilds.get(as_id(body.get("guild_id")) or 0)
        if guild is not None:
            session.tell("GUILD_MEMBERS_CHUNK", members_chunk(guild, body))

    def _left(self, connection: Connection, code: int | None) -> None:
        session = self._connections.pop(connection, None)
        if session is not None:
            session.connection = None
            if code in _CLEAN_CLOSES and not connection.hung_up:
                self._end(session)
        self._feed.publish(ChangeKind.GATEWAY_CLOSED, detail={"code": code})

    def _end(self, session: Session) -> None:
        self._sessions.pop(session.id, None)
        if session.connection is not None:
            self._connections[session.connection] = None
            session.connection = None
