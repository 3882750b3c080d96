"""Rows that fill every column of every table, and rows that leave out what may be."""

from datetime import UTC, datetime
from enum import StrEnum
from itertools import count
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, insert

from bot.quotas.limits import Scope
from storage.tables.column_types import (
    Flag,
    Ids,
    Instant,
    JsonText,
    Number,
    Word,
)
from tests.storage.tables import every_table

ODD = (
    "\N{LATIN SMALL LETTER A WITH DIAERESIS}a\N{COMBINING DIAERESIS}"
    "\N{RIGHT-TO-LEFT MARK}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
    "\U0010ffff'\"\\ %s :x {0}\r\n\t\x7f\x01 "
)
_AT = datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC)
_VALUES: dict[type, Any] = {
    Instant: _AT,
    Flag: True,
    Ids: frozenset({1, 2**63 - 1}),
    LargeBinary: b"\xff\xd8\x00\n'",
    JsonText: {"before": [ODD, None, 1.5, 2**60]},
}
_MUST: dict[str, dict[str, Any]] = {
    "ledger": {"videos": 1, "own_videos": 1, "grants": 0},
    "limits": {"best_quality": 720, "scope": Scope.MEMBERS, "subject_id": 0},
    "intake_pause": {"id": 1},
    "told_outage": {"id": 1},
    "job_changes": {"jobs": -1},
}
"""What a table's checks want."""
_ONE_ROW = {
    "intake_pause",
    "told_outage",
    "limits",
    "facts",
    "job_counts",
    "day_counts",
    "day_prices",
}
"""Tables in which a second row of these values has no place."""
_numbers = count(2**62)


def put_every_column(connection: Connection) -> None:
    """Add two rows to each table: with all columns, and with as few as may be."""
    for table in every_table().sorted_tables:
        must = _MUST.get(table.name, {})
        connection.execute(insert(table), _full(table) | must)
        if table.name not in _ONE_ROW:
            full = _full(table) | must
            needed = {column.name for column in table.columns if not column.nullable}
            # Only a grant in the ledger is about no job.
            needed |= {"job_id", *must} & full.keys()
            connection.execute(insert(table), {name: full[name] for name in needed})


def _full(table: Table) -> dict[str, Any]:
    return {column.name: _value(column, next(_numbers)) for column in table.columns}


def _value(column: Column[Any], number: int) -> Any:
    if isinstance(column.type, Word):
        members: type[StrEnum] = column.type.members
        return next(iter(members))
    for kind, value in _VALUES.items():
        if isinstance(column.type, kind):
            return value
    if column.type is Number:
        return 0.1 + 0.2
    if isinstance(column.type, Text):
        return f"{ODD}{number}"
    small = not column.primary_key and not column.name.endswith("_id")
    return 7 if small else number
