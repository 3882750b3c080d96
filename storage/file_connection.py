"""SQLite connections, each on a thread of aiosqlite's, where whole works are run.

A trip to the thread and back costs more than most statements. So a work goes there once
with all its statements, and there SQLAlchemy's plain connection serves it: the
asynchronous one would switch to and fro between stacks for each of them.
"""

import sqlite3
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import Connection, Engine, Executable, ScalarResult
from sqlalchemy.engine import Dialect

from storage.work import DriverParameters, Parameters, Rows, Work

T = TypeVar("T")

_CHUNK = 64
"""What aiosqlite wants to know about iteration, which nobody asks it for."""


class FileConnection(aiosqlite.Connection):
    """An aiosqlite connection that an engine opened, with the engine's view of it."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(self._open_here, iter_chunk_size=_CHUNK)
        # A connection that nobody closed must not keep the process from ending.
        self._thread.daemon = True
        self._engine = engine
        self._plain: Connection | None = None

    async def run(self, work: Work[T]) -> T:
        """Run a work from its first statement to its last on one trip.

        It must wait for nothing but the connection. A caller who is cancelled does not
        stop it: `close` waits for its end.

        Raises:
            RuntimeError: If it waited for something else; it was ended there.
        """
        return await self._on_thread(lambda: _run(work(_OnThread(self.plain))))

    async def commit_work(self, work: Work[T]) -> T:
        """Run a work likewise, as a transaction: if it raises, nothing was done."""

        def transaction() -> T:
            with self.plain.begin():
                return _run(work(_OnThread(self.plain)))

        return await self._on_thread(transaction)

    async def close(self) -> None:
        """Close the connection, once the thread has done what it was asked for."""
        try:
            if self._plain is not None:
                await self._on_thread(self.plain.close)
        finally:
            await super().close()

    @property
    def plain(self) -> Connection:
        """SQLAlchemy's view of the connection, for use on the thread alone."""
        assert self._plain is not None
        return self._plain

    def _open_here(self) -> sqlite3.Connection:
        self._plain = self._engine.connect()
        opened = self._plain.connection.driver_connection
        assert isinstance(opened, sqlite3.Connection)
        return opened

    async def _on_thread(self, call: Callable[[], T]) -> T:
        # aiosqlite logs the call and its arguments. A function without any keeps
        # prompts and tokens out of the log at every level.
        result: T = await self._execute(call)  # type: ignore[no-untyped-call]
        return result


class _OnThread:
    """What a work sees of the plain connection: nothing that it could wait for."""

    def __init__(self, plain: Connection) -> None:
        self._plain = plain

    @property
    def dialect(self) -> Dialect:
        return self._plain.dialect

    async def execute(
        self, statement: Executable, parameters: Parameters = None, /
    ) -> Rows:
        return self._plain.execute(statement, parameters)

    async def scalar(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None, /
    ) -> Any:  # noqa: ANN401 - whatever the column holds
        return self._plain.scalar(statement, parameters)

    async def scalars(
        self, statement: Executable, parameters: Parameters = None, /
    ) -> ScalarResult[Any]:
        return self._plain.scalars(statement, parameters)

    async def exec_driver_sql(
        self, statement: str, parameters: DriverParameters = None, /
    ) -> Rows:
        return self._plain.exec_driver_sql(statement, parameters)

    async def run_sync(self, call: Callable[..., T], /, *arguments: object) -> T:
        return call(self._plain, *arguments)


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
