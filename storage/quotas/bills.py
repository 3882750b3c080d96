"""What EvoLink took for the latest clips of a model."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, select

from bot.quotas.estimates import Bill
from storage.database.engine import Database
from storage.tables.jobs import BILLED, jobs

# What was reserved for a task that failed tells the price as well.
_BILL = case(
    (jobs.c.credits_used > 0, jobs.c.credits_used), else_=jobs.c.credits_reserved
)


def _latest(of_quality: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            jobs.c.duration_s, jobs.c.sound, jobs.c.picture_kind, _BILL.label("credits")
        )
        .where(BILLED, jobs.c.model == bindparam("of_model"), of_quality)
        .order_by(jobs.c.requested_at.desc())
        .limit(bindparam("at_most"))
        .with_hint(jobs, "INDEXED BY ix_jobs_bills", "sqlite")
    )


_WITH_QUALITY = _latest(jobs.c.quality == bindparam("of_quality"))
_WITHOUT = _latest(jobs.c.quality.is_(None))


class SqlBills:
    """Implements `bot.quotas.estimates.BillStore` on a database that is lent to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(
        self, model: str, quality: str | None, at_most: int
    ) -> Sequence[Bill]:
        parameters: dict[str, object] = {"of_model": model, "at_most": at_most}
        if quality is not None:
            parameters["of_quality"] = quality
        statement = _WITHOUT if quality is None else _WITH_QUALITY

        def read(connection: Connection) -> Sequence[Bill]:
            return [
                Bill(
                    duration_s=row.duration_s,
                    sound=row.sound,
                    with_picture=row.picture_kind is not None,
                    credits=row.credits,
                )
                for row in connection.execute(statement, parameters).all()
            ]

        return await self._database.read(read)
