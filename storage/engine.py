"""The open database: one writer at a time, many readers, and nothing half done."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StartupError
from storage import sqlite
from storage.address import Address
from storage.connections import OpenConnection, Source
from storage.engines import for_reading, for_writing
from storage.work import Work
from storage.writer import Waits, Writer

T = TypeVar("T")

WAITS = Waits(each_s=0.01, patient_s=0.25)
"""A commit costs more than most writes; a clip takes minutes."""
READERS = 4
"""Connections for reading. Each is a thread under SQLite, and most of the time idle."""


class Database:
    """A pool of readers, and one writer whose transactions survive cancellation.

    The schema is not looked at here: see `storage.schema`.
    """

    def __init__(
        self, *, writing: Source, reading: Source, waits: Waits = WAITS
    ) -> None:
        self._writing = writing
        self._reading = reading
        self._writer = Writer(writing, waits)
        self._readers = asyncio.Semaphore(READERS)
        self._idle: list[OpenConnection] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, *, waits: Waits = WAITS) -> AsyncGenerator[Self]:
        """Open the database at `storage.url`; a SQLite file is made if there is none.

        On leaving, transactions under way are completed before it is closed. `waits` is
        how long writes wait for company.

        Raises:
            StartupError: If the URL is wrong or the database cannot be opened.
        """
        address = Address.parse(url)
        try:
            if address.file is not None:
                await asyncio.to_thread(sqlite.create_file, address.file)
            database = cls(
                writing=for_writing(address),
                reading=for_reading(address, connections=READERS),
                waits=waits,
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
        work: Work[T],
        *,
        then: Callable[[T], None] | None = None,
        patient: bool = False,
    ) -> T:
        """Run `work` as one transaction, alone among the writers, and commit it.

        When this returns, what was done is on disk. If `work` raises, nothing was
        done. If the caller is cancelled, the transaction is completed all the same,
        and so is `then`, which is called with the result once it is on disk.

        `work` must wait for nothing but the connection, for everybody waits for it, and
        runs on the connection's thread under SQLite. It shares its commit with others,
        and runs again if one of those failed; so it must leave no trace outside the
        database. A `patient` one may wait a little to go along with another.

        Raises:
            RuntimeError: If the database is closed, or `work` waited for anything else.
        """
        self._require_open()
        return await self._writer.run(work, then, patient=patient)

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection that cannot change anything.

        Each statement sees the newest state, so that what has to fit together belongs
        in one statement, or in `write`. What `write` says of a work is true here too.

        Raises:
            RuntimeError: If the database is closed, or `work` waited for anything else.
        """
        reader = await self._free_reader()
        try:
            result = await reader.run(work)
        except BaseException:
            # Not here: whoever is cancelled must not wait, and may be again.
            _ = self._begin(self._replace(reader), "closing a reader")
            raise
        if self._closed:
            await reader.close()
            self._readers.release()
        else:
            self._free(reader)
        return result

    async def _free_reader(self) -> OpenConnection:
        """Return a connection that nobody reads on, once there is one."""
        await self._readers.acquire()
        try:
            self._require_open()
            if self._idle:
                return self._idle.pop()
            opening = self._begin(self._reading.open(), "opening")
        except BaseException:
            self._readers.release()
            raise
        try:
            return await asyncio.shield(opening)
        except BaseException:
            # It may still open, and is somebody else's then.
            opening.add_done_callback(self._opened_for_nobody)
            raise

    def _opened_for_nobody(self, opening: "asyncio.Task[OpenConnection]") -> None:
        if opening.cancelled() or opening.exception() is not None:
            self._readers.release()
        else:
            self._free(opening.result())

    def _free(self, reader: OpenConnection) -> None:
        self._idle.append(reader)
        self._readers.release()

    async def _replace(self, reader: OpenConnection) -> None:
        """Close a reader whose work did not end well; another may then be opened."""
        try:
            await reader.close()
        finally:
            self._readers.release()

    def _begin(self, work: Coroutine[Any, Any, T], name: str) -> "asyncio.Task[T]":
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _connect(self, address: Address) -> None:
        try:
            # The first connection shows whether there is a database at all.
            await (await self._writing.open()).close()
        except (OSError, SQLAlchemyError) as error:
            raise _unopened(address, error) from error

    def _require_open(self) -> None:
        if self._closed:
            msg = "the database is closed"
            raise RuntimeError(msg)

    async def _close(self) -> None:
        # First: what is handed in now would find the writer gone.
        self._closed = True
        try:
            await self._writer.close()
        finally:
            if self._tasks:
                await asyncio.wait(self._tasks)
            for reader in self._idle:
                await reader.close()
            await self._writing.dispose()
            await self._reading.dispose()


def _unopened(address: Address, error: Exception) -> StartupError:
    # The driver's own words: those of SQLAlchemy go on with statements and links.
    reason = getattr(error, "orig", None) or error
    return StartupError(f"The database {address.name} cannot be opened: {reason}.")
