"""Copies of a database in use."""

import asyncio
import stat
from pathlib import Path

import pytest

from bot.errors import StartupError
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from storage.database import schema
from storage.database.engine import Database
from tests.factories import make_job, reach
from tests.storage.conftest import entries
from tests.stores import job_store


async def test_a_copy_holds_what_was_there(
    store: JobStore, database_url: str, tmp_path: Path
) -> None:
    """Made while the original is open, and readable by its owner alone."""
    job = await reach(store, JobState.DELIVERED)
    copy = tmp_path / "away" / "copy.db"

    await schema.backup(database_url, copy)

    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert entries(copy.parent) == ["copy.db"]
    async with Database.open(f"sqlite:///{copy}", may_write=None) as opened:
        assert await job_store(opened).get(job.id) == job
    assert await schema.current(f"sqlite:///{copy}") == schema.newest()


async def test_a_copy_made_amid_writing_is_whole(
    store: JobStore, database_url: str, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    jobs = [make_job() for _ in range(200)]
    writing = asyncio.gather(*(store.receive(job) for job in jobs))

    await schema.backup(database_url, copy)
    await writing

    async with Database.open(f"sqlite:///{copy}", may_write=None) as opened:
        copied = await job_store(opened).counts()
    assert copied.get(JobState.RECEIVED, 0) <= 200
    assert await store.counts() == {JobState.RECEIVED: 200}


async def test_an_existing_file_is_never_overwritten(
    store: JobStore, database_url: str, tmp_path: Path
) -> None:
    assert await store.counts() == {}
    copy = tmp_path / "copy.db"
    copy.write_text("precious")

    with pytest.raises(StartupError, match=r"copy.db exists already"):
        await schema.backup(database_url, copy)

    assert copy.read_text() == "precious"


async def test_what_does_not_exist_is_not_copied(
    database_url: str, tmp_path: Path
) -> None:
    """Nor is it made by trying."""
    copy = tmp_path / "copy.db"

    with pytest.raises(StartupError, match="unable to open database file"):
        await schema.backup(database_url, copy)

    assert entries(tmp_path) == []


async def test_what_cannot_be_written_is_one_sentence(
    store: JobStore, database_url: str, tmp_path: Path
) -> None:
    """Also where not even looking is possible: for root, a name that is too long."""
    assert await store.counts() == {}
    copy = tmp_path / ("long" * 100)

    with pytest.raises(StartupError, match=r"cannot be made: File name too long\.$"):
        await schema.backup(database_url, copy)


async def test_a_copy_that_fails_leaves_no_new_folder(
    store: JobStore, database_url: str, tmp_path: Path
) -> None:
    assert await store.counts() == {}
    before = entries(tmp_path)
    copy = tmp_path / "new" / "newer" / ("long" * 100)

    with pytest.raises(StartupError, match="File name too long"):
        await schema.backup(database_url, copy)

    assert entries(tmp_path) == before


async def test_a_source_that_cannot_be_read_is_called_at_fault(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "data" / "clapper.db"
    file.parent.mkdir()
    file.write_bytes(b"this is no database, and long enough to be sure of it" * 100)

    with pytest.raises(StartupError) as caught:
        await schema.backup(database_url, tmp_path / "new" / "copy.db")

    assert str(caught.value) == (
        f"The database {file} cannot be read: file is not a database."
    )
    assert entries(tmp_path) == [file.parent.name]


async def test_a_server_has_better_means(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="use pg_dump"):
        await schema.backup("postgresql://host/clapper", tmp_path / "copy.db")
