"""Applies migrations, and reads a database's revision.

The revision is in the database (Alembic's version table) and changes in the same
transaction as the tables, so a migration that fails leaves nothing behind.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text

from bot.errors import AlreadyRunning, StartupError, StorageError
from storage.database import backups
from storage.database.address import Address
from storage.database.engine import Database
from storage.database.server_locks import MIGRATING, lock_until_commit
from storage.database.server_time import server_time
from storage.tables.processes import DEAD_AFTER_S, processes

MIGRATIONS = Path(__file__).parents[1] / "migrations"
INCOMPLETE = "incomplete"
"""The revision of a database that is being filled from another one: no program starts
on it, and none of an older release either."""
_SET_REVISION = text("UPDATE alembic_version SET version_num = :revision")
_BEFORE_FIRST_RELEASE = frozenset(f"{number:04}" for number in range(1, 9))
"""Revisions that were squashed into the first one, `v0001`."""

_NOBODY_JOINS = text(f"LOCK TABLE {processes.name} IN SHARE MODE")
_LIVING = select(processes.c.name).where(
    processes.c.seen_at > server_time(-DEAD_AFTER_S)
)


async def upgrade(url: str, *, migrations: Path = MIGRATIONS) -> bool:
    """Apply the migrations that the database at `storage.url` lacks, all or none.

    A SQLite file that has any tables of ours is copied to `<file>.backup-<revision>`
    first. The caller must hold a file for itself: see `storage.database.lock`. On a
    server one process at a time does this, and the others wait for it.
    Returns whether there was anything to do.

    Raises:
        AlreadyRunning: If processes of the database's revision live on the server.
        StartupError: If the database cannot be opened or written, or is of a revision
            that is not known: a newer one, or one from before the first release.
    """
    address = Address.parse(url)
    scripts = _scripts(migrations)
    async with Database.open(url, may_write=None) as database:
        revision = await database.read(revision_in)
        if revision == scripts.get_current_head():
            return False
        if revision is not None:
            _require_known(revision, scripts, address)
            if address.file is not None:
                # Better no migration than no way back.
                await asyncio.to_thread(backups.copy_in_turn, address.file, revision)
        try:
            return await database.write(
                lambda connection: _migrate(connection, address, migrations)
            )
        except StorageError as error:
            msg = f"The database {address.name} cannot be upgraded: {error}."
            raise StartupError(msg) from error


async def current(url: str) -> str | None:
    """Return the revision of the database at `storage.url`; None = it has no tables.

    Neither creates a file that does not exist nor writes into an empty one.

    Raises:
        StartupError: If the database cannot be opened.
    """
    address = Address.parse(url)
    if await asyncio.to_thread(address.has_nothing):
        return None
    async with Database.open(url, may_write=None) as database:
        return await database.read(revision_in)


async def backup(url: str, to: Path) -> None:
    """Copy the database at `storage.url` into the new file `to`; a bot may be running.

    Raises:
        StartupError: If it is no SQLite file, or the copy cannot be made.
    """
    address = Address.parse(url)
    if address.file is None:
        msg = "Only SQLite databases are copied; use pg_dump for PostgreSQL."
        raise StartupError(msg)
    await asyncio.to_thread(backups.copy_to_new_file, address.file, to)


def require_known(revision: str, address: Address) -> None:
    """Return if this program can work with a database of this revision, or upgrade it.

    Raises:
        StartupError: If it cannot, with what to do about it.
    """
    _require_known(revision, _scripts(MIGRATIONS), address)


async def require_newest(url: str) -> None:
    """Return if the database at `storage.url` has the tables that statements are for.

    Raises:
        StartupError: If it has not, or cannot be opened.
    """
    revision = await current(url)
    if revision == newest():
        return
    if revision is not None:
        require_known(revision, Address.parse(url))
    msg = (
        f"The database {Address.parse(url).name} has revision {revision or 'none'} and"
        f" this Clapper works with {newest()}: run `clapper db upgrade` first."
    )
    raise StartupError(msg)


def create_incomplete(connection: Connection) -> None:
    """Create all tables, and mark the database as incomplete."""
    _apply(connection, MIGRATIONS)
    connection.execute(_SET_REVISION, {"revision": INCOMPLETE})


def complete(connection: Connection) -> None:
    """Take that mark off again."""
    connection.execute(_SET_REVISION, {"revision": newest()})


def newest() -> str:
    """Return the revision that this program works with."""
    revision = _scripts(MIGRATIONS).get_current_head()
    assert revision is not None
    return revision


def _config(migrations: Path) -> Config:
    config = Config()
    # A per cent sign would begin an interpolation.
    location = str(migrations).replace("%", "%%")
    config.set_main_option("script_location", location)
    return config


def _scripts(migrations: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(migrations))


def revision_in(connection: Connection) -> str | None:
    """Return the revision of a database; None = it has no tables."""
    return MigrationContext.configure(connection).get_current_revision()


def _require_known(revision: str, scripts: ScriptDirectory, address: Address) -> None:
    if revision in {script.revision for script in scripts.walk_revisions()}:
        return
    if revision == INCOMPLETE:
        msg = (
            f"The database {address.name} is an incomplete copy: delete it, and run"
            " `clapper db copy` again, or go on with the database that was copied."
        )
    elif revision in _BEFORE_FIRST_RELEASE:
        msg = (
            f"The database {address.name} is from before the first release (revision"
            f" {revision}) and cannot be upgraded: keep it elsewhere, or choose another"
            " storage.url."
        )
    else:
        msg = (
            f"The database {address.name} was made by a newer Clapper (revision"
            f" {revision}): run that one, or restore the backup it made."
        )
    raise StartupError(msg)


def _migrate(connection: Connection, address: Address, migrations: Path) -> bool:
    """Apply what is lacking, once nobody else does; return whether there was any."""
    lock_until_commit(connection, MIGRATING)
    scripts = _scripts(migrations)
    revision = revision_in(connection)
    if revision == scripts.get_current_head():
        return False
    if revision is not None:
        _require_known(revision, scripts, address)
        _require_nobody(connection)
    _apply(connection, migrations)
    return True


def _apply(connection: Connection, migrations: Path) -> None:
    config = _config(migrations)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _require_nobody(connection: Connection) -> None:
    """Refuse to change tables that processes of an older program work with.

    A file is the caller's alone: see `storage.database.lock`.
    """
    if connection.dialect.name != "postgresql":
        return
    if not inspect(connection).has_table(processes.name):
        return
    names = living_until_commit(connection)
    if names:
        msg = (
            f"Another Clapper (process {', '.join(names)}) works on the database, with"
            " older tables: stop it first."
        )
        raise AlreadyRunning(msg)


def living_until_commit(connection: Connection) -> Sequence[str]:
    """Return the names of the processes on a server; until the commit nobody joins."""
    connection.execute(_NOBODY_JOINS)
    return living(connection)


def living(connection: Connection) -> Sequence[str]:
    """Return the names of the processes that live on a server."""
    return connection.scalars(_LIVING).all()
