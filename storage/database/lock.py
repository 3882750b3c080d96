"""The lock that keeps a second process off the same database.

Two pollers on one database would submit, pay and post everything twice.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from bot.errors import AlreadyRunning, StartupError
from storage.database import sqlite
from storage.database.address import Address
from storage.database.server_lock import server_lock, taken_by


class ProcessLock(Protocol):
    """A database that is held for this process."""

    def require(self) -> None:
        """Return if it is certainly held.

        Raises:
            StorageBusy: If it is not: perhaps another process works on it by now.
        """
        ...

    async def watch(self) -> None:
        """Keep the lock held until cancelled.

        Raises:
            AlreadyRunning: If it was lost, and another process has it now.
        """
        ...


class FileLock:
    """The operating system's lock on a file: it cannot be lost."""

    def require(self) -> None:
        """Return at once."""

    async def watch(self) -> None:
        """Wait for nothing."""
        await asyncio.Event().wait()


@asynccontextmanager
async def only_process(url: str) -> AsyncGenerator[ProcessLock]:
    """Hold the database at `storage.url` for this process alone.

    A file has a lock of the operating system, on `<database>.lock`, which goes with the
    process however that ends; the file stays. A server has an advisory lock, which goes
    with a connection of its own. Both keep out other processes that ask for the lock,
    but not an operator's command that only reads.

    Raises:
        AlreadyRunning: If another process holds it.
        StartupError: If the URL is wrong, the file cannot be made, or the server does
            not answer.
    """
    address = Address.parse(url)
    if address.file is None:
        async with server_lock(address) as hold:
            yield hold
    else:
        with _file_lock(address.file):
            yield FileLock()


@contextmanager
def _file_lock(database: Path) -> Generator[None]:
    file = database.with_name(f"{database.name}.lock")
    try:
        sqlite.create_file(file)
        lock = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        msg = f"The lock {file} cannot be made: {error.strerror}."
        raise StartupError(msg) from error
    try:
        _take(lock, database)
        yield
    finally:
        os.close(lock)


def _take(lock: int, database: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(lock, 20, 0).decode(errors="replace").strip() or "unknown"
        raise AlreadyRunning(taken_by(holder, str(database))) from error
    # Only for that message: the lock itself is the system's. If the disk is full, start
    # without writing it.
    with suppress(OSError):
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
