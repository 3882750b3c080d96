"""Which outage the operator was told of: `bot.operations.ports.ToldOutages`."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from storage.database.engine import Database
from storage.tables.operations import told_outage

_ONLY = 1


class SqlToldOutages:
    """The one outage there may be, in a database that is lent to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> datetime | None:
        return await self._database.read(
            lambda connection: connection.scalar(select(told_outage.c.since))
        )

    async def save(self, since: datetime | None) -> None:
        def work(connection: Connection) -> None:
            connection.execute(delete(told_outage))
            if since is not None:
                row = {"id": _ONLY, "since": since}
                connection.execute(insert(told_outage), row)

        await self._database.write(work)
