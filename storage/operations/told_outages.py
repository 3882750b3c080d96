"""Which outage the operator was told of: `bot.operations.ports.ToldOutages`."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from storage.database.engine import Database
from storage.tables.column_types import Instant
from storage.tables.operations import told_outage

_ONLY = 1
_SINCE = select(told_outage.c.since)
# The two databases word this the same; SQLAlchemy has it in their dialects only.
_BEGIN: dict[str, Any] = {
    "sqlite": sqlite_insert(told_outage).on_conflict_do_nothing(),
    "postgresql": postgresql_insert(told_outage).on_conflict_do_nothing(),
}
_END = delete(told_outage).where(
    told_outage.c.since == bindparam("told_since", type_=Instant)
)


class SqlToldOutages:
    """The one outage there may be, in a database that is lent to it.

    Of two processes that both think they are to tell it, one is told so.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> datetime | None:
        return await self._database.read(lambda connection: connection.scalar(_SINCE))

    async def begin(self, since: datetime) -> bool:
        row = {"id": _ONLY, "since": since}
        return await self._database.write(
            lambda connection: (
                connection.execute(_BEGIN[connection.dialect.name], row).rowcount == 1
            )
        )

    async def end(self, since: datetime) -> bool:
        return await self._database.write(
            lambda connection: (
                connection.execute(_END, {"told_since": since}).rowcount == 1
            )
        )
