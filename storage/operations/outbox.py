"""The outbox for the operator's channel: kept until Discord has taken a message.

Implements `bot.operations.ports.Outbox`; each method is one transaction.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, Row, bindparam, delete, insert, select

from bot.errors import ClaimLost
from bot.operations.installation import OperatorMessage
from storage.database import leased_rows
from storage.database.engine import Database
from storage.tables.column_types import Instant
from storage.tables.leases import Leases
from storage.tables.operations import operator_messages as messages

_PUT = insert(messages)
MESSAGE_LEASES = Leases(messages, messages.c.id)
_DUE = (
    select(messages)
    .where(
        messages.c.due_at <= bindparam("now", type_=Instant),
        MESSAGE_LEASES.free,
    )
    .order_by(messages.c.id)
    .limit(bindparam("at_most"))
)
_NEXT_DUE = MESSAGE_LEASES.next_due()
_POSTPONE = MESSAGE_LEASES.ended.values(
    due_at=bindparam("new_due_at", type_=Instant),
    attempts=messages.c.attempts + 1,
)
_DROP = delete(messages).where(
    messages.c.id == bindparam("this_row"),
    messages.c.fence == bindparam("this_fence"),
)


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
        await self._database.write(
            lambda connection: connection.execute(_PUT, row).rowcount
        )

    async def due(self, now: datetime, limit: int) -> Sequence[OperatorMessage]:
        def read(connection: Connection) -> list[OperatorMessage]:
            rows = connection.execute(_DUE, {"now": now, "at_most": limit})
            return [_message_of(row) for row in rows]

        return await self._database.read(read)

    async def claim(
        self, message: OperatorMessage, now: datetime, until: datetime
    ) -> OperatorMessage | None:
        parameters = {"this_row": message.id, "now": now, "until": until}

        def write(connection: Connection) -> OperatorMessage | None:
            row = connection.execute(MESSAGE_LEASES.claim, parameters).one_or_none()
            return None if row is None else _message_of(row)

        return await self._database.write(write)

    async def postpone(self, message: OperatorMessage, due_at: datetime) -> None:
        await self._end(_POSTPONE, message, {"new_due_at": due_at})

    async def drop(self, message: OperatorMessage) -> None:
        await self._end(_DROP, message, {})

    async def next_due(self, now: datetime) -> datetime | None:
        return await leased_rows.next_due(self._database, _NEXT_DUE, now)

    async def renew(self, claims: Sequence[OperatorMessage], until: datetime) -> None:
        held = [(one.id, one.fence) for one in claims]
        await leased_rows.renew(self._database, MESSAGE_LEASES, held, until)

    async def let_go(self, claims: Sequence[OperatorMessage]) -> None:
        held = [(one.id, one.fence) for one in claims]
        await leased_rows.let_go(self._database, MESSAGE_LEASES, held)

    async def _end(
        self, statement: Executable, message: OperatorMessage, values: dict[str, Any]
    ) -> None:
        parameters = {**values, "this_row": message.id, "this_fence": message.fence}

        def write(connection: Connection) -> None:
            if connection.execute(statement, parameters).rowcount != 1:
                msg = f"somebody else has claimed the operator's message {message.id}"
                raise ClaimLost(msg)

        await self._database.write(write)


def _message_of(row: Row[Any]) -> OperatorMessage:
    return OperatorMessage(
        id=row.id,
        event=row.event,
        values=json.loads(row.details),
        told_at=row.told_at,
        attempts=row.attempts,
        fence=row.fence,
    )
