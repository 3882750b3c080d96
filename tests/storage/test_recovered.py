"""A database that other means have restored is marked as a restored copy is."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.errors import AlreadyRunning, StartupError
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from storage.copying.recovered import mark_recovered
from storage.database import schema
from storage.database.engine import Database
from storage.database.lock import file_held
from tests.factories import NOON, reach
from tests.selection import thorough
from tests.storage.conftest import beside
from tests.storage.processes.conftest import member
from tests.stores import job_store


@pytest.fixture(params=["sqlite", *thorough("postgresql")])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """Name a database without tables, on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'clapper.db'}"
        return
    with beside(request.getfixturevalue("postgresql_url")) as made:
        yield made


@asynccontextmanager
async def jobs_of(url: str) -> AsyncGenerator[JobStore]:
    async with Database.open(url, may_write=None) as database:
        yield job_store(database)


async def now(store: JobStore, job: Job) -> Job:
    found = await store.get(job.id)
    assert found is not None
    return found


async def test_what_is_open_may_have_been_done_and_what_has_ended_has_not(
    url: str,
) -> None:
    await schema.upgrade(url)
    async with jobs_of(url) as store:
        queued = await reach(store, JobState.QUEUED)
        paying = await reach(
            store,
            JobState.SUBMITTING,
            unsure_since=NOON,
            first_submit_at=NOON,
            submit_due_at=NOON,
        )
        made = await reach(store, JobState.DELIVERING, delivery_due_at=NOON)
        ended = await reach(store, JobState.DELIVERED)

    marked = await mark_recovered(url, NOON)

    async with jobs_of(url) as store:
        queued, paying, made, after = [
            await now(store, one) for one in (queued, paying, made, ended)
        ]
    assert marked == 3
    assert queued.unsure_since == paying.unsure_since == NOON
    assert made.post_intended_at == NOON
    assert after == ended


async def test_a_database_without_tables_is_refused(url: str) -> None:
    async with Database.open(url, may_write=None):
        """Only opening it makes an empty file."""

    with pytest.raises(StartupError, match="has no tables: restore a copy first"):
        await mark_recovered(url, NOON)


async def test_it_is_refused_while_a_bot_works_on_a_server(
    postgresql_url: str,
) -> None:
    with beside(postgresql_url) as url:
        await schema.upgrade(url)
        async with jobs_of(url) as store:
            queued = await reach(store, JobState.QUEUED)
        async with member(url):
            with pytest.raises(AlreadyRunning, match="wait half a minute"):
                await mark_recovered(url, NOON)

        async with jobs_of(url) as store:
            assert await store.get(queued.id) == queued


async def test_it_is_refused_while_a_bot_works_on_a_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'clapper.db'}"
    await schema.upgrade(url)

    with file_held(url), pytest.raises(AlreadyRunning):
        await mark_recovered(url, NOON)
