"""For how long the oldest work of each kind has been due."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.jobs.due import Due
from storage.database.engine import Database
from storage.tables.jobs import jobs

# Each from the first entry of an index of its own.
_OLDEST = select(
    *(
        select(func.min(jobs.c[kind.value]))
        .where(jobs.c[kind.value].is_not(None))
        .scalar_subquery()
        .label(kind.name)
        for kind in Due
    )
)


class SqlOldestDue:
    """Reads it from a database that is lent to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waited_s(self, now: datetime) -> Mapping[Due, float]:
        """Return for how many seconds the oldest work of each kind has been due.

        0 where none is due.

        Raises:
            StorageError: If the database does not say.
        """

        def read(connection: Connection) -> Mapping[Due, float]:
            row = connection.execute(_OLDEST).one()
            return {
                kind: _waited_s(due_at, now)
                for kind, due_at in zip(Due, row, strict=True)
            }

        return await self._database.read(read)


def _waited_s(due_at: datetime | None, now: datetime) -> float:
    return 0.0 if due_at is None else max(0.0, (now - due_at).total_seconds())
