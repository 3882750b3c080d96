"""The statements that are sent to a database, and how SQLite would carry them out."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from storage.database.engine import Database

Statements = list[tuple[str, tuple[Any, ...]]]


@contextmanager
def collecting(database: Database) -> Generator[Statements]:
    """Collect the statements that are sent until the end of the block."""
    statements: Statements = []

    def collect(*args: Any) -> None:
        _, _, sql, parameters, *_ = args
        if not sql.startswith(("BEGIN", "EXPLAIN")):
            # One row stands for all that a statement is executed with: SQLite explains
            # none of them otherwise, and from Python 3.13 on that is an error.
            one = parameters[0] if isinstance(parameters, list) else parameters
            statements.append((sql, one))

    engines = (database._reading.engine, database._writing.engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", collect)
    yield statements
    for engine in engines:
        event.remove(engine, "before_cursor_execute", collect)


async def plan(database: Database, asked: Statements) -> list[str]:
    """Return what SQLite would read for the collected statements, in its words."""
    steps: list[str] = []

    def explain(connection: Connection) -> None:
        for sql, parameters in tuple(asked):
            found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
            steps.extend(
                row.detail for row in found if row.detail.startswith(("SCAN", "SEARCH"))
            )

    await database.read(explain)
    return steps


def uses(steps: list[str], *indexes: str) -> bool:
    """Return whether these indexes, and no whole table, are all that is read."""
    read = [step for step in steps if " jobs" in step or " ledger" in step]
    return all(any(name in step for name in indexes) for step in read) and all(
        any(name in step for step in steps) for name in indexes
    )
