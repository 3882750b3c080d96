"""The handbook's section on backups of a file, followed word for word."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection

from bot.demo.stage import Stage
from storage.database import schema
from storage.database.engine import Database
from tests.e2e.channel import PATIENCE_S, ask, posts
from tests.e2e.conftest import IMPATIENT, UNLIMITED, OpenStage
from tests.e2e.handbook import blocks, run


def states(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as opened:
        rows = opened.execute("SELECT state FROM jobs ORDER BY requested_at")
        return [row[0] for row in rows]


def tables(file: Path) -> set[tuple[str, str]]:
    """Return everything that a database consists of, and its revision."""
    with closing(sqlite3.connect(file)) as opened:
        made = set(opened.execute("SELECT name, sql FROM sqlite_master"))
        (revision,) = opened.execute("SELECT version_num FROM alembic_version")
    return made | {("revision", revision[0])}


async def at_home(open_world: OpenStage) -> Stage:
    """Lay out a bot whose database is where the handbook says."""
    stage = await open_world(start=False)
    database = stage.folder / "data" / "clapper.db"
    stage.bot.settings["CLAPPER_STORAGE__URL"] = f"sqlite:///{database}"
    stage.bot.settings["CLAPPER_EVOLINK__MAX_ACTIVE_TASKS"] = "1"
    return stage


@pytest.mark.thorough
async def test_no_job_is_lost_that_was_in_the_copy(open_world: OpenStage) -> None:
    """Backup, loss of the database, restore, start."""
    (backup,) = blocks("A SQLite file")
    (restore,) = blocks("After the loss of the database")
    stage = await at_home(open_world)
    data = stage.folder / "data"
    await stage.bot.start(**UNLIMITED, **IMPATIENT)
    await stage.discord.wait_ready(["video"], PATIENCE_S)
    await ask(stage, "the first")
    await posts(stage, 1)
    await ask(stage, "[[total:20]] the second")
    await ask(stage, "the third")

    await run(stage, backup)
    in_copy = states(data / "backups" / "by-hand.db")
    await stage.bot.kill()
    (data / "clapper.db").unlink()
    await run(stage, restore)
    clips = await posts(stage, 3)
    await stage.discord.wait_until(
        lambda: states(data / "clapper.db") == ["delivered"] * 3, PATIENCE_S
    )

    assert len(in_copy) == 3
    assert in_copy[1:] != ["delivered", "delivered"]
    assert len(clips) == 3
    assert stage.evolink.paid_tasks == 3


@pytest.mark.thorough
async def test_the_way_back_after_an_upgrade_leads_to_the_first_revision(
    open_world: OpenStage,
) -> None:
    """The older program finds its tables as it left them."""
    upgrade, back = blocks("The way back after an upgrade")
    stage = await at_home(open_world)
    database = stage.folder / "data" / "clapper.db"
    await make_first_revision(database)
    before = await asyncio.to_thread(tables, database)

    await run(stage, upgrade)
    upgraded = await asyncio.to_thread(tables, database)
    await run(stage, back)
    after = await asyncio.to_thread(tables, database)

    assert ("revision", schema.newest()) in upgraded
    assert after == before
    await run(stage, upgrade)
    assert await asyncio.to_thread(tables, database) == upgraded


async def make_first_revision(database: Path) -> None:
    def work(connection: Connection) -> None:
        config = schema._config(schema.MIGRATIONS)
        config.attributes["connection"] = connection
        command.upgrade(config, "v0001")

    async with Database.open(f"sqlite:///{database}", may_write=None) as opened:
        await opened.write(work)
