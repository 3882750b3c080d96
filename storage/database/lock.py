"""The lock that keeps a second process off the same database file.

Two pollers on one file would submit, pay and post everything twice. On a server any
number of processes share the work: see `storage.processes`.
"""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.errors import AlreadyRunning, StartupError
from storage.database import sqlite
from storage.database.address import Address


@contextmanager
def file_held(url: str) -> Generator[None]:
    """Hold the file at `storage.url` for this process alone; a server is not held.

    It is a lock of the operating system, on `<database>.lock`, which goes with the
    process however that ends; the file stays. It keeps out other processes that ask for
    it, but not an operator's command that only reads.

    Raises:
        AlreadyRunning: If another process holds it.
        StartupError: If the URL is wrong, or the file cannot be made.
    """
    address = Address.parse(url)
    if address.file is None:
        yield
        return
    file = _lock_of(address.file)
    try:
        sqlite.create_file(file)
        lock = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        msg = f"The lock {file} cannot be made: {error.strerror}."
        raise StartupError(msg) from error
    try:
        _take(lock, address.file)
        yield
    finally:
        os.close(lock)


def holder(url: str) -> str | None:
    """Return the id of the process that holds the file at `storage.url`; None = none.

    Nobody holds a server.
    """
    address = Address.parse(url)
    if address.file is None:
        return None
    try:
        lock = os.open(_lock_of(address.file), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _written(lock)
    finally:
        os.close(lock)
    return None


def _lock_of(database: Path) -> Path:
    return database.with_name(f"{database.name}.lock")


def _written(lock: int) -> str:
    return os.pread(lock, 20, 0).decode(errors="replace").strip() or "unknown"


def _take(lock: int, database: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        msg = (
            f"Another Clapper (process {_written(lock)}) works on {database}:"
            " stop it first, or give this one a storage.url of its own."
        )
        raise AlreadyRunning(msg) from error
    # Only for that message: the lock itself is the system's. If the disk is full, start
    # without writing it.
    with suppress(OSError):
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
