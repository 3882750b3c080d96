"""Open connections, each with the way in which whole works are run on it."""

from collections.abc import Awaitable, Callable
from typing import Self, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.trips import OneTripConnection

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]


class OpenConnection:
    """A connection that is kept: to fetch one from the pool costs more than to use it.

    Works are run one after another, which is the caller's to see to.
    """

    def __init__(
        self, connection: AsyncConnection, own: OneTripConnection | None
    ) -> None:
        self._connection = connection
        self._own = own

    @classmethod
    async def open(cls, engine: AsyncEngine) -> Self:
        """Take a connection from an engine's pool."""
        connection = await engine.connect()
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        own = driver if isinstance(driver, OneTripConnection) else None
        return cls(connection, own)

    async def run(self, work: Work[T]) -> T:
        """Run a work, which must wait for nothing but the connection.

        Under SQLite it runs on the connection's thread from beginning to end. A caller
        who is cancelled leaves a connection that can only be closed.
        """
        if self._own is None:
            return await work(self._connection)

        async def here() -> T:
            return await work(self._connection)

        return await self._own.whole(here)

    async def close(self) -> None:
        """Give the connection back, once a work whose caller has gone is done."""
        if self._own is not None:
            await self._own.settled()
        await self._connection.close()

    async def discard(self) -> None:
        """Close the connection itself: its pool is no more."""
        await self._connection.invalidate()
        await self._connection.close()
