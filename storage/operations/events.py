"""What needed a person: `bot.operations.overview.ports.EventStore`."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from bot.operations.overview.values import OperatorEvent
from storage.database.engine import Database
from storage.tables.operations import operator_events

MOST_KEPT = 100
"""Events. The page shows half of them; the log has all."""

_ADD = insert(operator_events)
_NEWEST = select(func.max(operator_events.c.id)).scalar_subquery()
_FORGET = delete(operator_events).where(operator_events.c.id <= _NEWEST - MOST_KEPT)
_LATEST = (
    select(operator_events)
    .order_by(operator_events.c.id.desc())
    .limit(bindparam("at_most"))
)


class SqlEvents:
    """The latest events, in a database that is lent to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, events: Sequence[OperatorEvent]) -> None:
        rows = [
            {
                "event": one.event,
                "details": json.dumps(dict(one.values)),
                "told_at": one.told_at,
            }
            for one in events
        ]

        def write(connection: Connection) -> None:
            connection.execute(_ADD, rows)
            connection.execute(_FORGET)

        await self._database.write(write)


def latest_events(connection: Connection, at_most: int) -> Sequence[OperatorEvent]:
    """Return the latest events, the newest first."""
    return [
        OperatorEvent(
            event=row.event, values=json.loads(row.details), told_at=row.told_at
        )
        for row in connection.execute(_LATEST, {"at_most": at_most})
    ]
