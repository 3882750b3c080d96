"""What is true of SQLite alone: its file, its pragmas, its BEGIN, its backups.

Every other module writes SQL that PostgreSQL understands too.
"""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from storage.database.private_api import render_hints

BUSY_TIMEOUT_S = 10.0
"""How long a copy, or a new connection, waits for another process."""
BEGIN_TIMEOUT_S = 0.25
"""How long one attempt to begin a transaction blocks the thread. Between attempts the
writer drops works that nobody waits for (see `storage.database.writer`)."""
READ_TIMEOUT_S = 1.5
"""How long a read waits. In WAL mode it waits only for a recovery or an exclusive lock,
and a member may be waiting for the answer."""

CONNECT_ARGS: Mapping[str, Any] = MappingProxyType({"isolation_level": None})
"""Transactions begin only with an explicit BEGIN (Python docs: sqlite3)."""


def _busy_timeout(seconds: float) -> str:
    return f"PRAGMA busy_timeout = {round(seconds * 1000)}"


_PRAGMAS = (
    _busy_timeout(BUSY_TIMEOUT_S),
    # Readers and the writer do not wait for each other.
    "PRAGMA journal_mode = WAL",
    # A commit survives a power cut: an intent is worth nothing otherwise. In WAL mode
    # anything less syncs at checkpoints only (SQLite docs: PRAGMA synchronous).
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # Prompts that were erased must not linger in free pages.
    "PRAGMA secure_delete = ON",
)
_STEPS = 1_000_000
"""Of SQLite's virtual machine, between two looks at whether to go on: about a tenth of
a second."""
_READ_ONLY = "PRAGMA query_only = ON"


def create_file(file: Path) -> None:
    """Make the database's folder and an empty file, for this user's eyes only.

    What exists already keeps its permissions: somebody may have chosen them.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, mode=0o600))


def prepare_writer(engine: Engine) -> None:
    """Make an engine's transactions lock the database at once, and be durable.

    A transaction that begins by reading and writes later could fail in the middle,
    because another one wrote in between; one that begins IMMEDIATE cannot.
    """
    _prepare(engine, (*_PRAGMAS, _busy_timeout(BEGIN_TIMEOUT_S)))
    event.listen(engine, "begin", _begin_immediate)


def prepare_readers(engine: Engine) -> None:
    """Make an engine's connections unable to write."""
    _prepare(engine, (*_PRAGMAS, _busy_timeout(READ_TIMEOUT_S), _READ_ONLY))


def copy(file: Path, to: Path, stopping: Event) -> None:
    """Write a database as it is now into an empty file, compacted.

    Others go on reading and writing meanwhile: this reads one snapshot, and never
    locks. The copy is complete on return, but not yet safe from a power cut: syncing it
    is the caller's (SQLite docs: VACUUM).

    Raises:
        sqlite3.Error: If there is no such database, no room for the copy, or `stopping`
            is set meanwhile.
    """
    # Do not create it, but open it writable: SQLite may have to recover it.
    source = f"{file.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(source, uri=True, timeout=BUSY_TIMEOUT_S)) as opened:
        end_with(opened, stopping)
        opened.execute("VACUUM INTO ?", (str(to),))


def unreadable(file: Path) -> str | None:
    """Return why a database cannot be read, in a few words; None = it can.

    Without a folder to write into SQLite reads none that is in WAL mode (SQLite docs:
    Write-Ahead Logging, "Read-Only Databases").
    """
    source = f"{file.absolute().as_uri()}?mode=rw"
    try:
        with closing(
            sqlite3.connect(source, uri=True, timeout=BUSY_TIMEOUT_S)
        ) as tried:
            tried.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        if error.sqlite_errorname.startswith("SQLITE_READONLY"):
            return f"SQLite has to write into {file.parent}, and this user may not"
        return str(error)
    return None


def end_with(opened: sqlite3.Connection, stopping: Event) -> None:
    """Break off what a connection does once `stopping` is set."""
    opened.set_progress_handler(stopping.is_set, _STEPS)


def faults(opened: sqlite3.Connection) -> str | None:
    """Return what is wrong with a database, in a few words; None = it is whole.

    Raises:
        sqlite3.DatabaseError: If it cannot be read at all.
    """
    (found,) = opened.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        return " ".join(str(found).split())
    row = opened.execute("PRAGMA foreign_key_check").fetchone()
    return None if row is None else f"a row of {row[0]} belongs to none of {row[2]}"


def revision(opened: sqlite3.Connection) -> str | None:
    """Return the revision of a database; None = it has no tables of ours."""
    table = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
    if opened.execute(table).fetchone() is None:
        return None
    row = opened.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _prepare(engine: Engine, statements: tuple[str, ...]) -> None:
    render_hints(engine)

    def set_up(dbapi: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = dbapi.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()

    event.listen(engine, "connect", set_up)


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
