"""Why intake is paused: `bot.operations.ports.Pauses`, a transaction for each call."""

from sqlalchemy import Connection, delete, insert, select

from bot.operations.ports import Pause
from storage.database.engine import Database
from storage.database.server_locks import PAUSING, lock_until_commit
from storage.tables.operations import intake_pause

_ONLY = 1


class SqlPauses:
    """The one pause there may be, in a database that is lent to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> Pause | None:
        def read(connection: Connection) -> Pause | None:
            rows = connection.execute(select(intake_pause))
            row = rows.one_or_none()
            if row is None:
                return None
            return Pause(
                fault=row.fault,
                reason=row.reason,
                since=row.since,
                refusals=row.refusals,
                told_at=row.told_at,
                probe_at=row.probe_at,
            )

        return await self._database.read(read)

    async def save(self, pause: Pause | None) -> None:
        def work(connection: Connection) -> None:
            lock_until_commit(connection, PAUSING)
            connection.execute(delete(intake_pause))
            if pause is not None:
                row = {
                    "id": _ONLY,
                    "fault": pause.fault,
                    "reason": pause.reason,
                    "since": pause.since,
                    "refusals": pause.refusals,
                    "told_at": pause.told_at,
                    "probe_at": pause.probe_at,
                }
                connection.execute(insert(intake_pause), row)

        await self._database.write(work)
