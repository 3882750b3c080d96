"""A database whose third revision brought no prices has them after the upgrade."""

from collections.abc import Generator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, inspect

from storage.database import schema
from storage.database.engine import Database
from tests.selection import thorough
from tests.storage.conftest import beside

Columns = dict[str, set[str]]


@pytest.fixture(params=["sqlite", *thorough("postgresql")])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[tuple[str, str]]:
    """Name two databases without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.db'}", f"sqlite:///{tmp_path / 'new.db'}"
        return
    server = request.getfixturevalue("postgresql_url")
    with beside(server) as old, beside(server) as new:
        yield old, new


async def make_old(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do as a program of that time did."""

    def work(connection: Connection) -> None:
        config = schema._config(schema.MIGRATIONS)
        config.attributes["connection"] = connection
        command.upgrade(config, "v0003")

    with monkeypatch.context() as patched:
        patched.setattr("storage.migrations.prices_shown.add", lambda: None)
        async with Database.open(url, may_write=None) as database:
            await database.write(work)


async def columns(url: str) -> Columns:
    def read(connection: Connection) -> Columns:
        found = inspect(connection)
        return {
            table: {column["name"] for column in found.get_columns(table)}
            for table in found.get_table_names()
        }

    async with Database.open(url, may_write=None) as database:
        return await database.read(read)


async def test_both_third_revisions_become_the_same(
    urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = urls
    await make_old(old, monkeypatch)
    before = await columns(old)

    await schema.upgrade(old)
    await schema.upgrade(new)

    assert "shows_price" not in before["jobs"]
    assert "prices" not in before["guilds"]
    assert await columns(old) == await columns(new)
