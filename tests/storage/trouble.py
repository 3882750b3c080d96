"""Ways in which a database gets into trouble, each a real one."""

import shutil
import sqlite3
import subprocess
from collections.abc import Generator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from bot.errors import StorageError
from storage.database.engine import Database

SMALL_DISK = ("unshare", "--mount", "--map-root-user", "--user", "sh", "-c")
"""Runs a shell that may mount a disk of its own, which goes with it."""


@contextmanager
def held(file: Path) -> Generator[sqlite3.Connection]:
    """Hold the database as another program does that writes for a long time."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other
        if other.in_transaction:
            other.execute("ROLLBACK")


@contextmanager
def capped(database: Database) -> Generator[None]:
    """Let the file grow no further: SQLite says then what it says of a full disk."""

    def cap(dbapi: DBAPIConnection, _entry: object) -> None:
        cursor = dbapi.cursor()
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone() or (1,)
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        cursor.close()

    engine = database._writing.engine
    event.listen(engine, "connect", cap)
    try:
        yield
    finally:
        event.remove(engine, "connect", cap)


async def renew_writer(database: Database) -> None:
    """Make the writer reopen its connection, as it does after any failure."""

    def fail(_: Connection) -> None:
        raise LookupError

    try:
        await database.write(fail)
    except (LookupError, StorageError):
        return


@cache
def can_mount() -> bool:
    """Return whether this machine lets us make a small disk of our own."""
    if shutil.which("unshare") is None:
        return False
    script = "mount -t tmpfs -o size=64k none /mnt"
    return subprocess.run([*SMALL_DISK, script], check=False).returncode == 0
