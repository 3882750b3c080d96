"""Puts a copy of a SQLite file in the database's place. Blocks: call in a thread.

A crash at any point leaves the old database in place, or the new one: each change
before the last one leaves the old one whole, and the last one is a single rename. What
it leaves beside them the next start removes, or the next restore.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.errors import StartupError
from storage.copying.beside import (
    PART,
    beside,
    clear,
    into_one_file,
    set_aside,
)
from storage.copying.doubt import mark_in_doubt
from storage.database import schema, sqlite
from storage.database.address import Address
from storage.database.backups import sync
from storage.database.lock import file_held, holder


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore has done."""

    database: Path
    """The file that was put in place, from the root."""
    revision: str
    """Of what is in it now."""
    open_jobs: int
    """How many jobs had not ended when the copy was made."""
    kept: Path | None
    """What was there: the database, or only its log; None = neither."""


def restore(url: str, source: Path, now: datetime) -> Restored:
    """Put a copy in the place of the database at `storage.url`, and keep what is there.

    The copy itself stays as it is. What is open in it is marked as possibly done: see
    `storage.copying.doubt`. An older revision stays one: the next start upgrades it.

    Raises:
        AlreadyRunning: If a bot works on the database.
        StartupError: If the copy cannot be read, is damaged, or is of a revision that
            this program does not know; or the database is on a server, or cannot be
            replaced. Then everything is as it was.
    """
    database = Address.parse(url).file
    if database is None:
        msg = (
            "Only SQLite databases are restored; for PostgreSQL use pg_restore, or its"
            " own recovery to a point in time, and then `clapper db restored`."
        )
        raise StartupError(msg)
    _require_copy(source, database)
    with file_held(url):
        part = beside(database, PART)
        try:
            clear(database)
            _take(source, part)
            revision, open_jobs = _prepare(source, part, now)
            sync(part)
            kept = set_aside(database, now)
            part.replace(database)
            sync(database.parent)
        except (OSError, sqlite3.Error) as error:
            msg = f"The database {database} cannot be replaced: {error}."
            raise StartupError(msg) from error
        finally:
            clear(database)
    return Restored(
        database=database.absolute(), revision=revision, open_jobs=open_jobs, kept=kept
    )


def _require_copy(source: Path, database: Path) -> None:
    try:
        is_file = source.is_file()
    except OSError as error:  # such as a folder that we may not look into
        msg = f"The file {source} cannot be read: {error.strerror}."
        raise StartupError(msg) from error
    if not is_file:
        msg = f"There is no file {source}: name a copy of the database."
        raise StartupError(msg)
    try:
        with source.open("rb") as opened:
            opened.read(1)
    except OSError as error:
        msg = f"The file {source} cannot be read: {error.strerror}."
        raise StartupError(msg) from error
    if database.exists() and source.samefile(database):
        msg = f"The file {source} is the database itself: name a copy of it."
        raise StartupError(msg)
    running = holder(f"sqlite:///{source.absolute()}")
    if running is not None:
        msg = (
            f"A Clapper (process {running}) works on {source}: stop it first, or copy"
            " that database with `clapper db backup`."
        )
        raise StartupError(msg)


def _take(source: Path, part: Path) -> None:
    """Copy a file, and what SQLite has not yet written into it."""
    sqlite.create_file(part)
    shutil.copyfile(source, part)
    wal = beside(source, "-wal")
    if wal.exists():
        shutil.copyfile(wal, beside(part, "-wal"))


def _prepare(source: Path, part: Path, now: datetime) -> tuple[str, int]:
    """Check a copy, and mark it; return its revision and how many jobs are open."""
    with closing(sqlite3.connect(part, isolation_level=None)) as opened:
        with _named(source):
            found = sqlite.faults(opened)
        if found is not None:
            msg = f"The file {source} is damaged ({found}): use another copy."
            raise StartupError(msg)
        revision = sqlite.revision(opened)
        if revision is None:
            msg = f"The file {source} is no database of Clapper's: use another copy."
            raise StartupError(msg)
        schema.require_known(revision, _address(source))
        opened.execute("BEGIN IMMEDIATE")
        open_jobs = mark_in_doubt(opened.execute, now)
        opened.execute("COMMIT")
        into_one_file(opened)
    return revision, open_jobs


@contextmanager
def _named(source: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        msg = f"The file {source} cannot be read ({error}): use another copy."
        raise StartupError(msg) from error


def _address(file: Path) -> Address:
    return Address(url=Address.parse("sqlite:///x").url, file=file)
