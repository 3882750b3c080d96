"""Processes that start at once on a new database, and beside those of another one."""

import asyncio
import secrets
from collections.abc import Generator

import pytest
from sqlalchemy import Connection, text

from bot.errors import AlreadyRunning, StartupError
from storage.database import schema
from storage.database.engine import Database
from tests.storage.conftest import run_on_server
from tests.storage.processes.conftest import member


@pytest.fixture
def database_url(postgresql_url: str) -> Generator[str]:
    """Name a new database without tables."""
    name = f"clapper_{secrets.token_hex(4)}"
    asyncio.run(run_on_server(postgresql_url, f"CREATE DATABASE {name}"))
    yield f"{postgresql_url.rpartition('/')[0]}/{name}"
    asyncio.run(run_on_server(postgresql_url, f"DROP DATABASE {name} WITH (FORCE)"))


async def turn_into(url: str, revision: str) -> None:
    def work(connection: Connection) -> None:
        change = text("UPDATE alembic_version SET version_num = :revision")
        connection.execute(change, {"revision": revision})

    async with Database.open(url, may_write=None) as database:
        await database.write(work)


async def test_one_of_two_that_start_at_once_makes_the_tables(
    database_url: str,
) -> None:
    made = await asyncio.gather(*(schema.upgrade(database_url) for _ in range(3)))

    assert sorted(made) == [False, False, True]
    async with member(database_url), member(database_url):
        assert await schema.current(database_url) == schema.newest()


async def test_tables_do_not_change_under_a_process_that_lives(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await schema.upgrade(database_url)
    monkeypatch.setattr(schema, "_require_known", lambda *_: None)
    async with member(database_url):
        await turn_into(database_url, "0008")

        with pytest.raises(AlreadyRunning, match=r"process \d+ on \S+\) works on"):
            await schema.upgrade(database_url)


async def test_a_process_of_an_older_program_is_refused_in_one_sentence(
    database_url: str,
) -> None:
    await schema.upgrade(database_url)
    await turn_into(database_url, "v9999")

    with pytest.raises(StartupError, match=r"was made by a newer Clapper"):
        await schema.upgrade(database_url)


async def test_nobody_joins_while_the_tables_change(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await schema.upgrade(database_url)
    await turn_into(database_url, "0008")
    monkeypatch.setattr(schema, "_require_known", lambda *_: None)
    locks: list[str] = []

    def change(connection: Connection, _: object) -> None:
        held = text(
            "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid()"
            " AND relation = CAST('processes' AS regclass)"
        )
        locks.extend(connection.scalars(held))

    monkeypatch.setattr(schema, "_apply", change)

    await schema.upgrade(database_url)

    assert "ShareLock" in locks
