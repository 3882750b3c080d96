"""PostgreSQL's advisory lock that keeps a second process off the same database.

It belongs to a session, and so to a connection that is used for nothing else. If that
breaks, the server releases the lock at once, and another process may start. So nothing
is written from then on until the lock is taken again.
"""

import asyncio
import os
import secrets
import socket
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from sqlalchemy import NullPool, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import AlreadyRunning, StartupError, StorageBusy
from storage.database.address import Address

BEAT_S = 1.0
"""How often the connection is tried."""
ANSWER_WITHIN_S = 3.0
STALE_AFTER_S = 6.0
"""Without an answer for so long, nobody knows whether the lock is still ours."""
KEEPALIVE = {
    # A machine that is gone closes no connection. The server notices after some 25 s,
    # long after that machine, if it lives, has stopped writing.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
_KEY = {"class": int.from_bytes(b"Clap"), "object": 1}
"""Any two numbers, the same for every Clapper: locks are a database's own."""
_LONGEST_NAME = 63
"""Of a session, in bytes."""

_TAKE = text("SELECT pg_try_advisory_lock(:class, :object)")
_HOLDER = text(
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND objsubid = 2"
    " AND classid = CAST(CAST(:class AS bigint) AS oid)"
    " AND objid = CAST(CAST(:object AS bigint) AS oid)"
    " AND pg_locks.database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_BEAT = text("SELECT 1")
_BROKEN = (OSError, SQLAlchemyError)

log = structlog.get_logger(__name__)


def taken_by(holder: str, database: str) -> str:
    """Return the message for an operator who starts a second process."""
    return (
        f"Another Clapper (process {holder}) works on {database}:"
        " stop it first, or give this one a storage.url of its own."
    )


@asynccontextmanager
async def server_lock(address: Address) -> AsyncGenerator["ServerLock"]:
    """Hold a server's database for this process alone.

    Raises:
        AlreadyRunning: If another process holds it.
        StartupError: If the server does not answer, or its driver is missing.
    """
    # Whose a lock is, told by the session's name: ours has a part of its own.
    name = f"clapper {os.getpid()} {secrets.token_hex(4)} {socket.gethostname()}"
    name = name.encode()[:_LONGEST_NAME].decode(errors="ignore")
    try:
        engine = create_async_engine(
            address.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"server_settings": {"application_name": name, **KEEPALIVE}},
        )
    except ImportError as error:
        raise _unreachable(address, error) from error
    lock = ServerLock(engine, address.name, name)
    try:
        try:
            taken = await lock.take()
        except _BROKEN as error:
            raise _unreachable(address, error) from error
        if not taken:
            raise await lock.refusal()
        yield lock
    finally:
        await lock.close()


class ServerLock:
    """Implements `storage.database.lock.ProcessLock` with a connection of its own."""

    def __init__(self, engine: AsyncEngine, database: str, name: str) -> None:
        self._engine = engine
        self._database = database
        self._name = name
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        self._is_ours = False
        self._answered_s = 0.0

    def require(self) -> None:
        """Return if the lock is certainly ours."""
        silent_s = time.monotonic() - self._answered_s
        if self._is_ours and not self._driver.is_closed() and silent_s < STALE_AFTER_S:
            return
        msg = "the lock on the database was lost and is being taken again"
        raise StorageBusy(msg)

    async def watch(self) -> None:
        """Try the connection again and again, and take the lock again if it broke."""
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                await self._beat()
            except _BROKEN as error:
                log.error(  # noqa: TRY400 - a stack says nothing more
                    "database lock lost", reason=type(error).__name__
                )
                await self._take_again()
                log.info("database lock reacquired")

    async def take(self) -> bool:
        """Open the connection if need be, and try to take the lock; return whether."""
        async with asyncio.timeout(ANSWER_WITHIN_S):
            if self._connection is None:
                self._connection = await self._engine.connect()
            raw = await self._connection.get_raw_connection()
            self._driver = raw.driver_connection
            self._is_ours = bool(await self._connection.scalar(_TAKE, _KEY))
        self._answered_s = time.monotonic()
        return self._is_ours

    async def refusal(self) -> AlreadyRunning:
        """Return the error that names who has the lock."""
        name = await self._holder()
        _, _, rest = name.partition("clapper ")
        pid, _, rest = rest.partition(" ")
        _, _, host = rest.partition(" ")
        holder = f"{pid} on {host}" if pid and host else "unknown"
        return AlreadyRunning(taken_by(holder, self._database))

    async def close(self) -> None:
        """Release the lock, and close the connection."""
        await self._hang_up()
        await self._engine.dispose()

    async def _beat(self) -> None:
        assert self._connection is not None
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await self._connection.execute(_BEAT)
        self._answered_s = time.monotonic()

    async def _take_again(self) -> None:
        while True:
            await self._hang_up()
            try:
                if await self.take():
                    return
                # The server may not have noticed yet that our old connection is gone.
                if await self._holder() not in {self._name, ""}:
                    raise await self.refusal()
            except _BROKEN as error:
                log.debug("database lock not reacquired", reason=type(error).__name__)
            await asyncio.sleep(BEAT_S)

    async def _holder(self) -> str:
        """Return the name of the session that has the lock; empty if none has."""
        assert self._connection is not None
        async with asyncio.timeout(ANSWER_WITHIN_S):
            return str(await self._connection.scalar(_HOLDER, _KEY) or "")

    async def _hang_up(self) -> None:
        self._is_ours = False
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with suppress(*_BROKEN):
            # A half-open connection does not even answer this.
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await connection.invalidate()
                await connection.close()


def _unreachable(address: Address, error: Exception) -> StartupError:
    reason = getattr(error, "orig", None) or error
    text_ = str(reason) or type(reason).__name__
    return StartupError(f"The database {address.name} cannot be opened: {text_}.")
