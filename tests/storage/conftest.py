"""Looks past the store, at the rows themselves."""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.jobs.jobs import Job
from storage.database import engine, schema
from storage.database.address import Address
from storage.database.engine import Database
from storage.jobs.rows import row_of
from storage.tables.jobs import jobs
from tests.factories import AT_ONCE
from tests.selection import thorough
from tests.storage.cluster import Cluster, programs
from tests.storage.tables import every_table

Select = Callable[..., Awaitable[list[tuple[Any, ...]]]]
Put = Callable[..., Awaitable[None]]


def entries(folder: Path) -> list[str]:
    """Return the names in a folder."""
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give writes time for 500 requests one after another.

    Else a slow machine answers some with "busy", and none of them is decided.
    """
    monkeypatch.setattr(engine, "PATIENCE_S", 60.0)


@pytest.fixture
def rows(database: Database) -> Select:
    """Return the rows of a query written out by hand."""

    async def fetch(sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        def work(connection: Connection) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.execute(text(sql), parameters)]

        return await database.read(work)

    return fetch


@pytest.fixture
def put(database: Database) -> Put:
    """Store jobs just as they are, without the steps that lead there."""

    async def store_rows(*wanted: Job) -> None:
        listed = [row_of(job) for job in wanted]
        await database.write(
            lambda connection: connection.execute(insert(jobs), listed)
        )

    return store_rows


@pytest.fixture(scope="session")
def cluster() -> Generator[Cluster]:
    """Run a PostgreSQL of our own."""
    found = programs()
    if found is None:
        pytest.skip("there is no PostgreSQL on this machine")
    made = Cluster(found)
    try:
        made.start()
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="session")
def postgresql_url(request: pytest.FixtureRequest) -> str:
    """Name a PostgreSQL database: the one of POSTGRESQL_URL, or one of our own."""
    given = os.environ.get("POSTGRESQL_URL")
    if given:
        return given
    own: Cluster = request.getfixturevalue("cluster")
    return own.url


ON_BOTH = frozenset(
    {
        "jobs",
        "moderation",
        "operations",
        "overview",
        "privacy",
        "quotas",
        "requests",
        "servers",
    }
)
"""The folders whose tests run on both databases. The others are about one of them."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of a feature once on each database, unless it is about SQLite."""
    about_sqlite = metafunc.definition.get_closest_marker("sqlite") is not None
    on_both = Path(metafunc.module.__file__).parent.name in ON_BOTH
    if on_both and not about_sqlite and "database_kind" in metafunc.fixturenames:
        kinds = ["sqlite", *thorough("postgresql")]
        metafunc.parametrize("database_kind", kinds, indirect=True)


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """Say which database the test works in."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def database_url(
    database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> str:
    """Name the test's database: on SQLite a file that does not exist yet.

    On PostgreSQL it has been used before, and all its tables are empty again.
    """
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'clapper.db'}"
    url = str(request.getfixturevalue("migrated_url"))
    _run_apart(url, _sql_to_empty_all_tables())
    return url


@pytest.fixture
def migrated(
    database_kind: str, database_url: str, request: pytest.FixtureRequest
) -> str:
    """Name the same database, with all its tables."""
    if database_kind == "sqlite":
        migrated_file: Path = request.getfixturevalue("migrated_file")
        file = Path(database_url.removeprefix("sqlite:///"))
        file.parent.mkdir(mode=0o700)
        shutil.copy(migrated_file, file)
    return database_url


@pytest.fixture
async def database(migrated: str) -> AsyncGenerator[Database]:
    """Open the test's database."""
    async with Database.open(
        migrated, commit_delay_s=AT_ONCE, may_write=None
    ) as opened:
        yield opened


@pytest.fixture(scope="session")
def migrated_url(postgresql_url: str) -> Generator[str]:
    """Make a database with all tables beside the one that `postgresql_url` names."""
    with beside(postgresql_url) as url:
        asyncio.run(schema.upgrade(url))
        yield url


@contextmanager
def beside(postgresql_url: str, options: str = "") -> Generator[str]:
    """Make a database without tables beside another one, and drop it at the end."""
    name = f"clapper_{secrets.token_hex(4)}"
    server = postgresql_url.rpartition("/")[0]
    _run_apart(postgresql_url, f"CREATE DATABASE {name} {options}")
    try:
        yield f"{server}/{name}"
    finally:
        _run_apart(postgresql_url, f"DROP DATABASE {name} WITH (FORCE)")


def _run_apart(url: str, statement: str) -> None:
    """Run a statement on a thread: the test may have an event loop already."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, run_on_server(url, statement)).result()


async def run_on_server(url: str, statement: str) -> None:
    """Run a statement in no transaction of ours."""
    address = Address.parse(url)
    engine = create_async_engine(address.url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


def _sql_to_empty_all_tables() -> str:
    """Return one statement that empties them all, without their triggers."""
    tables = every_table().tables
    steps = [f'DELETE FROM "{name}";' for name in tables]  # noqa: S608 - our own names
    steps += [
        f"PERFORM setval('{name}_id_seq', 1, false);"
        for name, table in tables.items()
        if table.autoincrement_column is not None
    ]
    return (
        "DO $$ BEGIN SET LOCAL session_replication_role = replica;"
        f" {' '.join(steps)} END $$"
    )
