"""Where connections come from: a file, or a server. Both run whole works.

A work is a plain function that gets SQLAlchemy's plain connection. On a file it runs on
the connection's thread; on a server SQLAlchemy waits for the network beneath it. A trip
to the thread and back costs more than most statements, so a work makes one trip with
all its statements.
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StorageBusy
from storage.database.private_api import (
    connection_with_thread,
    end_of_thread,
    run_on_thread,
)

T = TypeVar("T")

Work: TypeAlias = Callable[[Connection], T]
"""A transaction or a read. It waits for nothing but the connection, and fetches its
rows before it returns."""


CONNECT_WITHIN_S = 5.0
"""How long a server may take to accept a connection."""
ATTEMPTS_AT_START = 3
"""How often that is tried at a start: a machine that has just begun has much to do."""

CLOSE_WITHIN_S = 1.0
"""How long it may take to confirm the end of all of them."""


async def patiently(attempt: Callable[[], Awaitable[T]], *, late: type[Exception]) -> T:
    """Connect to a server, and try again while that raises `late`.

    Raises:
        Exception: What the last attempt raised.
    """
    for _ in range(ATTEMPTS_AT_START - 1):
        with suppress(late):
            return await attempt()
    return await attempt()


class OpenConnection(Protocol):
    """A connection that is kept open, since opening one costs more than using it.

    The caller must run works one after another. If a caller is cancelled, the
    connection can only be closed.
    """

    async def run(self, work: Work[T], within_s: float | None = None) -> T:
        """Run a work from its first statement to its last.

        A server has so many seconds for it; then the connection is broken off. None =
        as long as it takes.
        """
        ...

    async def commit_work(self, work: Work[T], within_s: float | None = None) -> T:
        """Run a work as one transaction; if the work raises, nothing was done."""
        ...

    async def close(self) -> None:
        """Close it, after any work whose caller was cancelled."""
        ...


class Source(Protocol):
    """Opens connections of one kind."""

    writers: int
    """How many transactions may be under way at once."""
    most_together: int
    """The most works that may share a transaction."""

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's engine behind them, whose events can be listened to."""
        ...

    async def open(self) -> OpenConnection:
        """Return a connection that is ready for works."""
        ...

    async def dispose(self) -> None:
        """Dispose of the engine and its pool."""
        ...


class FileConnection:
    """A connection to a SQLite file, used on a thread of aiosqlite's alone.

    A caller who is cancelled does not stop a work: `close` waits for its end.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._plain: Connection | None = None
        self._thread = connection_with_thread(self._open_there)

    async def open(self) -> None:
        """Begin the thread, and open the connection there."""
        try:
            _ = await self._thread
        except Exception:
            await end_of_thread(self._thread)
            raise

    async def run(self, work: Work[T], within_s: float | None = None) -> T:  # noqa: ARG002 - a file answers
        """Run a work on one trip to the thread."""
        plain = self._opened()
        return await run_on_thread(self._thread, lambda: work(plain))

    async def commit_work(self, work: Work[T], within_s: float | None = None) -> T:  # noqa: ARG002 - likewise
        """Run a work as one transaction, on one trip to the thread."""
        plain = self._opened()

        def transaction() -> T:
            with plain.begin():
                return work(plain)

        return await run_on_thread(self._thread, transaction)

    async def close(self) -> None:
        """Close the connection, once the thread has done what it was asked for."""
        try:
            await run_on_thread(self._thread, self._opened().close)
        finally:
            await self._thread.close()

    def _opened(self) -> Connection:
        assert self._plain is not None
        return self._plain

    def _open_there(self) -> sqlite3.Connection:
        self._plain = self._engine.connect()
        opened = self._plain.connection.driver_connection
        assert isinstance(opened, sqlite3.Connection)
        return opened


class FileSource:
    """Opens connections to a SQLite file, each with a thread of its own."""

    writers = 1
    most_together = 32
    """A commit costs more than most works; but each delays the others by its time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def engine(self) -> Engine:
        """The engine itself."""
        return self._engine

    async def open(self) -> FileConnection:
        """Begin a thread with a connection."""
        # If the caller is cancelled here, the garbage collector closes it; in the
        # program that happens only when the event loop ends.
        connection = FileConnection(self._engine)
        await connection.open()
        return connection

    async def dispose(self) -> None:
        """Dispose of the engine. It has no pool."""
        self._engine.dispose()


class ServerConnection:
    """A connection to a database server, from SQLAlchemy's pool."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._is_sound = True

    async def run(self, work: Work[T], within_s: float | None = None) -> T:
        """Run a work."""
        async with self._tried(within_s):
            return await self._connection.run_sync(work)

    async def commit_work(self, work: Work[T], within_s: float | None = None) -> T:
        """Run a work as one transaction."""
        async with self._tried(within_s), self._connection.begin():
            return await self._connection.run_sync(work)

    async def close(self) -> None:
        """Return it to the pool, or end it if something was wrong with it.

        A server that does not answer is not waited for.
        """
        if not self._is_sound and not self._connection.invalidated:
            (await self._driver()).terminate()
            await self._connection.invalidate()
        await self._connection.close()

    @asynccontextmanager
    async def _tried(self, within_s: float | None) -> AsyncGenerator[None]:
        """Break it off in time, and note whether it can be used again afterwards."""
        self._is_sound = False
        driver = await self._driver()
        if driver.is_closed():
            msg = "the server has closed the connection"
            raise StorageBusy(msg)
        alarm: asyncio.TimerHandle | None = None
        if within_s is not None:
            # To cancel it would have to be asked of the server, which may not answer.
            alarm = asyncio.get_running_loop().call_later(within_s, driver.terminate)
        try:
            yield
        except Exception as error:
            # What a work itself raises is no fault of the connection.
            own = error.__cause__ or error
            self._is_sound = not isinstance(own, OSError | DBAPIError)
            raise
        finally:
            if alarm is not None:
                alarm.cancel()
        self._is_sound = True

    async def _driver(self) -> Any:  # noqa: ANN401 - its type would have to be installed
        raw = await self._connection.get_raw_connection()
        return raw.driver_connection


class ServerSource:
    """Takes connections from a pool of those to a database server."""

    writers = 4
    """One may wait for a row that another process has locked."""
    most_together = 1
    """Works of several servers would lock those in the order in which they arrived, and
    other processes in theirs: a deadlock."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @property
    def engine(self) -> Engine:
        """What the asynchronous engine drives."""
        return self._engine.sync_engine

    async def open(self) -> ServerConnection:
        """Take one from the pool.

        Raises:
            StorageBusy: If the server cannot be reached.
        """
        try:
            async with asyncio.timeout(CONNECT_WITHIN_S):
                return ServerConnection(await self._engine.connect())
        except OSError as error:
            raise StorageBusy(str(error) or type(error).__name__) from error

    async def dispose(self) -> None:
        """Close those in the pool, and wait for no server that is silent."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self._engine.dispose()
