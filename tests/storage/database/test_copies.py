"""Automatic copies: made in time, the oldest removed, and a failure told."""

import asyncio
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.backup_worker import TRY_AGAIN_S, BackupWorker
from storage.copying.restore import restore
from storage.database.address import Address
from storage.database.copies import THREAD, FileCopies
from tests.clock import FakeClock
from tests.factories import NOON, reach
from tests.pipeline.outside import RecordingOperator
from tests.storage.conftest import entries

DAY = timedelta(days=1)
NUMBERS = (
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers"
    " WHERE n < 3000000) SELECT n FROM numbers"
)
"""More than are copied in a second."""


class Parts:
    """A worker and what it was given."""

    def __init__(self, url: str, folder: Path) -> None:
        file = Address.parse(url).file
        assert file is not None
        self.clock = FakeClock()
        self.operator = RecordingOperator()
        self.made: list[datetime] = []
        self.worker = BackupWorker(
            FileCopies(file, folder, keep=2),
            self.operator,
            self.clock,
            every_h=24,
            made=self.made.append,
        )


async def test_a_copy_is_made_each_day_and_the_newest_are_kept(
    store: JobStore, database_url: str, tmp_path: Path
) -> None:
    """What else is in the folder stays."""
    await reach(store, JobState.QUEUED)
    folder = tmp_path / "backups"
    parts = Parts(database_url, folder)

    await parts.worker.run_once()
    first = entries(folder)
    await parts.worker.run_once()
    again = entries(folder)
    (folder / "mine.db").write_text("mine")
    for _ in range(3):
        parts.clock.advance(DAY.total_seconds())
        await parts.worker.run_once()

    assert len(first) == 1
    assert again == first
    assert len(entries(folder)) == 3
    assert "mine.db" in entries(folder)
    assert first[0] not in entries(folder)
    assert parts.operator.told == []
    assert parts.made[-1] == parts.clock.now().replace(microsecond=0)
    newest = folder / max(name for name in entries(folder) if name != "mine.db")
    assert stat.S_IMODE(newest.stat().st_mode) == 0o600
    done = restore(f"sqlite:///{tmp_path}/other.db", newest, parts.clock.now())
    assert done.open_jobs == 1


async def test_a_copy_that_cannot_be_made_is_told_and_tried_again(
    store: JobStore, database_url: str, tmp_path: Path
) -> None:
    """Once a day, however often it is tried."""
    assert await store.counts() == {}
    folder = tmp_path / "backups"
    folder.write_text("a file where the folder should be")
    parts = Parts(database_url, folder)

    waits = [await parts.worker.run_once() for _ in range(3)]
    failing = parts.worker.seen
    folder.unlink()
    await parts.worker.run_once()

    assert waits == [TRY_AGAIN_S] * 3
    assert parts.operator.events == ["backup-failed"]
    assert str(folder) in str(parts.operator.told[0][1]["reason"])
    assert failing.newest_at is None
    assert str(folder) in (failing.fault or "")
    assert parts.worker.seen.fault is None
    assert parts.worker.seen.newest_at == parts.made[-1]
    assert len(entries(folder)) == 1


def _begun(folder: Path) -> bool:
    return any(one.stat().st_size for one in folder.glob("*"))


@pytest.mark.thorough
async def test_a_copy_is_broken_off_when_the_program_ends(tmp_path: Path) -> None:
    """It would else be waited for."""
    file, folder = tmp_path / "clapper.db", tmp_path / "backups"
    with closing(sqlite3.connect(file)) as opened, opened:
        opened.execute("CREATE TABLE numbers (n)")
        opened.execute(f"INSERT INTO numbers {NUMBERS}")
    making = asyncio.create_task(FileCopies(file, folder, keep=2).make(NOON))
    while not _begun(folder):  # noqa: ASYNC110 - a file, no event
        await asyncio.sleep(0.001)

    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    for thread in threading.enumerate():
        if thread.name.startswith(THREAD):
            # As at the end of the program.
            thread.join()

    assert entries(folder) == []


async def test_what_a_killed_process_left_of_a_copy_is_removed_by_the_next(
    store: JobStore, database_url: str, tmp_path: Path
) -> None:
    """And nothing else that is in the folder."""
    assert await store.counts() == {}
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "clapper-20260101T120000Z.db.part").write_text("half")
    (folder / "mine.part").write_text("mine")

    await Parts(database_url, folder).worker.run_once()

    copy, mine = entries(folder)
    assert mine == "mine.part"
    assert copy.endswith("Z.db")


async def test_how_old_the_newest_is_is_known_where_no_other_can_be_made(
    store: JobStore, database_url: str, tmp_path: Path
) -> None:
    """Also to a process that has begun since: else no alert would tell of its age."""
    assert await store.counts() == {}
    folder = tmp_path / "backups"
    await Parts(database_url, folder).worker.run_once()
    later = Parts(f"sqlite:///{tmp_path}/gone/clapper.db", folder)
    later.clock.advance(3 * DAY.total_seconds())

    await later.worker.run_once()

    assert later.operator.events == ["backup-failed"]
    assert later.made == [later.clock.now().replace(microsecond=0) - 3 * DAY]
