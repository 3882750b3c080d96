"""Looks past the store, at the rows themselves."""

import os
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from bot.jobs.jobs import Job
from storage.database.engine import Database
from storage.jobs.rows import row_of
from storage.tables.jobs import jobs
from tests.storage.cluster import Cluster, programs

Select = Callable[..., Awaitable[list[tuple[Any, ...]]]]
Put = Callable[..., Awaitable[None]]


def entries(folder: Path) -> list[str]:
    """Return the names in a folder."""
    return sorted(path.name for path in folder.iterdir())


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
