"""A database in trouble: everybody hears of it soon, in one way, and it passes."""

# ruff: noqa: ASYNC240 - what is done to files here takes no time

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from bot import deadline
from bot.errors import StorageBroken, StorageBusy, StorageError, StorageFull
from storage.database.condition import Condition
from storage.database.engine import Database
from tests.factories import AT_ONCE
from tests.storage.conftest import Select
from tests.storage.database.test_writes import ALL, HALF, PATIENCE_S, SlowWork, reached
from tests.storage.trouble import SMALL_DISK, can_mount, capped, held, renew_writer

ROOT = Path(__file__).parents[3]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "clapper.db"


def trouble(database: Database) -> StorageError | None:
    return database.condition.fault


async def put(database: Database, videos: int) -> None:
    await database.write(
        lambda connection: connection.execute(HALF, {"videos": videos})
    )


async def put_for_somebody(database: Database, videos: int, within_s: float) -> None:
    """Write while somebody waits for the answer."""
    deadline.answer_within(within_s)
    await put(database, videos)


async def test_who_is_waited_for_hears_soon_that_the_database_is_held(
    database: Database, file: Path, rows: Select
) -> None:
    """And what was given up is not done later, when the other lets go."""
    with held(file):
        with pytest.raises(StorageBusy, match="locked"):
            await put_for_somebody(database, 1, within_s=0.3)
        await rows(ALL)
    deadline.answered()
    await put(database, 2)

    assert await rows(ALL) == [(2,)]


async def test_whom_nobody_waits_for_waits_for_the_other(
    database: Database, file: Path, rows: Select
) -> None:
    """Its own impatience ends only its own wait: both are in one transaction."""
    with held(file) as other:
        patient = asyncio.create_task(put(database, 1))
        with pytest.raises(StorageBusy):
            await put_for_somebody(database, 2, within_s=0.3)
        assert not patient.done()
        other.execute("ROLLBACK")
        await patient

    assert await rows(ALL) == [(1,)]


async def test_works_that_waited_run_once_and_in_their_order(
    database: Database, file: Path, rows: Select
) -> None:
    with held(file) as other:
        waiting = [asyncio.create_task(put(database, n)) for n in range(1, 40)]
        await asyncio.sleep(0.6)
        other.execute("ROLLBACK")
        await asyncio.gather(*waiting)

    assert await rows(ALL) == [(n,) for n in range(1, 40)]


async def test_a_caller_who_has_gone_is_still_served_when_the_other_lets_go(
    database: Database, file: Path, rows: Select
) -> None:
    with held(file) as other:
        gone = asyncio.create_task(put(database, 1))
        await asyncio.sleep(0.4)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        other.execute("ROLLBACK")
    await put(database, 2)

    assert await rows(ALL) == [(1,), (2,)]


async def test_a_long_transaction_of_our_own_keeps_nobody_waiting_either(
    database: Database, rows: Select
) -> None:
    work = SlowWork()
    long = asyncio.create_task(database.write(work))
    await reached(work.in_the_middle)

    with pytest.raises(StorageBusy, match="took too long"):
        await put_for_somebody(database, 9, within_s=0.1)

    work.go_on.set()
    await long
    assert await rows(ALL) == [(1,), (2,)]


async def test_a_work_that_has_begun_is_waited_for_whoever_is_late(
    database: Database, rows: Select
) -> None:
    """It will be done, so that nobody may be told that it was not."""
    work = SlowWork()
    deadline.answer_within(0.1)
    begun = asyncio.create_task(database.write(work))
    await reached(work.in_the_middle)
    await asyncio.sleep(0.2)

    work.go_on.set()

    assert await begun == "done"
    assert await rows(ALL) == [(1,), (2,)]


async def test_reading_goes_on_while_another_program_writes(
    database: Database, file: Path, rows: Select
) -> None:
    await put(database, 1)

    with held(file):
        assert await rows(ALL) == [(1,)]


async def test_a_full_disk_has_a_name_and_passes(
    database: Database, rows: Select
) -> None:
    """Others who share the transaction are told the same, or are done."""
    large = text(
        "INSERT INTO operator_messages (event, details, told_at, due_at, attempts)"
        " VALUES ('e', :much, 0, 0, 0)"
    )

    async def much() -> None:
        await database.write(
            lambda connection: connection.execute(large, {"much": "x" * 10**5})
        )

    with capped(database):
        await renew_writer(database)
        results = await asyncio.gather(
            *(much() for _ in range(3)), return_exceptions=True
        )
        assert [type(one) for one in results] == [StorageFull] * 3
    await much()
    await database.probe()

    assert trouble(database) is None
    assert await rows("SELECT count(*) FROM operator_messages") == [(1,)]


FULL_DISK = """
import asyncio, os, sys, shutil
from pathlib import Path
from sqlalchemy import text
from bot.errors import StorageError
from storage.database import schema
from storage.database.engine import Database
from storage.operations.installation import SqlInstallation

large = text(
        "INSERT INTO operator_messages (event, details, told_at, due_at, attempts)"
        " VALUES ('e', :much, 0, 0, 0)"
    )

async def main(folder):
    url = f"sqlite:///{folder}/clapper.db"
    await schema.upgrade(url)
    filler = folder / "filler"
    async with Database.open(url, may_write=None) as database:
        fill()
        for _ in range(2):
            try:
                await database.probe()
            except StorageError as error:
                print(type(error).__name__, "in", error.kind)
            # What is there can be read.
            await SqlInstallation(database).facts()
        empty()
        await database.probe()
        row = {"much": "x" * 10**5}
        await database.write(lambda connection: connection.execute(large, row))
    print("works again")
"""
ENDING = "\nasyncio.run(main(Path(sys.argv[1])))\n"
BY_DISK = """
filler = Path(sys.argv[1]) / "filler"

def fill():
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass

def empty():
    filler.unlink()
"""
BY_LIMIT = """
import resource

NONE = resource.getrlimit(resource.RLIMIT_FSIZE)

def fill():
    # No file may be written beyond here: nothing fits any more.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, NONE[1]))

def empty():
    resource.setrlimit(resource.RLIMIT_FSIZE, NONE)
"""


def told_by(command: list[str]) -> list[str]:
    """Run a program that fills a disk, and return what it printed, without the log."""
    ended = subprocess.run(
        command,
        # Not where the tests' own output goes: the program may write no file.
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
    )
    return [line for line in ended.stdout.splitlines() if not line.startswith("20")]


@pytest.mark.skipif(not can_mount(), reason="this machine lets nobody mount a disk")
def test_a_disk_that_is_really_full_is_found_by_trying_to_write(
    tmp_path: Path,
) -> None:
    """Also while what there is can be read; and it passes by itself."""
    folder = tmp_path / "disk"
    folder.mkdir()
    program = tmp_path / "program.py"
    program.write_text(FULL_DISK + BY_DISK + ENDING)
    script = (
        f"mount -t tmpfs -o size=4m none {folder}"
        f" && exec {sys.executable} {program} {folder}"
    )

    told = told_by([*SMALL_DISK, script])

    assert told == ["StorageFull in full", "StorageFull in full", "works again"]


@pytest.mark.thorough
def test_a_medium_that_fails_is_found_by_trying_to_write(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(FULL_DISK + BY_LIMIT + ENDING)

    told = told_by([sys.executable, str(program), str(tmp_path)])

    assert told == ["StorageBroken in broken", "StorageBroken in broken", "works again"]


async def test_a_database_that_is_damaged_or_gone_has_a_name(
    database: Database, file: Path
) -> None:
    await put(database, 1)
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damaged = bytearray(file.read_bytes())
    damaged[100:] = b"\xff" * (len(damaged) - 100)
    file.write_bytes(damaged)
    await renew_writer(database)

    for ask in (put(database, 2), database.read(_count)):
        with pytest.raises(StorageBroken):
            await ask


def _count(connection: Connection) -> object:
    return connection.scalar(text("SELECT count(*) FROM jobs"))


async def test_a_file_that_may_not_be_written_has_a_name(
    database: Database, file: Path
) -> None:
    file.chmod(0o400)
    if os.access(file, os.W_OK):
        pytest.skip("root may write everything")
    await renew_writer(database)

    with pytest.raises(StorageBroken):
        await put(database, 1)

    # What SQLite made beside it meanwhile has taken its permissions over.
    for one in file.parent.iterdir():
        one.chmod(0o600)
    await put(database, 2)
    assert trouble(database) is None


async def test_a_folder_that_is_gone_has_a_name(database: Database, file: Path) -> None:
    shutil.move(file.parent, file.parent.with_name("elsewhere"))
    await renew_writer(database)

    with pytest.raises(StorageBroken):
        await put(database, 1)

    shutil.move(file.parent.with_name("elsewhere"), file.parent)
    await put(database, 2)


async def test_a_fault_of_ours_is_no_trouble_of_the_database(
    database: Database,
) -> None:
    twice = text("INSERT INTO facts VALUES ('key_honoured', 0), ('key_honoured', 0)")

    with pytest.raises(IntegrityError):
        await database.write(lambda connection: connection.execute(twice))

    assert trouble(database) is None


def test_a_disk_is_full_until_much_fits_again() -> None:
    """A little still fits now and then: the log would tell of many ends."""
    condition = Condition()
    condition.note_failure(StorageFull("database or disk is full"), writing=True)

    condition.note_success(writing=True)
    condition.note_success(writing=False)
    before = condition.fault
    condition.note_success(writing=True, much=True)

    assert isinstance(before, StorageFull)
    assert condition.fault is None


async def test_the_log_tells_once_that_it_begins_and_once_that_it_ends(
    database: Database, file: Path, rows: Select
) -> None:
    """Eight who ask, and one line; and reading does not pass for an end."""
    with structlog.testing.capture_logs() as lines:
        with held(file):
            results = await asyncio.gather(
                *(put_for_somebody(database, n, within_s=0.2) for n in range(1, 9)),
                return_exceptions=True,
            )
            await rows(ALL)
        await put(database, 9)
        await put(database, 10)

    assert all(isinstance(one, StorageError) for one in results)
    told = [(line["event"], line.get("kind")) for line in lines]
    assert told == [("database failed", "busy"), ("database recovered", None)]


async def test_nothing_is_written_if_the_permission_ends_while_a_connection_opens(
    database_url: str, rows: Select
) -> None:
    asked: list[str] = []

    def may_write() -> None:
        asked.append("once")
        if len(asked) > 1:
            msg = "another process may work on it"
            raise StorageBusy(msg)

    async with Database.open(
        database_url, commit_delay_s=AT_ONCE, may_write=may_write
    ) as database:
        with pytest.raises(StorageBusy, match="another process"):
            await put_for_somebody(database, 1, within_s=0.1)
        deadline.answered()

    assert await rows(ALL) == []


async def test_nothing_is_written_while_it_is_not_permitted(
    database_url: str, rows: Select
) -> None:
    permitted = threading.Event()

    def may_write() -> None:
        if not permitted.is_set():
            msg = "another process may work on it"
            raise StorageBusy(msg)

    async with Database.open(
        database_url, commit_delay_s=AT_ONCE, may_write=may_write
    ) as database:
        with pytest.raises(StorageBusy, match="another process"):
            await put_for_somebody(database, 1, within_s=0.1)
        deadline.answered()
        waiting = asyncio.create_task(put(database, 2))
        await asyncio.sleep(0.2)
        permitted.set()
        async with asyncio.timeout(PATIENCE_S):
            await waiting

    assert await rows(ALL) == [(2,)]
