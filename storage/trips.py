"""SQLite connections that make few trips to their thread.

aiosqlite makes four for each statement: for a cursor, to execute, to fetch, to close.
The trips, not SQLite, are what a small statement costs. SQLAlchemy fetches every result
whole before it looks at it, so that nothing is lost by doing all at once; and a work
that waits for nothing but its connection can be taken to the thread as a whole, with
all its statements.
"""

import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from typing import Any, Self, TypeVar

import aiosqlite

T = TypeVar("T")

_CHUNK = 64
"""What aiosqlite wants to know about iteration, which SQLAlchemy never asks for."""


class OneTripCursor:
    """What SQLAlchemy uses of a cursor, for one statement with its whole result."""

    def __init__(self, connection: "OneTripConnection") -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        """Return itself: there is nothing to ask the thread for yet."""
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        """Run one statement and keep all it returns."""
        await self._connection.on_thread(
            lambda connection: self._keep(connection.execute(sql, parameters))
        )
        return self

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Run one statement once for each set of parameters."""
        await self._connection.on_thread(
            lambda connection: self._keep(connection.executemany(sql, parameters))
        )
        return self

    async def fetchall(self) -> Sequence[Any]:
        """Return the rows of the statement."""
        return self._rows

    async def close(self) -> None:
        """Do nothing: the cursor was closed when its rows had been fetched."""

    def _keep(self, cursor: sqlite3.Cursor) -> None:
        self._rows = cursor.fetchall()
        self.description = cursor.description
        self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid
        cursor.close()


class OneTripConnection(aiosqlite.Connection):
    """An aiosqlite connection as far as SQLAlchemy's dialect uses one."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=_CHUNK)
        # A connection that nobody closed must not keep the process from ending.
        self._thread.daemon = True
        self._opening: str | None = None

    def begin_with_next(self, sql: str) -> None:
        """Send a BEGIN along with the next statement, instead of on a trip of its own.

        A transaction without statements never begins.
        """
        self._opening = sql

    async def whole(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine from its first statement to its last on one trip.

        It must wait for nothing but this connection. A caller who is cancelled does not
        stop it: `settled` tells when it has ended.

        Raises:
            RuntimeError: If it waited for something else; it was ended there.
        """
        result: T = await self._execute(lambda: _run(work()))
        return result

    async def settled(self) -> None:
        """Wait until the thread has done what it was asked for so far."""
        await self._execute(lambda: None)

    async def on_thread(self, call: Callable[[sqlite3.Connection], T]) -> T:
        """Call something with the real connection, on the thread that owns it."""
        opening, self._opening = self._opening, None

        # aiosqlite logs the call and its arguments. A function without any keeps
        # prompts and tokens out of the log at every level.
        def trip() -> T:
            if opening is not None:
                self._conn.execute(opening)
            return call(self._conn)

        result: T = await self._execute(trip)
        return result

    async def _execute(self, fn: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        # Whoever is on the thread already must not wait for it.
        if threading.get_ident() == self._thread.ident:
            return fn(*args, **kwargs)
        # aiosqlite leaves this method of its own untyped.
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]

    # aiosqlite gives what makes one when entered; SQLAlchemy only ever enters it.
    def cursor(self) -> OneTripCursor:  # type: ignore[override]
        """Return a cursor, without a trip."""
        return OneTripCursor(self)

    async def commit(self) -> None:
        """Commit, if anything was begun."""
        self._opening = None
        if self.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Roll back, if anything was begun."""
        # SQLAlchemy asks for this whenever a connection goes back to its pool.
        self._opening = None
        if self.in_transaction:
            await super().rollback()


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never has to wait."""
    try:
        work.send(None)
    except StopIteration as ended:
        result: T = ended.value
        return result
    work.close()
    msg = "a work waited for something else than its connection"
    raise RuntimeError(msg)


def connect(file: str, **options: Any) -> OneTripConnection:  # noqa: ANN401 - sqlite3's
    """Return a connection to be awaited, as `aiosqlite.connect` does.

    Transactions begin only where somebody says BEGIN.
    """
    return OneTripConnection(
        partial(sqlite3.connect, file, isolation_level=None, **options)
    )
