"""What this installation has learned, and its tasks paid for twice.

Implements `bot.operations.ports.Installation`; each method is one transaction.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.operations.installation import Fact, SecondTask
from storage.database.engine import Database
from storage.tables.operations import facts, second_tasks

_FACTS = select(facts.c.fact)


class SqlInstallation:
    """Facts and second tasks, in a database that is lent to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def facts(self) -> frozenset[Fact]:
        def read(connection: Connection) -> frozenset[Fact]:
            return frozenset(connection.execute(_FACTS).scalars())

        return await self._database.read(read)

    async def learn(self, fact: Fact, at: datetime) -> bool:
        return await self._database.write(
            lambda connection: _add(connection, facts, {"fact": fact, "at": at})
        )

    async def second_task(self, second: SecondTask) -> bool:
        def work(connection: Connection) -> bool:
            fact = {"fact": Fact.KEY_IGNORED, "at": second.seen_at}
            _add(connection, facts, fact)
            row = {
                "task_id": second.task_id,
                "job_id": second.job_id,
                "credits": second.credits,
                "seen_at": second.seen_at,
            }
            return _add(connection, second_tasks, row)

        return await self._database.write(work)


def _add(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Add a row unless its key is there; return whether it was added."""
    insert = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    result = connection.execute(
        insert(table).on_conflict_do_nothing(index_elements=[*table.primary_key]), row
    )
    return result.rowcount == 1
