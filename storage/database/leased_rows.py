"""Renews and ends the leases of rows of one table: cards, messages, greetings, logs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select

from storage.database.engine import Database
from storage.database.notifying import notify
from storage.tables.leases import Leases

Held = tuple[int | str, int]
"""The key of a row, and the fence of the claim that holds it."""


async def next_due(
    database: Database, statement: Select[Any], now: datetime
) -> datetime | None:
    """Return when there is something to claim next, by `Leases.next_due`."""
    return await database.read(
        lambda connection: connection.scalar(statement, {"now": now})
    )


async def renew(
    database: Database, leases: Leases, held: Sequence[Held], until: datetime
) -> None:
    """Let the leases of those claims that are still held end at `until`."""

    def work(connection: Connection) -> None:
        for key, fence in sorted(held, key=str):
            connection.execute(
                leases.renewed,
                {"this_row": key, "this_fence": fence, "until": until},
            )

    await database.write(work)


async def let_go(database: Database, leases: Leases, held: Sequence[Held]) -> None:
    """End claims that are still held, and let other processes know."""

    def work(connection: Connection) -> None:
        for key, fence in sorted(held, key=str):
            connection.execute(leases.ended, {"this_row": key, "this_fence": fence})
        notify(connection, leases.table.name)

    await database.write(work)
