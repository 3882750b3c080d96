"""The one session with a database server that a process keeps for itself.

It carries what belongs to a session and so ends with its connection: advisory locks,
and what the process listens to.
"""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import NullPool
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StartupError
from storage.database.address import Address
from storage.database.connections import Work, patiently
from storage.database.engines import common, connect_args

T = TypeVar("T")

Heard = Callable[[str], None]
"""Takes the payload of a notification; empty = some may have been missed."""

ANSWER_WITHIN_S = 3.0
BROKEN = (OSError, SQLAlchemyError)
"""What a session raises that does not work. `open` makes another one."""
_LONGEST_NAME = 63
"""Of a session, in bytes."""


def new_session_name() -> str:
    """Return what a process calls its sessions with the server: nobody else's are."""
    name = f"clapper {os.getpid()} {secrets.token_hex(4)} {socket.gethostname()}"
    return name.encode()[:_LONGEST_NAME].decode(errors="ignore")


@asynccontextmanager
async def open_session(address: Address, name: str) -> AsyncGenerator["Session"]:
    """Open a session of this name, and close it at the end of the block.

    Raises:
        StartupError: If the server does not answer, or its driver is missing.
    """
    try:
        engine = create_async_engine(
            address.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args=connect_args(name),
            **common(),
        )
    except ImportError as error:
        raise unreachable(address, error) from error
    session = Session(engine)
    try:
        try:
            await patiently(session.open, late=TimeoutError)
        except BROKEN as error:
            raise unreachable(address, error) from error
        yield session
    finally:
        await session.close()
        await engine.dispose()


class Session:
    """A connection that is opened again after it broke, and listens to the same."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        self._in_turn = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()
        self._listeners: list[tuple[str, Heard]] = []
        self._closed: Callable[[], None] = _nothing

    @property
    def is_open(self) -> bool:
        """Whether the connection stands, as far as this end knows."""
        return self._connection is not None and not self._driver.is_closed()

    async def open(self) -> None:
        """Connect, and listen; a former listener hears that there may be news.

        Raises:
            BROKEN: If the server does not answer.
        """
        await self.close()
        async with self._in_turn, asyncio.timeout(ANSWER_WITHIN_S):
            self._connection = await self._engine.connect()
            raw = await self._connection.get_raw_connection()
            self._driver = raw.driver_connection
            self._driver.add_termination_listener(lambda _: self._closed())
            for channel, heard in self._listeners:
                await self._listen(channel, heard)
        for _, heard in self._listeners:
            heard("")

    async def run(self, work: Work[T]) -> T:
        """Run a work whose statements commit one by one.

        If the caller is cancelled, the work is still done: to break off a statement
        would end the session, and all that belongs to it.

        Raises:
            BROKEN: If the session does not work.
        """
        running = asyncio.create_task(self._run(work), name="database session")
        self._running.add(running)
        running.add_done_callback(self._has_run)
        return await asyncio.shield(running)

    async def _run(self, work: Work[T]) -> T:
        async with self._in_turn:
            if self._connection is None:
                msg = "the session is closed"
                raise ConnectionError(msg)
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await self._connection.run_sync(work)

    def _has_run(self, running: "asyncio.Task[Any]") -> None:
        self._running.discard(running)
        if not running.cancelled():
            running.exception()  # of a caller who has gone: nobody else would look

    async def listen(self, channel: str, heard: Heard) -> None:
        """Have `heard` called for each notification, in this session and the next.

        If the session does not work, that begins with the next.
        """
        self._listeners.append((channel, heard))
        with suppress(*BROKEN):
            async with self._in_turn, asyncio.timeout(ANSWER_WITHIN_S):
                if self._connection is not None:
                    await self._listen(channel, heard)

    def when_closed(self, tell: Callable[[], None]) -> None:
        """Have `tell` called as soon as a connection is found to be closed."""
        self._closed = tell

    async def close(self) -> None:
        """End the session and all that belongs to it."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with suppress(*BROKEN):
            # A half-open connection does not even answer this.
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await connection.invalidate()
                await connection.close()

    async def _listen(self, channel: str, heard: Heard) -> None:
        try:
            await self._driver.add_listener(channel, partial(_pass_on, heard))
        except BROKEN:
            raise
        except Exception as error:
            # The driver's own, which SQLAlchemy translates only where it is asked.
            raise ConnectionError(str(error)) from error


def _nothing() -> None:
    return


def _pass_on(heard: Heard, _driver: object, _pid: int, _of: str, payload: str) -> None:
    heard(payload)


def unreachable(address: Address, error: Exception) -> StartupError:
    """Return the error for an operator whose server does not answer."""
    reason = getattr(error, "orig", None) or error
    said = str(reason) or type(reason).__name__
    return StartupError(f"The database {address.name} cannot be opened: {said}.")
