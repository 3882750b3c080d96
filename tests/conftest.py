"""What tests of any part build upon: a real database, and a clock that they move."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports import JobStore
from storage import schema
from storage.engine import Database
from storage.jobs import SqlJobStore
from tests.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Name a database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'data' / 'clapper.db'}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Open a fresh database with all its tables."""
    await schema.upgrade(database_url)
    async with Database.open(database_url) as opened:
        yield opened


@pytest.fixture
def store(database: Database) -> JobStore:
    return SqlJobStore(database)
