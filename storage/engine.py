"""The open database: one writer at a time, many readers, and nothing half done."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StartupError
from storage import sqlite
from storage.address import Address
from storage.engines import reading_engine, writing_engine

T = TypeVar("T")

READERS = 4
"""Connections for reading. Each is a thread under SQLite, and most of the time idle."""

log = logging.getLogger(__name__)


class Database:
    """A pool of readers, and one writer whose transactions survive cancellation.

    The schema is not looked at here: see `storage.schema`.
    """

    def __init__(self, *, writing: AsyncEngine, reading: AsyncEngine) -> None:
        self._writing = writing
        self._reading = reading
        self._one_writer = asyncio.Lock()
        self._readers = asyncio.Semaphore(READERS)
        # Connections are kept: to fetch one from a pool, and to put it back, costs
        # several times as much as a small statement.
        self._writer: AsyncConnection | None = None
        self._idle: list[AsyncConnection] = []
        self._under_way: set[asyncio.Task[Any]] = set()
        self._closed = False

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator[Self]:
        """Open the database at `storage.url`; a SQLite file is made if there is none.

        On leaving, transactions under way are completed before it is closed.

        Raises:
            StartupError: If the URL is wrong or the database cannot be opened.
        """
        address = Address.parse(url)
        try:
            if address.file is not None:
                await asyncio.to_thread(sqlite.create_file, address.file)
            database = cls(
                writing=writing_engine(address),
                reading=reading_engine(address, connections=READERS),
            )
        except (OSError, ImportError) as error:
            raise _unopened(address, error) from error
        try:
            await database._connect(address)
            yield database
        finally:
            await database._close()

    async def write(
        self,
        work: Callable[[AsyncConnection], Awaitable[T]],
        *,
        then: Callable[[T], None] | None = None,
    ) -> T:
        """Run `work` as one transaction, alone among the writers, and commit it.

        When this returns, what was done is on disk. If `work` raises, nothing was
        done. If the caller is cancelled, the transaction is completed all the same,
        and so `then`, which is called with the result once it is on disk. `work` must
        wait for nothing but the connection: everybody waits for it.

        Raises:
            RuntimeError: If the database is closed.
        """
        self._require_open()
        # The connection cannot tell one coroutine from another: a transaction that
        # was left half way would swallow the next one's statements. So it runs in a
        # task that no caller can cancel.
        task = asyncio.create_task(self._transaction(work, then), name="database-write")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_report_unheard)
            raise

    async def read(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Run `work` on a connection that cannot change anything.

        Each statement sees the newest state, so that what has to fit together belongs
        in one statement, or in `write`.

        Raises:
            RuntimeError: If the database is closed.
        """
        async with self._readers:
            self._require_open()
            reader = self._idle.pop() if self._idle else await self._reading.connect()
            try:
                result = await work(reader)
                # Nothing was begun in the database: SQLAlchemy is told to forget it.
                await reader.rollback()
            except BaseException:
                await reader.close()
                raise
            if self._closed:
                await reader.close()
            else:
                self._idle.append(reader)
            return result

    async def _transaction(
        self,
        work: Callable[[AsyncConnection], Awaitable[T]],
        then: Callable[[T], None] | None,
    ) -> T:
        async with self._one_writer:
            if self._writer is None:
                self._writer = await self._writing.connect()
            try:
                async with self._writer.begin():
                    result = await work(self._writer)
            except BaseException:
                # The pool looks whether it is still usable before it hands it out.
                await self._lay_down_writer()
                raise
        if then is not None:
            then(result)
        return result

    async def _connect(self, address: Address) -> None:
        try:
            async with self._writing.connect():
                """The first connection shows whether there is a database at all."""
        except (OSError, SQLAlchemyError) as error:
            raise _unopened(address, error) from error

    async def _lay_down_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            await writer.close()

    def _require_open(self) -> None:
        if self._closed:
            msg = "the database is closed"
            raise RuntimeError(msg)

    async def _close(self) -> None:
        try:
            while self._under_way:
                await asyncio.wait(self._under_way)
        finally:
            self._closed = True
            await self._lay_down_writer()
            for reader in self._idle:
                await reader.close()
            await self._writing.dispose()
            await self._reading.dispose()


def _unopened(address: Address, error: Exception) -> StartupError:
    # The driver's own words: those of SQLAlchemy go on with statements and links.
    reason = getattr(error, "orig", None) or error
    return StartupError(f"The database {address.name} cannot be opened: {reason}.")


def _report_unheard(task: asyncio.Task[Any]) -> None:
    """Log the failure of a transaction whose caller has gone."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("a transaction failed after its caller had gone", exc_info=error)
