"""All rows of a database as they were at one moment, some at a time.

They are read as they are stored, in the order of their keys, which is the same on every
database.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    MetaData,
    Result,
    String,
    Table,
    collate,
    func,
    select,
)

from bot.errors import AlreadyRunning
from storage.copying.numbers import last_number
from storage.database import schema
from storage.database.address import Address
from storage.database.connections import OpenConnection
from storage.database.engines import for_reading
from storage.tables.pictures import pictures
from storage.tables.processes import identify_slots, processes, shards

PAGE = 500
"""Rows that are in memory at once."""
FEW = 8
"""The same of pictures, of which each may have megabytes."""
SESSION = "clapper db copy"
"""What the server's administrator sees."""
REVISIONS = "alembic_version"
NOT_COPIED = frozenset({REVISIONS, processes.name, shards.name, identify_slots.name})
"""Tables about the database itself, and about who works on it."""
_BEGIN = {
    "sqlite": ("BEGIN",),
    "postgresql": (
        "BEGIN ISOLATION LEVEL REPEATABLE READ",
        "SET LOCAL lock_timeout = '5s'",
        # Until the end nobody can join. What is true then is seen from here on.
        f"LOCK TABLE {processes.name} IN SHARE MODE",
    ),
}

Row: TypeAlias = tuple[Any, ...]
Page: TypeAlias = Sequence[Row]


class Snapshot:
    """A database as it was when this was made, whatever others write meanwhile."""

    def __init__(self, connection: OpenConnection, tables: MetaData) -> None:
        self._connection = connection
        self.tables = {
            table.name: table
            for table in tables.sorted_tables
            if table.name not in NOT_COPIED
        }
        """As the database declares them: with the types that it has itself."""

    async def count(self, name: str) -> int:
        """Return how many rows a table has."""
        statement = select(func.count()).select_from(self.tables[name])
        return await self._connection.run(
            lambda connection: connection.execute(statement).scalar_one()
        )

    async def pages(self, name: str) -> AsyncGenerator[Page]:
        """Yield all rows of a table."""
        table = self.tables[name]
        page_size = FEW if name == pictures.name else PAGE
        streamed = {"stream_results": True, "max_row_buffer": page_size}

        def begin(connection: Connection) -> Result[Any]:
            ordered = select(table).order_by(*_order(connection, table))
            return connection.execute(ordered, execution_options=streamed)

        result = await self._connection.run(begin)
        while page := await self._connection.run(lambda _: result.fetchmany(page_size)):
            yield [tuple(row) for row in page]

    async def last_number(self, name: str) -> int:
        """Return the last number that a table gave to a row; 0 = it gave none."""
        table = self.tables[name]
        return await self._connection.run(
            lambda connection: last_number(connection, table)
        )


@asynccontextmanager
async def snapshot(address: Address) -> AsyncGenerator[Snapshot]:
    """Read a database in one transaction that is open until the end of the block.

    Raises:
        AlreadyRunning: If a process lives on the server.
    """
    source = for_reading(address, SESSION, connections=1)
    try:
        connection = await source.open()
        try:
            tables = await connection.run(lambda plain: _begin(plain, address))
            yield Snapshot(connection, tables)
        finally:
            await connection.close()
    finally:
        await source.dispose()


def _begin(connection: Connection, address: Address) -> MetaData:
    for statement in _BEGIN[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    if address.file is None:
        names = schema.living(connection)
        if names:
            msg = (
                f"Another Clapper (process {', '.join(names)}) works on {address.name}:"
                " stop it first."
            )
            raise AlreadyRunning(msg)
    tables = MetaData()
    tables.reflect(connection)
    return tables


def _order(connection: Connection, table: Table) -> Sequence[ColumnElement[Any]]:
    """Return a table's key; on a server texts are put in the order that SQLite has."""
    if connection.dialect.name == "sqlite":
        return list(table.primary_key)
    return [
        collate(key, "C") if isinstance(key.type, String) else key
        for key in table.primary_key
    ]
