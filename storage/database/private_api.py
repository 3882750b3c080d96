"""All uses of private or undocumented API of libraries by storage.

For each there is a test in tests/storage/database/test_private_api.py that fails when
the library changes.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import TypeVar

import aiosqlite
from sqlalchemy import Engine, FromClause
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

T = TypeVar("T")

_CHUNK = 64
"""aiosqlite's iteration size. Required, but not used here."""


def connection_with_thread(
    connector: Callable[[], sqlite3.Connection],
) -> aiosqlite.Connection:
    """Return a connection of aiosqlite whose thread is a daemon: it delays no exit.

    It is opened on its thread by `connector`, once it is awaited.
    """
    connection = aiosqlite.Connection(connector, iter_chunk_size=_CHUNK)
    connection._thread.daemon = True  # noqa: SLF001
    return connection


async def end_of_thread(connection: aiosqlite.Connection) -> None:
    """Wait for the thread of a connection that could not be opened.

    It tells the event loop of its end, and fails with a traceback if that is closed.
    """
    await asyncio.to_thread(connection._thread.join)  # noqa: SLF001


async def run_on_thread(connection: aiosqlite.Connection, call: Callable[[], T]) -> T:
    """Run a function on the thread of a connection of aiosqlite, after earlier ones.

    A caller who is cancelled does not stop it.
    """
    # aiosqlite logs the call and its arguments. A function without any keeps prompts
    # and tokens out of the log at every level.
    result: T = await connection._execute(call)  # type: ignore[no-untyped-call]  # noqa: SLF001
    return result


class _Compiler(SQLiteCompiler):
    """SQLAlchemy's own, which leaves hints out."""

    def get_from_hint_text(
        self,
        table: FromClause,  # noqa: ARG002 - the signature is SQLAlchemy's
        text: str | None,
    ) -> str | None:
        """Render `INDEXED BY` after the table it is about."""
        return text


def render_hints(engine: Engine) -> None:
    """Make an engine for SQLite render the hints of `Select.with_hint`."""
    engine.dialect.statement_compiler = _Compiler
