"""The stores as tests make them, and what they read past them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from bot.ids import GuildId, UserId
from bot.jobs.store import JobListener
from bot.quotas.estimates import Bill, Estimates
from bot.quotas.limits import Usage
from storage.database.engine import Database
from storage.jobs.store import SqlJobStore
from storage.quotas.store import SqlQuotaStore
from storage.requests.admission import SqlAdmissionStore
from storage.tables import operations as tables
from storage.tables.pictures import pictures


class NoBills:
    """An account that has paid for nothing yet."""

    async def latest(self, *_: object) -> Sequence[Bill]:
        return ()


FIRST_ESTIMATES = Estimates(NoBills())
"""What clips are expected to cost where none was billed."""

Used = Callable[[GuildId, UserId | None, datetime], Awaitable[Usage]]
"""Says what counts in the windows around a time, of a member or (None) of a server."""


def job_store(
    database: Database, *, listener: JobListener | None = None
) -> SqlJobStore:
    return SqlJobStore(database, listener=listener, watcher=None)


def admission_store(
    database: Database,
    *,
    listener: JobListener | None = None,
    with_spending: bool = False,
) -> SqlAdmissionStore:
    return SqlAdmissionStore(database, listener=listener, with_spending=with_spending)


async def second_tasks(database: Database) -> Sequence[Row[Any]]:
    """Return the rows of second tasks, paid for twice, in their order."""
    statement = select(tables.second_tasks).order_by(tables.second_tasks.c.seen_at)
    return await database.read(lambda connection: connection.execute(statement).all())


async def kept_pictures(database: Database) -> Sequence[Row[Any]]:
    """Return all rows of pictures."""
    statement = select(pictures)
    return await database.read(lambda connection: connection.execute(statement).all())


def used_in(database: Database) -> Used:
    quotas = SqlQuotaStore(database, with_spending=False)

    async def used(guild_id: GuildId, user_id: UserId | None, at: datetime) -> Usage:
        standing = await quotas.facts(guild_id, user_id or UserId(0), (), at)
        return standing.server if user_id is None else standing.member

    return used
