"""Where connections come from: a file, or a server. Both run whole works."""

from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StorageBusy
from storage.file_connection import FileConnection
from storage.work import Work

T = TypeVar("T")


class OpenConnection(Protocol):
    """A connection that is kept: to open one costs more than to use it.

    Works are run one after another, which is the caller's to see to. A caller who is
    cancelled leaves a connection that can only be closed.
    """

    async def run(self, work: Work[T]) -> T:
        """Run a work, which must wait for nothing but the connection."""
        ...

    async def commit_work(self, work: Work[T]) -> T:
        """Run a work as one transaction; if it raises, nothing was done."""
        ...

    async def close(self) -> None:
        """Close it, once a work whose caller has gone is done."""
        ...


class Source(Protocol):
    """Opens connections of one kind."""

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's engine behind them, whose events can be listened to."""
        ...

    async def open(self) -> OpenConnection:
        """Return a connection that is ready for works."""
        ...

    async def dispose(self) -> None:
        """Let go of what is kept for later connections."""
        ...


class FileSource:
    """Opens connections to a SQLite file, each with a thread of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def engine(self) -> Engine:
        """The engine itself."""
        return self._engine

    async def open(self) -> FileConnection:
        """Begin a thread with a connection."""
        # A caller who is cancelled here leaves it to the collector: only the end of the
        # event loop does that to the program.
        connection = FileConnection(self._engine)
        _ = await connection
        return connection

    async def dispose(self) -> None:
        """Let go of the engine, which keeps no connection that was closed."""
        self._engine.dispose()


class ServerSource:
    """Takes connections from a pool of those to a database server."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @property
    def engine(self) -> Engine:
        """What the asynchronous engine drives."""
        return self._engine.sync_engine

    async def open(self) -> "ServerConnection":
        """Take one from the pool.

        Raises:
            StorageBusy: If the server cannot be reached.
        """
        try:
            return ServerConnection(await self._engine.connect())
        except OSError as error:
            raise StorageBusy(str(error) or type(error).__name__) from error

    async def dispose(self) -> None:
        """Close those in the pool."""
        await self._engine.dispose()


class ServerConnection:
    """A connection to a database server: what works get is SQLAlchemy's own."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def run(self, work: Work[T]) -> T:
        """Run a work."""
        await self._require_open()
        return await work(self._connection)

    async def commit_work(self, work: Work[T]) -> T:
        """Run a work as one transaction."""
        await self._require_open()
        async with self._connection.begin():
            return await work(self._connection)

    async def close(self) -> None:
        """Give it back to the pool, which looks whether it is still usable."""
        await self._connection.close()

    async def _require_open(self) -> None:
        """Find out before a work begins that the server has hung up meanwhile."""
        raw = await self._connection.get_raw_connection()
        driver: Any = raw.driver_connection
        if driver.is_closed():
            await self._connection.invalidate()
            msg = "the server has closed the connection"
            raise StorageBusy(msg)
