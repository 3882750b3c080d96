"""The files beside a database that is being replaced: the one that is kept, and others.

They block: call in a thread.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import StartupError
from storage.database.address import Address
from storage.database.backups import sync

PART = ".restoring"
"""What follows the database's name in that of a copy that is not in place yet."""
_KEPT = ".before-restore-"
_KEPT_PART = ".restoring-kept"
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def tidy_up(url: str) -> None:
    """Remove what a restore that was killed has left beside the database.

    That is its unfinished copy, and a second name that the database was given to be
    kept by: whoever takes that for what was there would have what is there. The caller
    must hold the file: see `storage.database.lock`. Nothing is done for a server.

    Raises:
        StartupError: If it cannot be removed.
    """
    database = Address.parse(url).file
    if database is None:
        return
    try:
        clear(database)
    except OSError as error:
        msg = f"What a restore of {database} has left cannot be removed: {error}."
        raise StartupError(msg) from error


def clear(database: Path) -> None:
    """Do the same for a file.

    Raises:
        OSError: If it cannot be removed.
    """
    _remove(beside(database, PART))
    _remove(beside(database, _KEPT_PART))
    if not database.exists():
        return
    for other in list(database.parent.iterdir()):
        is_kept = other.name.startswith(f"{database.name}{_KEPT}")
        if is_kept and other.samefile(database):
            log, own_log = beside(other, "-wal"), beside(database, "-wal")
            if log.exists() and not own_log.exists():
                log.replace(own_log)
            other.unlink()


def set_aside(database: Path, now: datetime) -> Path | None:
    """Give the database a second name, and leave nothing that belongs to its file.

    SQLite would read a log that lies beside a file as the file's own. Returns the
    second name, or that of a log without a database; None = there was neither.
    """
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = _free(beside(database, f"{_KEPT}{stamp}"))
    if database.exists():
        _close_log(database)
        try:
            os.link(database, kept)
        except OSError:
            # Not every file system has links.
            copy = beside(database, _KEPT_PART)
            shutil.copy2(database, copy)
            sync(copy)
            copy.replace(kept)
    wal = beside(database, "-wal")
    if wal.exists():
        wal.replace(beside(kept, "-wal"))
    beside(database, "-shm").unlink(missing_ok=True)
    sync(database.parent)
    left = (kept, beside(kept, "-wal"))
    return next((one for one in left if one.exists()), None)


def _close_log(database: Path) -> None:
    """Have SQLite write its log into the file, unless that is damaged."""
    try:
        with closing(sqlite3.connect(database, isolation_level=None)) as opened:
            into_one_file(opened)
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code not in _DAMAGED:
            raise


def into_one_file(opened: sqlite3.Connection) -> None:
    """Have SQLite write its log into the file, and do without one.

    Raises:
        sqlite3.Error: If the file is damaged, or another program has it open.
    """
    opened.execute("PRAGMA synchronous = FULL")
    opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (mode,) = opened.execute("PRAGMA journal_mode = DELETE").fetchone()
    if mode != "delete":
        msg = "another program has it open"
        raise sqlite3.OperationalError(msg)


def _free(path: Path) -> Path:
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def _remove(part: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        beside(part, end).unlink(missing_ok=True)


def beside(file: Path, end: str) -> Path:
    """Return the file whose name has something more at its end."""
    return file.with_name(f"{file.name}{end}")
