"""Fails when a library changes what we use of it although it is not documented."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.errors import StartupError
from storage.database.engine import Database
from storage.tables.jobs import jobs
from tests.factories import AT_ONCE

UNCLOSED = """
import asyncio, sqlite3
from storage.database.private_api import connection_with_thread, run_on_thread

kept = []

async def main():
    kept.append(connection_with_thread(lambda: sqlite3.connect(":memory:")))
    await kept[0]
    print(await run_on_thread(kept[0], lambda: "ran"))

asyncio.run(main())
"""


def test_a_connection_that_nobody_closed_does_not_keep_the_process_from_ending() -> (
    None
):
    ended = subprocess.run(
        [sys.executable, "-c", UNCLOSED],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert ended.stdout == "ran\n"


async def test_a_work_runs_on_the_connections_thread_and_returns_its_result(
    database: Database,
) -> None:
    """Each time on the same one: SQLite's connections are used on theirs alone."""

    def where(_: Connection) -> int:
        return threading.get_ident()

    first, second = await database.write(where), await database.write(where)

    assert first == second != threading.get_ident()


async def test_an_error_comes_back_from_the_thread_as_it_was_raised(
    database: Database,
) -> None:
    error = LookupError("no")

    def fail(_: Connection) -> None:
        raise error

    with pytest.raises(LookupError) as caught:
        await database.write(fail)

    assert caught.value is error


async def test_a_file_that_cannot_be_opened_leaves_no_thread_behind(
    tmp_path: Path,
) -> None:
    """Else its last word may come to a loop that is closed, and be a traceback."""
    file = tmp_path / "clapper.db"
    file.write_text("no database " * 100)

    with pytest.raises(StartupError, match="cannot be opened"):
        async with Database.open(
            f"sqlite:///{file}", commit_delay_s=AT_ONCE, may_write=None
        ):
            """It cannot be."""

    assert not [one for one in threading.enumerate() if "connection" in one.name]


async def test_hints_are_in_the_statements(database: Database) -> None:
    hinted = select(jobs.c.id).with_hint(jobs, "INDEXED BY ix_jobs_queue", "sqlite")

    rendered = await database.read(
        lambda connection: str(hinted.compile(dialect=connection.dialect))
    )

    assert "FROM jobs INDEXED BY ix_jobs_queue" in rendered
