"""Nothing but `storage.database.sqlite` and the migrations' triggers is SQLite's alone.

Compiling is no proof that PostgreSQL would answer well, but it finds what it cannot be
told at all.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import ModuleType

import pytest
from sqlalchemy import ClauseElement, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from storage.jobs import lookups, queue, steps, transitions, work
from storage.privacy import pseudonyms, retention
from storage.quotas import ledger, made, resets, spend_warnings, spending
from storage.requests import admission
from tests.storage.tables import every_table

MODULES = (
    work,
    transitions,
    ledger,
    made,
    pseudonyms,
    queue,
    resets,
    retention,
    lookups,
    spend_warnings,
    spending,
    steps,
    admission,
)


def statements(module: ModuleType) -> Iterator[ClauseElement]:
    for name, value in vars(module).items():
        if name.startswith("_") and isinstance(value, ClauseElement):
            yield value
        elif name.startswith("_") and isinstance(value, Mapping):
            yield from (one for one in value.values() if isinstance(one, ClauseElement))


def written_for_postgresql(statement: ClauseElement) -> str:
    dialect: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return str(statement.compile(dialect=dialect))


@pytest.mark.parametrize("module", MODULES)
def test_every_statement_can_be_said_to_postgresql(module: ModuleType) -> None:
    """Except that each database has an insert of its own for `receive`."""
    found = list(statements(module))
    assert found

    for statement in found:
        if "sqlite" not in type(statement).__module__:
            assert "INDEXED BY" not in written_for_postgresql(statement)


@pytest.mark.parametrize("table", every_table().sorted_tables)
def test_every_table_can_be_made_in_postgresql(table: Table) -> None:
    """With whole numbers and times of 64 bits, and the same partial indexes."""
    made = written_for_postgresql(CreateTable(table))
    indexes = [written_for_postgresql(CreateIndex(index)) for index in table.indexes]

    wide = [column for column in table.c if column.type.python_type in (int, datetime)]
    for column in wide:
        if column.name.endswith(("_id", "_at")):
            assert re.search(rf"\b{column.name} (BIGINT|BIGSERIAL)\b", made)
    assert "STRICT" not in made
    partial = [index for index in table.indexes if index.dialect_kwargs]
    assert sum(" WHERE " in sql for sql in indexes) == len(partial)
