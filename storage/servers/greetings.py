"""Which servers were greeted, and which are still to be.

Implements `bot.servers.greetings.GreetingStore`; each method is one transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Update, bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.errors import ClaimLost
from bot.ids import GuildId
from bot.servers.greetings import Greeting
from storage.database import leased_rows
from storage.database.engine import Database
from storage.tables.column_types import Instant
from storage.tables.leases import Leases
from storage.tables.servers import greetings

_KNOWN = select(greetings.c.guild_id)
_NEW = [greetings.c.guild_id]
# The two databases word this the same; SQLAlchemy has it in their dialects only.
_ADD = {
    "sqlite": sqlite_insert(greetings).on_conflict_do_nothing(index_elements=_NEW),
    "postgresql": postgresql_insert(greetings).on_conflict_do_nothing(
        index_elements=_NEW
    ),
}
GREETING_LEASES = Leases(greetings, greetings.c.guild_id)
_IS_DUE = greetings.c.due_at <= bindparam("now", type_=Instant)
_DUE = (
    select(greetings)
    .where(_IS_DUE, GREETING_LEASES.free)
    .order_by(greetings.c.due_at)
    .limit(bindparam("at_most"))
)
_CLAIM = GREETING_LEASES.claim.where(_IS_DUE)
_NEXT_DUE = GREETING_LEASES.next_due()


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
            added = 0
            for guild_id in sorted(set(served) - known):
                row = {"guild_id": guild_id, "due_at": due_at, "attempts": 0}
                added += connection.execute(_ADD[connection.dialect.name], row).rowcount
            return 0 if due_at is None else added

        return await self._database.write(work)

    async def due(self, now: datetime, limit: int) -> Sequence[Greeting]:
        def read(connection: Connection) -> list[Greeting]:
            rows = connection.execute(_DUE, {"now": now, "at_most": limit})
            return [_greeting_of(row) for row in rows]

        return await self._database.read(read)

    async def next_due(self, now: datetime) -> datetime | None:
        return await leased_rows.next_due(self._database, _NEXT_DUE, now)

    async def claim(
        self, guild_id: GuildId, now: datetime, until: datetime
    ) -> Greeting | None:
        parameters = {"this_row": guild_id, "now": now, "until": until}

        def work(connection: Connection) -> Greeting | None:
            row = connection.execute(_CLAIM, parameters).one_or_none()
            return None if row is None else _greeting_of(row)

        return await self._database.write(work)

    async def intend(self, greeting: Greeting, at: datetime) -> None:
        await self._change(GREETING_LEASES.held, greeting, {"intended_at": at})

    async def postpone(self, greeting: Greeting, due_at: datetime) -> None:
        values = {"due_at": due_at, "attempts": greeting.attempts + 1}
        await self._change(GREETING_LEASES.ended, greeting, values)

    async def finish(self, greeting: Greeting) -> None:
        await self._change(GREETING_LEASES.ended, greeting, {"due_at": None})

    async def release(self, greeting: Greeting) -> None:
        await self._change(GREETING_LEASES.ended, greeting, {})

    async def renew(self, claims: Sequence[Greeting], until: datetime) -> None:
        held = [(one.guild_id, one.fence) for one in claims]
        await leased_rows.renew(self._database, GREETING_LEASES, held, until)

    async def let_go(self, claims: Sequence[Greeting]) -> None:
        held = [(one.guild_id, one.fence) for one in claims]
        await leased_rows.let_go(self._database, GREETING_LEASES, held)

    async def _change(
        self, statement: Update, greeting: Greeting, values: dict[str, Any]
    ) -> None:
        parameters = {
            **values,
            "this_row": greeting.guild_id,
            "this_fence": greeting.fence,
        }

        def work(connection: Connection) -> None:
            if connection.execute(statement, parameters).rowcount != 1:
                msg = f"somebody else has claimed the greeting of {greeting.guild_id}"
                raise ClaimLost(msg)

        await self._database.write(work)


def _greeting_of(row: Row[Any]) -> Greeting:
    return Greeting(
        guild_id=row.guild_id,
        intended_at=row.intended_at,
        attempts=row.attempts,
        fence=row.fence,
    )
