"""Which servers were greeted, and which are still to be.

Implements `bot.servers.greetings.GreetingStore`; each method is one transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from bot.ids import GuildId
from bot.servers.greetings import Greeting
from storage.database.engine import Database
from storage.tables.column_types import Instant
from storage.tables.servers import greetings

_KNOWN = select(greetings.c.guild_id)
_ADD = insert(greetings)
_DUE = (
    select(greetings)
    .where(greetings.c.due_at <= bindparam("now", type_=Instant))
    .order_by(greetings.c.due_at)
    .limit(bindparam("at_most"))
)
_NEXT = select(func.min(greetings.c.due_at)).where(greetings.c.due_at.is_not(None))
_THIS = greetings.c.guild_id == bindparam("of_guild")
_CHANGE = update(greetings).where(_THIS)


class SqlGreetings:
    """The memory of greetings, in a database that is lent to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note_served(
        self,
        served: Collection[GuildId],
        at: datetime,
        *,
        greet: bool,
    ) -> int:
        def work(connection: Connection) -> int:
            known = set(connection.scalars(_KNOWN).all())
            due_at = at if greet else None
            new = sorted(set(served) - known)
            for guild_id in new:
                row = {"guild_id": guild_id, "due_at": due_at, "attempts": 0}
                connection.execute(_ADD, row)
            return 0 if due_at is None else len(new)

        return await self._database.write(work)

    async def due(self, now: datetime, limit: int) -> Sequence[Greeting]:
        def read(connection: Connection) -> list[Greeting]:
            rows = connection.execute(_DUE, {"now": now, "at_most": limit})
            return [
                Greeting(
                    guild_id=row.guild_id,
                    intended_at=row.intended_at,
                    attempts=row.attempts,
                )
                for row in rows
            ]

        return await self._database.read(read)

    async def next_due(self) -> datetime | None:
        return await self._database.read(lambda connection: connection.scalar(_NEXT))

    async def intend(self, guild_id: GuildId, at: datetime) -> None:
        await self._change(guild_id, {"intended_at": at})

    async def postpone(self, greeting: Greeting, due_at: datetime) -> None:
        values = {"due_at": due_at, "attempts": greeting.attempts + 1}
        await self._change(greeting.guild_id, values)

    async def finish(self, guild_id: GuildId) -> None:
        await self._change(guild_id, {"due_at": None})

    async def _change(self, guild_id: GuildId, values: dict[str, Any]) -> None:
        statement = _CHANGE.values(**{name: bindparam(name) for name in values})
        await self._database.write(
            lambda connection: connection.execute(
                statement, {"of_guild": guild_id, **values}
            )
        )
