"""The database that is filled: without triggers, and marked until it is complete.

Its triggers would write down once more what is copied along.
"""

from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Self

from sqlalchemy import Connection, MetaData, Table, insert, inspect, text

from bot.errors import StartupError
from storage import leases
from storage.copying.numbers import go_on_after
from storage.copying.rows import REVISIONS, SESSION, Page
from storage.database import schema
from storage.database.address import Address
from storage.database.connections import OpenConnection
from storage.database.engines import for_writing
from storage.database.server_locks import MIGRATING, lock_until_commit

_TRIGGERS = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
_ENCODING = text("SHOW server_encoding")


class Target:
    """A database with all tables, in which there is nothing yet."""

    def __init__(self, connection: OpenConnection, address: Address) -> None:
        self._connection = connection
        self._address = address
        self._tables: Mapping[str, Table] = {}
        self._triggers_on: Sequence[str] = ()

    @classmethod
    @asynccontextmanager
    async def open(cls, address: Address) -> AsyncGenerator[Self]:
        """Create all tables in a database that has none, and mark it as incomplete.

        Raises:
            StartupError: If it is not empty, or cannot hold every character.
        """
        source = for_writing(address, SESSION)
        try:
            connection = await source.open()
            try:
                target = cls(connection, address)
                await connection.commit_work(target._create)
                yield target
            finally:
                await connection.close()
        finally:
            await source.dispose()

    @property
    def takes_nul(self) -> bool:
        """Whether a text may hold the character U+0000: PostgreSQL's cannot."""
        return self._address.file is not None

    async def add(self, name: str, page: Page) -> None:
        """Add rows to a table, in one transaction."""
        table = self._tables[name]
        columns = table.columns.keys()
        rows = [dict(zip(columns, row, strict=True)) for row in page]
        await self._connection.commit_work(
            lambda connection: connection.execute(insert(table), rows)
        )

    async def complete(self, last_numbers: Mapping[str, int]) -> None:
        """Let triggers work again, and take the mark off.

        What the database gives numbers to goes on after the last ones. Claims are
        lost: nobody works here.
        """

        def work(connection: Connection) -> None:
            for name, last in last_numbers.items():
                go_on_after(connection, self._tables[name], last)
            for statement in self._triggers_on:
                connection.exec_driver_sql(statement)
            leases.clear(connection)
            schema.complete(connection)

        await self._connection.commit_work(work)

    def _create(self, connection: Connection) -> None:
        lock_until_commit(connection, MIGRATING)
        self._require_empty(connection)
        schema.create_incomplete(connection)
        tables = MetaData()
        tables.reflect(connection)
        self._tables = tables.tables
        self._triggers_on = list(_switch_triggers_off(connection, self._tables))

    def _require_empty(self, connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            encoding = connection.scalar(_ENCODING)
            if encoding != "UTF8":
                msg = (
                    f"The database {self._address.name} has the encoding {encoding}:"
                    " create it with ENCODING 'UTF8'."
                )
                raise StartupError(msg)
        found = inspect(connection).get_table_names()
        if not found:
            return
        if REVISIONS in found and schema.revision_in(connection) == schema.INCOMPLETE:
            schema.require_known(schema.INCOMPLETE, self._address)
        msg = (
            f"The database {self._address.name} is not empty: name one without tables"
            " to copy to."
        )
        raise StartupError(msg)


def _switch_triggers_off(
    connection: Connection, tables: Iterable[str]
) -> Iterator[str]:
    """Switch triggers off; yield the statements that switch them on again."""
    if connection.dialect.name == "sqlite":
        # There they can only be dropped.
        for name, sql in connection.execute(_TRIGGERS).all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
            yield sql
        return
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        yield f'ALTER TABLE "{table}" ENABLE TRIGGER USER'
