"""Copies of a SQLite file, made while it is in use. They block: call in a thread."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from threading import Event

from bot.errors import StartupError
from storage.database import sqlite

PART = ".part"
"""What follows a copy's name until it is whole."""
KEPT = 3
"""How many backups before migrations are kept."""


def copy_to_new_file(file: Path, to: Path) -> None:
    """Copy a database into a new file, for this user's eyes only.

    The copy holds every transaction that was complete when it began; it appears whole,
    and safe from a power cut, or not at all.

    Raises:
        StartupError: If there is such a file already, or it cannot be written.
    """
    if os.path.lexists(to):
        msg = f"The file {to} exists already: name another one for the backup."
        raise StartupError(msg)
    new_folders = list(_missing_folders(to))
    try:
        _copy(file, to, Event())
    except StartupError:
        with suppress(OSError):
            for folder in new_folders:
                folder.rmdir()
        raise


def copy_in_turn(file: Path, revision: str) -> None:
    """Copy a database to `<file>.backup-<revision>`, and drop the oldest such copies.

    A copy that an earlier try made of the same revision is replaced.

    Raises:
        StartupError: If it cannot be written.
    """
    name = f"{file.name}.backup-"
    _copy(file, file.with_name(name + revision), Event())
    copies = [one for one in file.parent.iterdir() if one.name.startswith(name)]
    copies.sort(key=lambda one: one.stat().st_mtime_ns, reverse=True)
    for old in copies[KEPT:]:
        old.unlink()


def copy_checked(file: Path, to: Path, stopping: Event) -> None:
    """Copy a database over an earlier copy of that name, once the new one is whole.

    Raises:
        StartupError: If it cannot be written, `stopping` is set meanwhile, or the copy
            is damaged, as the database then is.
    """
    _copy(file, to, stopping, check=True)


def _copy(file: Path, to: Path, stopping: Event, *, check: bool = False) -> None:
    unreadable = sqlite.unreadable(file)
    if unreadable is not None:
        msg = f"The database {file} cannot be read: {unreadable}."
        raise StartupError(msg)
    part = to.with_name(f"{to.name}{PART}")
    try:
        part.unlink(missing_ok=True)
        sqlite.create_file(part)
        sqlite.copy(file, part, stopping)
        if check:
            _require_whole(part, stopping)
        sync(part)
        part.replace(to)
        sync(to.parent)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):  # where we may not even look, we have left nothing
            part.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or error
        msg = f"The backup {to} of {file} cannot be made: {reason}."
        raise StartupError(msg) from error


def _missing_folders(file: Path) -> Iterator[Path]:
    """Yield the folders that would be made for a file, the innermost first."""
    for folder in file.parents:
        if os.path.lexists(folder):
            return
        yield folder


def _require_whole(copy: Path, stopping: Event) -> None:
    source = f"{copy.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(source, uri=True)) as opened:
        sqlite.end_with(opened, stopping)
        found = sqlite.faults(opened)
    if found is not None:
        msg = f"it is damaged ({found})"
        raise sqlite3.DatabaseError(msg)


def sync(path: Path) -> None:
    """Have a file, or a folder's entries, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
