"""Who may begin a session at the gateway, and who may go on with one.

Source: Discord docs, "Gateway": Identifying, Resuming, Sharding, Rate Limiting.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.discord.connection import CloseCode, Connection, Op
from sandbox.discord.dispatches import PRIVILEGED, Intent
from sandbox.discord.feed import ChangeKind, Feed
from sandbox.discord.gateway_faults import FrameFaults
from sandbox.discord.gateway_payloads import ready_payload
from sandbox.discord.gateway_session import Session
from sandbox.discord.gateway_sessions import Sessions
from sandbox.discord.records import Guild
from sandbox.discord.sharding import GUILDS_PER_SHARD
from sandbox.discord.start_limits import StartLimits
from sandbox.discord.wire import Json
from sandbox.discord.world import World


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
    limits: StartLimits
    """How often sessions may begin."""


class Reception:
    """Begins and resumes sessions, over all connections of the one token there is."""

    def __init__(
        self,
        world: World,
        feed: Feed,
        terms: GatewayTerms,
        *,
        sessions: Sessions,
        faults: FrameFaults,
        reset_token: Callable[[], None],
    ) -> None:
        """Let nobody in yet; `reset_token` answers who begins too many sessions."""
        self._world = world
        self._feed = feed
        self._terms = terms
        self._sessions = sessions
        self._faults = faults
        self._reset_token = reset_token
        self.identifies = 0
        self.hasty_identifies = 0
        self.resumes = 0

    def identify(self, connection: Connection, body: Json) -> None:
        """Begin a session, or say by a close code or op 9 why none begins."""
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
        if not self._terms.limits.take():
            self._reset_token()
            return
        if not self._terms.limits.admit(number):
            # The connection stays, and may identify later.
            self.hasty_identifies += 1
            connection.send(Op.INVALID_SESSION, payload=False)
            return
        session = Session(
            id=secrets.token_hex(16),
            intents=intents,
            shard=(number, count),
            connection=connection,
            faults=self._faults,
        )
        self._begin(session, connection)

    def resume(self, connection: Connection, body: Json) -> None:
        """Let a client go on with a session, or say why it cannot."""
        if body.get("token") != self._terms.token:
            connection.close(CloseCode.AUTHENTICATION_FAILED)
            return
        session = self._sessions.find(str(body.get("session_id")))
        after = int(body.get("seq") or 0)
        if session is None:
            connection.send(Op.INVALID_SESSION, payload=False)
            return
        if not session.can_replay(after):
            self._sessions.end(session)
            connection.close(CloseCode.INVALID_SEQUENCE)
            return
        self.resumes += 1
        if session.connection is not None:
            # Nobody can be connected twice with one session: the old one goes.
            session.connection.close(CloseCode.UNKNOWN_ERROR)
        session.connection, session.left_s = connection, None
        session.replay(after)
        self._told_ready(session, resumed=True)

    def _begin(self, session: Session, connection: Connection) -> None:
        """Send READY and then, one by one, the servers."""
        joined = self._world.guilds_with_bot()
        guilds = [guild for guild in joined if session.serves(guild.id)]
        if len(guilds) > GUILDS_PER_SHARD:
            connection.close(CloseCode.SHARDING_REQUIRED)
            return
        self._sessions.begin(session)
        session.tell("READY", self._ready(session, guilds))
        if Intent.GUILDS in session.intents:
            for guild in guilds:
                told = self._world.guild_create(guild)
                session.tell("GUILD_CREATE", told | {"unavailable": False})
        self._told_ready(session, resumed=False)

    def _ready(self, session: Session, guilds: Sequence[Guild]) -> Json:
        return ready_payload(
            self._world.bot,
            session,
            guilds,
            url=self._terms.url(),
            flags=self._terms.flags(),
        )

    def _told_ready(self, session: Session, *, resumed: bool) -> None:
        detail: Json = {"shard": list(session.shard), "resumed": resumed}
        self._feed.publish(ChangeKind.GATEWAY_READY, detail=detail)
