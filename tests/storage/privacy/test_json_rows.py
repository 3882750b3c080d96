"""Whatever a row holds, it is JSON, and means what is stored."""

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select

from storage.database.engine import Database
from storage.privacy.json_rows import JsonRows, as_stored
from storage.tables.column_types import Flag
from tests.storage.every_column import put_every_column
from tests.storage.tables import every_table


@pytest.mark.parametrize("table", every_table().sorted_tables, ids=str)
async def test_each_row_becomes_an_object(database: Database, table: Table) -> None:
    """With every column filled, and with as few as may be."""
    await database.write(put_every_column)

    def read(connection: Connection) -> None:
        order = table.primary_key.columns
        stored = connection.execute(
            select(*map(as_stored, table.columns)).order_by(*order)
        )
        known = connection.execute(select(table).order_by(*order))
        lines = JsonRows(tuple(table.columns)).encode(stored.all())

        assert lines
        assert all(line.isascii() and "\n" not in line for line in lines)
        # As texts: to Python, 1 is equal to true.
        assert [json.dumps(json.loads(line)) for line in lines] == [
            json.dumps(_expected(table, row._asdict())) for row in known
        ]

    await database.read(read)


def test_no_rows_are_no_objects() -> None:
    assert JsonRows(tuple(every_table().sorted_tables[0].columns)).encode([]) == []


def _expected(table: Table, row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {column.name: _plain(row[column.name], column) for column in table.columns}


def _plain(value: object, column: Any) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case frozenset():
            return sorted(map(str, value))
        case bytes():
            return b64encode(value).decode()
        case int() if not isinstance(column.type, Flag) and abs(value) > 2**53:
            # Readers of JSON would round it.
            return str(value)
        case _:
            return value
