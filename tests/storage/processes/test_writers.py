"""A transaction that waits for another process keeps no other one waiting."""

import asyncio

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.database.address import Address
from storage.database.connections import ServerSource
from storage.database.engine import Database
from storage.servers.guilds import hold
from tests.factories import make_job
from tests.storage.processes.conftest import PATIENCE_S

GUILD = make_job().guild_id
FREE_SOON = text("SELECT pg_sleep(0.5)")


async def test_no_work_waits_behind_one_that_is_stuck(
    database: Database, migrated: str
) -> None:
    """Where all writers are busy, the first that becomes free runs it."""
    await database.write(lambda connection: hold(connection, GUILD))
    other = create_async_engine(Address.parse(migrated).url)
    async with other.begin() as held:
        await held.run_sync(hold, GUILD)
        stuck = asyncio.create_task(
            database.write(lambda connection: hold(connection, GUILD))
        )
        busy = [
            asyncio.create_task(database.write(_sleep))
            for _ in range(ServerSource.writers - 1)
        ]
        await asyncio.sleep(0)

        async with asyncio.timeout(PATIENCE_S):
            done = await asyncio.gather(
                *(database.write(_nothing) for _ in range(ServerSource.writers * 2))
            )

        assert len(done) == ServerSource.writers * 2
        assert not stuck.done()
    await asyncio.gather(stuck, *busy)
    await other.dispose()


def _sleep(connection: Connection) -> None:
    connection.execute(FREE_SOON)


def _nothing(connection: Connection) -> None:
    connection.execute(text("SELECT 1"))
