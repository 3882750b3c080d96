"""Every statement of storage is explained, whether a test sends it or not."""

import importlib
import json
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import (
    BindParameter,
    Connection,
    Delete,
    Select,
    TextClause,
    Update,
    event,
)
from sqlalchemy.sql.selectable import CompoundSelect
from sqlalchemy.types import Numeric, String, TypeDecorator

import storage
from storage.database.engine import Database
from storage.privacy.everything import _Source
from storage.tables.column_types import Flag, Ids, Instant, JsonText, Word
from storage.tables.leases import Leases
from tests.factories import NOON
from tests.selection import thorough
from tests.storage.grown import (
    ALLOWED,
    ALLOWED_ON_SERVER,
    grown,
    grown_file,
    migrated,
    scans,
    server_scans,
)

__all__ = ["grown", "grown_file", "migrated"]

NOT_OURS = (
    "storage.migrations",  # once, before anybody asks for anything
    "storage.copying",  # copies everything
    "storage.quotas.checking",  # adds everything up, when the operator asks
    "storage.database",  # knows of no table that grows
    "storage.processes.statements",  # a row for each process
    "storage.processes.shard_statements",  # and one for each shard
)
ONLY_ON_SERVER = "storage.processes"
MEANT = {
    "storage.servers.job_locks._BY_ID": "never sent without the ids of some jobs",
}
FEWEST = 250
"""There are more: a walk that finds fewer has lost its way."""
_WORDS = ("SELECT", "UPDATE", "DELETE", "WITH")
_DIALECTS = frozenset({"sqlite", "postgresql"})
_VALUES: Mapping[type, Any] = {
    Instant: NOON,
    JsonText: {},
    Flag: True,
    Ids: frozenset({1}),
}


class _Caught(Exception):
    """Raised instead of sending a statement."""

    def __init__(self, sql: str, parameters: Any) -> None:
        super().__init__()
        self.sent = (sql, parameters)


def ready(dialect: str) -> Iterator[tuple[str, Any]]:
    """Yield every statement of a module, but for inserts, with where it stands."""
    for info in pkgutil.walk_packages(storage.__path__, "storage."):
        if not info.name.startswith(NOT_OURS):
            if dialect == "sqlite" and info.name.startswith(ONLY_ON_SERVER):
                continue
            module = importlib.import_module(info.name)
            for name, value in vars(module).items():
                yield from _found_in(value, f"{info.name}.{name}", dialect)


def _found_in(value: object, where: str, dialect: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Leases | _Source):
        value = vars(value)
    if _is_statement(value):
        yield where, value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if key == dialect or key not in _DIALECTS:
                yield from _found_in(one, f"{where}[{key}]", dialect)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _found_in(one, where, dialect)


def _is_statement(value: object) -> bool:
    if isinstance(value, TextClause):
        return value.text.lstrip("( \n").startswith(_WORDS)
    return isinstance(value, Select | CompoundSelect | Update | Delete)


def _value_for(parameter: BindParameter[Any]) -> object:
    kind = parameter.type
    if isinstance(kind, Word):
        members: Any = kind.members
        value: object = next(iter(members))
    elif isinstance(kind, TypeDecorator) and type(kind) in _VALUES:
        value = _VALUES[type(kind)]
    elif isinstance(kind, String):
        value = "x"
    else:
        value = 1.0 if isinstance(kind, Numeric) else 1
    return [value] if parameter.expanding else value


def _sent(connection: Connection, statement: Any) -> tuple[str, Any]:
    """Return a statement as the driver would get it, with values of the right types."""
    if isinstance(statement, Update) and not statement._values:
        # Its values are given with each use.
        table: Any = statement.table
        column = next(one for one in table.columns if one.nullable)
        statement = statement.values({column: None})
    binds: Iterable[BindParameter[Any]] = statement.compile(
        dialect=connection.dialect
    ).binds.values()
    values = {one.key: _value_for(one) for one in binds if one.required}

    def catch(*args: Any) -> None:
        _, _, sql, parameters, *_ = args
        raise _Caught(sql, parameters)

    event.listen(connection, "before_cursor_execute", catch)
    try:
        connection.execute(statement, values)
    except _Caught as caught:
        return caught.sent
    finally:
        event.remove(connection, "before_cursor_execute", catch)
    msg = "it was sent"
    raise AssertionError(msg)


def _scans(connection: Connection, sql: str, parameters: Any) -> set[str]:
    """Return what a statement reads from end to end, beyond what it may."""
    if connection.dialect.name == "sqlite":
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
        return scans([step.detail for step in steps]) - ALLOWED
    plan: Any = connection.exec_driver_sql(
        f"EXPLAIN (FORMAT JSON) {sql}", parameters
    ).scalar_one()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return server_scans(plan[0]["Plan"]) - ALLOWED_ON_SERVER


@pytest.mark.parametrize(
    "database_kind", ["sqlite", *thorough("postgresql")], indirect=True
)
async def test_no_statement_reads_a_growing_table_from_end_to_end(
    grown: Database, database_kind: str
) -> None:
    statements = {id(one): (where, one) for where, one in ready(database_kind)}
    assert len(statements) >= FEWEST

    def explain(connection: Connection) -> dict[str, set[str]]:
        if database_kind == "postgresql":
            connection.exec_driver_sql("ANALYZE")
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return {
            where: found
            for where, statement in statements.values()
            if (found := _scans(connection, *_sent(connection, statement)))
        }

    found = await grown.write(explain)

    assert {where: what for where, what in found.items() if where not in MEANT} == {}
