"""The handbook's section on backups of a server's database, followed word for word."""

import asyncio

import pytest
from sqlalchemy import Connection, text

from bot.demo.stage import Stage
from bot.operations.backup_worker import NO_COPIES
from storage.database.engine import Database
from storage.tables.processes import DEAD_AFTER_S
from tests.e2e.channel import PATIENCE_S, ask, posts
from tests.e2e.conftest import IMPATIENT, UNLIMITED, OpenStage, discord_config
from tests.e2e.handbook import blocks, run
from tests.storage.cluster import Cluster, programs
from tests.storage.conftest import cluster, run_on_server

__all__ = ["cluster"]

ONE_AT_ONCE = {"CLAPPER_EVOLINK__MAX_ACTIVE_TASKS": "1"}


async def on_server(open_world: OpenStage, cluster: Cluster) -> Stage:
    """Lay out a bot whose database is named as the handbook names it."""
    # A restore comes later than Discord remembers nonces.
    stage = await open_world(discord=discord_config(nonce_window_s=0.0), start=False)
    url = f"postgresql://clapper@127.0.0.1:{cluster.port}/clapper"
    stage.bot.settings |= {
        "CLAPPER_STORAGE__URL": url,
        "PGHOST": "127.0.0.1",
        "PGPORT": str(cluster.port),
        "PGUSER": "clapper",
        **ONE_AT_ONCE,
    }
    return stage


async def states(stage: Stage) -> list[str]:
    def read(connection: Connection) -> list[str]:
        asked = text("SELECT state FROM jobs ORDER BY requested_at")
        return [str(state) for state in connection.scalars(asked)]

    url = stage.bot.settings["CLAPPER_STORAGE__URL"]
    async with Database.open(url, may_write=None) as database:
        return await database.read(read)


async def reached(stage: Stage, wanted: list[str]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await states(stage) != wanted:  # noqa: ASYNC110 - another process's
            await asyncio.sleep(0.05)


@pytest.mark.lengthy
async def test_a_dump_that_was_taken_in_mid_work_is_restored_after_all_was_done(
    open_world: OpenStage, cluster: Cluster
) -> None:
    """Nothing that was done since is paid for or posted again."""
    dump, restore = blocks("PostgreSQL")
    folder = programs()
    stage = await on_server(open_world, cluster)
    await run(stage, restore[:1], folder)
    await stage.bot.start(**UNLIMITED, **IMPATIENT)
    await stage.discord.wait_ready(["video"], PATIENCE_S)
    await ask(stage, "the first")
    await posts(stage, 1)
    await ask(stage, "[[total:6]] the second")
    await reached(stage, ["delivered", "generating"])
    await ask(stage, "the third")
    await reached(stage, ["delivered", "generating", "queued"])

    await run(stage, dump, folder)
    await posts(stage, 3)
    await reached(stage, ["delivered"] * 3)
    await stage.bot.kill()
    await run_on_server(cluster.url, "DROP DATABASE clapper WITH (FORCE)")
    # Nobody restores sooner: until then those that were killed count as alive.
    await asyncio.sleep(DEAD_AFTER_S + 1)
    await run(stage, restore, folder)
    await reached(stage, ["delivered"] * 3)

    assert len(await posts(stage, 3)) == 3
    assert stage.evolink.paid_tasks == 3
    assert NO_COPIES in stage.bot.log()
    await stage.bot.stop()
    await run_on_server(cluster.url, "DROP DATABASE clapper WITH (FORCE)")
