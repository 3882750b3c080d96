"""Marks a database that was restored by other means than ours, such as pg_restore."""

from datetime import datetime

from sqlalchemy import Connection, text

from bot.errors import AlreadyRunning, StartupError
from storage.copying.doubt import mark_in_doubt
from storage.database import schema
from storage.database.address import Address
from storage.database.engine import Database
from storage.database.lock import file_held


async def mark_recovered(url: str, now: datetime) -> int:
    """Mark what is open as possibly done since the copy; return how many jobs are.

    To do it twice, or without need, does no harm.

    Raises:
        AlreadyRunning: If a process works on the database.
        StartupError: If it cannot be opened, has no tables, or is of a revision that
            this program does not know.
        StorageError: If it cannot be written. Nothing is changed.
    """
    address = Address.parse(url)
    with file_held(url):
        revision = await schema.current(url)
        if revision is None:
            msg = f"The database {address.name} has no tables: restore a copy first."
            raise StartupError(msg)
        schema.require_known(revision, address)
        async with Database.open(url, may_write=None) as database:
            return await database.write(lambda connection: _mark(connection, now))


def _mark(connection: Connection, now: datetime) -> int:
    if connection.dialect.name == "postgresql":
        names = schema.living_until_commit(connection)
        if names:
            msg = (
                f"Another Clapper (process {', '.join(names)}) works on the database,"
                " or did less than half a minute ago: stop it, wait half a minute, and"
                " try again."
            )
            raise AlreadyRunning(msg)
    return mark_in_doubt(
        lambda statement, times: connection.execute(text(statement), times), now
    )
