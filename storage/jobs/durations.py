"""What the latest tasks took, for a process that begins and remembers nothing."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.jobs.durations import TaskDuration, TaskKind
from storage.database.engine import Database
from storage.tables.jobs import PRICED, jobs

_LATEST: Any = (
    select(
        jobs.c.model,
        jobs.c.duration_s,
        jobs.c.quality,
        jobs.c.accepted_at,
        jobs.c.done_at,
        jobs.c.estimated_time_s,
        jobs.c.polls,
    )
    # Whatever EvoLink took has a price, and that index knows the latest of them.
    .where(PRICED)
    .order_by(jobs.c.requested_at.desc())
    .limit(bindparam("at_most"))
)


class SqlTaskDurations:
    """What earlier tasks took."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(self, at_most: int) -> Sequence[TaskDuration]:
        """Return what tasks took, among the latest so many requests; oldest first."""

        def work(connection: Connection) -> Sequence[TaskDuration]:
            rows = connection.execute(_LATEST, {"at_most": at_most}).all()
            made = [row for row in rows if row.accepted_at and row.done_at]
            return [
                TaskDuration(
                    kind=TaskKind(
                        model=row.model,
                        duration_s=row.duration_s,
                        quality=row.quality,
                    ),
                    seconds=(row.done_at - row.accepted_at).total_seconds(),
                    promised_s=row.estimated_time_s,
                    polls=row.polls,
                )
                for row in sorted(made, key=lambda row: row.done_at)
            ]

        return await self._database.read(work)
