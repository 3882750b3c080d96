"""The outbox for the operator's channel: kept until Discord has taken a message.

Implements `bot.operations.ports.Outbox`; each method is one transaction.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, bindparam, delete, insert, select, update

from bot.operations.installation import OperatorMessage
from storage.database.engine import Database
from storage.tables.column_types import Instant
from storage.tables.operations import operator_messages as messages

_PUT = insert(messages)
_DUE = (
    select(messages)
    .where(messages.c.due_at <= bindparam("now", type_=Instant))
    .order_by(messages.c.id)
    .limit(bindparam("at_most"))
)
_POSTPONE = (
    update(messages)
    .where(messages.c.id == bindparam("this_message"))
    .values(
        due_at=bindparam("new_due_at", type_=Instant),
        attempts=messages.c.attempts + 1,
    )
)
_DROP = delete(messages).where(messages.c.id == bindparam("this_message"))


class SqlOutbox:
    """The operator's messages, in a database that is lent to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, event: str, values: Mapping[str, str], at: datetime) -> None:
        row = {
            "event": event,
            "details": json.dumps(dict(values), sort_keys=True),
            "told_at": at,
            "due_at": at,
            "attempts": 0,
        }
        await self._run(_PUT, row)

    async def due(self, now: datetime, limit: int) -> Sequence[OperatorMessage]:
        def read(connection: Connection) -> list[OperatorMessage]:
            rows = connection.execute(_DUE, {"now": now, "at_most": limit})
            return [
                OperatorMessage(
                    id=row.id,
                    event=row.event,
                    values=json.loads(row.details),
                    told_at=row.told_at,
                    attempts=row.attempts,
                )
                for row in rows
            ]

        return await self._database.read(read)

    async def postpone(self, message_id: int, due_at: datetime) -> None:
        await self._run(_POSTPONE, {"this_message": message_id, "new_due_at": due_at})

    async def drop(self, message_id: int) -> None:
        await self._run(_DROP, {"this_message": message_id})

    async def _run(self, statement: Executable, parameters: dict[str, Any]) -> None:
        def work(connection: Connection) -> None:
            connection.execute(statement, parameters)

        await self._database.write(work)
