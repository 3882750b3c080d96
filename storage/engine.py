"""The open database: one writer at a time, many readers, and nothing half done."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StartupError
from storage import sqlite
from storage.address import Address

T = TypeVar("T")

READERS = 4
"""Connections for reading. Each is a thread under SQLite, and most of the time idle."""

_NAME = "clapper"
_ENGINE_LOGGER = "sqlalchemy.engine.Engine"

log = logging.getLogger(__name__)


class Database:
    """A pool of readers, and one writer whose transactions survive cancellation.

    The schema is not looked at here: see `storage.schema`.
    """

    def __init__(self, *, writing: AsyncEngine, reading: AsyncEngine) -> None:
        self._writing = writing
        self._reading = reading
        self._one_writer = asyncio.Lock()
        self._under_way: set[asyncio.Task[Any]] = set()

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
            database = cls(writing=_writing(address), reading=_reading(address))
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
        """
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
        """
        async with self._reading.connect() as connection:
            return await work(connection)

    async def _transaction(
        self,
        work: Callable[[AsyncConnection], Awaitable[T]],
        then: Callable[[T], None] | None,
    ) -> T:
        async with self._one_writer, self._writing.begin() as connection:
            result = await work(connection)
        if then is not None:
            then(result)
        return result

    async def _connect(self, address: Address) -> None:
        try:
            async with self._writing.connect():
                """The first connection shows whether there is a database at all."""
        except (OSError, SQLAlchemyError) as error:
            raise _unopened(address, error) from error

    async def _close(self) -> None:
        try:
            if self._under_way:
                await asyncio.wait(self._under_way)
        finally:
            await self._writing.dispose()
            await self._reading.dispose()


def _writing(address: Address) -> AsyncEngine:
    # The lock above admits one writer, so one connection is all it ever needs.
    engine = _engine(address, pool_size=1)
    if address.file is not None:
        sqlite.prepare_writer(engine)
    return engine


def _reading(address: Address) -> AsyncEngine:
    # Without transactions a read costs one trip to the database, not three.
    engine = _engine(
        address,
        pool_size=READERS,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
    )
    if address.file is not None:
        sqlite.prepare_readers(engine)
    return engine


def _engine(address: Address, **options: Any) -> AsyncEngine:  # noqa: ANN401
    # At DEBUG SQLAlchemy logs the rows that it reads, prompts and tokens included.
    its_log = logging.getLogger(f"{_ENGINE_LOGGER}.{_NAME}")
    if its_log.isEnabledFor(logging.DEBUG):
        its_log.setLevel(logging.INFO)
    return create_async_engine(
        address.url,
        hide_parameters=True,
        logging_name=_NAME,
        max_overflow=0,
        connect_args=sqlite.CONNECT_ARGS if address.file is not None else {},
        **options,
    )


def _unopened(address: Address, error: Exception) -> StartupError:
    # The driver's own words: those of SQLAlchemy go on with statements and links.
    reason = getattr(error, "orig", None) or error
    return StartupError(f"The database {address.name} cannot be opened: {reason}.")


def _report_unheard(task: asyncio.Task[Any]) -> None:
    """Log the failure of a transaction whose caller has gone."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("a transaction failed after its caller had gone", exc_info=error)
