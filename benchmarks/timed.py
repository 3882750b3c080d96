"""A database that tells how long its only writer is held, and how late the loop is."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from sqlalchemy import Engine

from storage.database.address import Address
from storage.database.connections import OpenConnection, Source, Work
from storage.database.engine import COMMIT_DELAY_S, SESSION_NAME, Database
from storage.database.engines import for_reading, for_writing

_TICK_S = 0.005


class _TimedConnection:
    """A connection that remembers its longest transaction."""

    def __init__(
        self, connection: OpenConnection, ended: Callable[[float], None]
    ) -> None:
        self._connection = connection
        self._ended = ended

    async def run(self, work: Work[object], within_s: float | None) -> object:
        return await self._connection.run(work, within_s)

    async def commit_work(self, work: Work[object], within_s: float | None) -> object:
        began_at = time.monotonic()
        try:
            return await self._connection.commit_work(work, within_s)
        finally:
            self._ended(time.monotonic() - began_at)

    async def close(self) -> None:
        await self._connection.close()


class TimedSource:
    """A source of such connections."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.writers = source.writers
        self.most_together = source.most_together
        self.longest_s = 0.0
        """The longest transaction, in seconds, since somebody set this to zero."""

    @property
    def engine(self) -> Engine:
        """The engine behind it."""
        return self._source.engine

    async def open(self) -> OpenConnection:
        """Return a connection that is timed."""

        def ended(took_s: float) -> None:
            self.longest_s = max(self.longest_s, took_s)

        return _TimedConnection(await self._source.open(), ended)  # type: ignore[return-value]

    async def dispose(self) -> None:
        """Dispose of the source."""
        await self._source.dispose()


@asynccontextmanager
async def open_timed(url: str) -> AsyncGenerator[tuple[Database, TimedSource]]:
    """Open an existing database, with the source of its writer."""
    address = Address.parse(url)
    writing = TimedSource(for_writing(address, SESSION_NAME))
    database = Database(
        writing=writing,
        reading=for_reading(address, SESSION_NAME, connections=4),
        may_write=None,
        answer_within_s=None,
        commit_delay_s=COMMIT_DELAY_S,
    )
    try:
        yield database, writing
    finally:
        await database._close()  # noqa: SLF001 - `open` would make its own sources


async def tick(late: list[float]) -> None:
    """Keep the most that the event loop was late, in seconds, in the first entry."""
    while True:
        due_at = time.monotonic() + _TICK_S
        await asyncio.sleep(_TICK_S)
        late[0] = max(late[0], time.monotonic() - due_at)
