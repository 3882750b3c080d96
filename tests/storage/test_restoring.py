"""A copy is put in the database's place, whole or not at all."""

import asyncio
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bot.errors import AlreadyRunning, StartupError
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from storage.copying.beside import tidy_up
from storage.copying.restore import restore
from storage.database import schema
from storage.database.engine import Database
from storage.database.lock import file_held
from tests.factories import NOON, make_job, reach
from tests.stores import job_store

FILES = ("clapper.db", "clapper.db-wal", "clapper.db-shm")


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with a copy of one job, and a crashed database of two.

    The second one is in the log that SQLite has not yet written into the file.
    """
    folder = tmp_path_factory.mktemp("originals")
    asyncio.run(_make(folder))
    assert (folder / "crashed" / "clapper.db-wal").stat().st_size > 0
    return folder


async def _make(folder: Path) -> None:
    live, crashed = folder / "live" / "clapper.db", folder / "crashed"
    url = f"sqlite:///{live}"
    await schema.upgrade(url)
    async with _jobs(url) as store:
        await reach(store, JobState.QUEUED)
    await schema.backup(url, folder / "copy.db")
    async with _jobs(url) as store:
        await store.receive(make_job())
        crashed.mkdir()
        for name in FILES:
            shutil.copyfile(live.with_name(name), crashed / name)


@asynccontextmanager
async def _jobs(url: str) -> AsyncGenerator[JobStore]:
    async with Database.open(url, may_write=None) as database:
        yield job_store(database)


@pytest.fixture
def folder(originals: Path, tmp_path: Path) -> Path:
    """Lay out both afresh."""
    shutil.copy(originals / "copy.db", tmp_path)
    for name in FILES:
        shutil.copy(originals / "crashed" / name, tmp_path)
    return tmp_path


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder}/clapper.db"


def jobs_in(file: Path) -> int:
    """Return how many jobs a database has, which must be whole."""
    with closing(sqlite3.connect(file)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (count,) = opened.execute("SELECT count(*) FROM jobs").fetchone()
    return int(count)


def test_the_copy_is_in_place_and_what_was_there_is_kept(folder: Path) -> None:
    """With all that its log held."""
    done = restore(url_of(folder), folder / "copy.db", NOON)

    assert done.kept is not None
    assert (done.revision, done.open_jobs) == (schema.newest(), 1)
    assert jobs_in(folder / "clapper.db") == 1
    assert jobs_in(done.kept) == 2
    assert (folder / "clapper.db").stat().st_mode & 0o777 == 0o600
    assert jobs_in(folder / "copy.db") == 1


def test_the_log_of_a_lost_database_is_not_read_into_the_copy(folder: Path) -> None:
    (folder / "clapper.db").unlink()

    done = restore(url_of(folder), folder / "copy.db", NOON)

    assert done.database == folder / "clapper.db"
    assert jobs_in(done.database) == 1
    assert done.kept is not None
    assert done.kept.name.endswith("-wal")


def test_a_damaged_database_can_be_replaced(folder: Path) -> None:
    (folder / "clapper.db").write_bytes(b"no database at all" * 1000)

    done = restore(url_of(folder), folder / "copy.db", NOON)

    assert done.kept is not None
    assert done.kept.read_bytes().startswith(b"no database")
    assert jobs_in(folder / "clapper.db") == 1


def test_it_is_refused_while_a_bot_runs(folder: Path) -> None:
    with file_held(url_of(folder)), pytest.raises(AlreadyRunning):
        restore(url_of(folder), folder / "copy.db", NOON)

    assert jobs_in(folder / "clapper.db") == 2


def damage(copy: Path) -> None:
    data = bytearray(copy.read_bytes())
    data[8192:] = os.urandom(len(data) - 8192)
    copy.write_bytes(data)


def make_newer(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as opened, opened:
        opened.execute("UPDATE alembic_version SET version_num = 'v9999'")


def make_foreign(copy: Path) -> None:
    copy.unlink()
    with closing(sqlite3.connect(copy)) as opened, opened:
        opened.execute("CREATE TABLE something (x)")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (damage, r"copy\.db (is damaged|cannot be read)"),
        (make_newer, "made by a newer Clapper"),
        (make_foreign, "no database of Clapper's"),
        (lambda copy: copy.write_text("text" * 999), "cannot be read"),
        (Path.unlink, "There is no file"),
    ],
)
def test_a_copy_that_cannot_be_used_changes_nothing(
    folder: Path, spoil: object, said: str
) -> None:
    assert callable(spoil)
    spoil(folder / "copy.db")

    with pytest.raises(StartupError, match=said):
        restore(url_of(folder), folder / "copy.db", NOON)

    assert jobs_in(folder / "clapper.db") == 2
    assert not [one for one in folder.iterdir() if "restoring" in one.name]


def test_a_copy_that_cannot_be_looked_at_changes_nothing(folder: Path) -> None:
    """As in a folder of somebody else's; root sees all but a name that is too long."""
    with pytest.raises(StartupError, match=r"cannot be read: File name too long\.$"):
        restore(url_of(folder), folder / ("long" * 100), NOON)

    assert jobs_in(folder / "clapper.db") == 2


def test_a_server_has_better_means(folder: Path) -> None:
    with pytest.raises(StartupError, match="pg_restore"):
        restore("postgresql://host/clapper", folder / "copy.db", NOON)


def killed_at(point: int, folder: Path) -> bool:
    """Restore in a child that dies before this step; return whether it came to it."""
    child = os.fork()
    if child == 0:
        left = point

        def count(event: str, _arguments: object) -> None:
            nonlocal left
            if event == "os.kill":
                return
            if event.startswith(("os.", "shutil.", "sqlite3.", "open")):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        restore(url_of(folder), folder / "copy.db", NOON)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


@pytest.mark.thorough
def test_a_crash_at_any_point_leaves_the_old_or_the_new_one(
    originals: Path, tmp_path: Path
) -> None:
    """And nothing that a second try would stumble over."""
    found = []
    for point in range(500):
        folder = tmp_path / str(point)
        folder.mkdir()
        shutil.copy(originals / "copy.db", folder)
        for name in FILES:
            shutil.copy(originals / "crashed" / name, folder)
        was_killed = killed_at(point, folder)
        # What is read must not be what a later start would first have to mend.
        shutil.copytree(folder, looked := folder / "looked")
        found.append(jobs_in(looked / "clapper.db"))
        restore(url_of(folder), folder / "copy.db", NOON)
        assert jobs_in(folder / "clapper.db") == 1
        if not was_killed:
            break

    assert found[0] == 2
    assert found[-1] == 1
    assert found == sorted(found, reverse=True)
    assert len(found) > 15


def kept_in(folder: Path) -> list[Path]:
    return list(folder.glob("clapper.db.before-restore-*"))


@pytest.fixture
def killed_at_the_last_moment(folder: Path) -> Path:
    """Kill a restore when the old database has its second name, and is still there."""

    def kill(event: str, arguments: tuple[object, ...]) -> None:
        if event == "os.rename" and str(arguments[1]).endswith("/clapper.db"):
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        sys.addaudithook(kill)
        restore(url_of(folder), folder / "copy.db", NOON)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    (second,) = kept_in(folder)
    assert second.samefile(folder / "clapper.db")
    return folder


def test_a_second_name_that_a_killed_restore_left_is_removed(
    killed_at_the_last_moment: Path,
) -> None:
    """Or it would be taken for what was there before, and be what is there now."""
    folder = killed_at_the_last_moment

    tidy_up(url_of(folder))

    assert kept_in(folder) == []
    assert jobs_in(folder / "clapper.db") == 2
    assert [one for one in folder.iterdir() if "restoring" in one.name] == []


def test_after_a_killed_restore_the_next_one_keeps_one_file(
    killed_at_the_last_moment: Path,
) -> None:
    folder = killed_at_the_last_moment

    done = restore(url_of(folder), folder / "copy.db", NOON)

    assert kept_in(folder) == [done.kept]
    assert [jobs_in(one) for one in kept_in(folder)] == [2]
    assert jobs_in(folder / "clapper.db") == 1


def test_a_restore_that_fails_at_the_last_moment_leaves_no_second_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_part: Path, _to: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StartupError, match="cannot be replaced"):
        restore(url_of(folder), folder / "copy.db", NOON)

    assert kept_in(folder) == []
    assert jobs_in(folder / "clapper.db") == 2


def test_what_earlier_restores_kept_stays(folder: Path) -> None:
    done = restore(url_of(folder), folder / "copy.db", NOON)

    tidy_up(url_of(folder))

    assert kept_in(folder) == [done.kept]


def test_without_links_the_old_one_is_copied_whole_or_not_at_all(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems have none."""

    def refuse(_file: Path, _name: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)

    done = restore(url_of(folder), folder / "copy.db", NOON)

    assert [jobs_in(one) for one in kept_in(folder)] == [2]
    assert kept_in(folder) == [done.kept]
    assert jobs_in(folder / "clapper.db") == 1
