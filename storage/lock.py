"""The lock that keeps a second process off the same database.

Two pollers on one file would submit, pay and post everything twice.
"""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import AlreadyRunning, StartupError
from storage import sqlite
from storage.address import Address


@contextmanager
def only_process(url: str) -> Generator[None]:
    """Hold the database at `storage.url` for this process alone.

    The lock is the operating system's, on the file `<database>.lock`, and goes with
    the process however that ends; the file stays. It keeps out whoever asks for it
    too, not an operator's command that only looks. A database server is not locked.

    Raises:
        AlreadyRunning: If another process holds it.
        StartupError: If the URL is wrong or the file cannot be made.
    """
    address = Address.parse(url)
    if address.file is None:
        yield
        return
    file = address.file.with_name(f"{address.file.name}.lock")
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


def _take(lock: int, database: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(lock, 20, 0).decode(errors="replace").strip() or "unknown"
        msg = (
            f"Another Clapper (process {holder}) works on {database}:"
            " stop it first, or give this one a storage.url of its own."
        )
        raise AlreadyRunning(msg) from error
    # Only for that message: the lock itself is the system's.
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
