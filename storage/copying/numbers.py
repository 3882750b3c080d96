"""Numbers that a database gives to new rows: it must go on where the other one was.

Those of the audit and of the operator's messages are given once and for all, also where
the newest rows are erased.
"""

from sqlalchemy import Connection, Integer, Table, func, select, text

_SEQUENCE = text("SELECT pg_get_serial_sequence(:name, 'id')")
_ADVANCE = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
_DECLARED = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
_KEPT = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
_FORGET = text("DELETE FROM sqlite_sequence WHERE name = :name")
_KEEP = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)")


def last_number(connection: Connection, table: Table) -> int:
    """Return the last number that a table gave to a row; 0 = none, or it gives none."""
    if not _is_numbered(table):
        return 0
    named = {"name": table.name}
    greatest = connection.scalar(select(func.max(table.c.id))) or 0
    if connection.dialect.name == "sqlite":
        kept = connection.scalar(_KEPT, named) or 0
        return max(greatest, kept)
    sequence = connection.scalar(_SEQUENCE, named)
    if sequence is None:
        return int(greatest)
    given = text(f"SELECT last_value FROM {sequence} WHERE is_called")  # noqa: S608 - our own name
    return max(greatest, connection.scalar(given) or 0)


def go_on_after(connection: Connection, table: Table, last: int) -> None:
    """Let the next row of a table have a number after that one."""
    if not last or not _is_numbered(table):
        return
    named = {"name": table.name}
    if connection.dialect.name != "sqlite":
        if connection.scalar(_SEQUENCE, named) is not None:
            connection.execute(_ADVANCE, named | {"last": last})
    # Without the word SQLite looks at the rows alone.
    elif "AUTOINCREMENT" in connection.scalars(_DECLARED, named).one():
        connection.execute(_FORGET, named)
        connection.execute(_KEEP, named | {"last": last})


def _is_numbered(table: Table) -> bool:
    keys = list(table.primary_key)
    return len(keys) == 1 and keys[0].name == "id" and isinstance(keys[0].type, Integer)
