"""An installation moves to another database: with every row, once, and whole or not."""

import re
import shutil
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, insert, select

from bot.errors import AlreadyRunning, StartupError
from storage.copying.copy import copy
from storage.copying.rows import NOT_COPIED, Page, snapshot
from storage.copying.target import Target
from storage.database import schema
from storage.database.address import Address
from storage.database.engine import Database
from storage.database.lock import file_held
from storage.leases import clear_leases
from storage.processes.joining import join_processes
from storage.quotas.checking import wrong_sums
from storage.tables.operations import operator_messages
from storage.tables.quotas import LedgerKind, ledger
from storage.tables.requests import presets
from storage.tables.servers import audit
from tests.factories import make_job
from tests.selection import thorough
from tests.storage.conftest import beside
from tests.storage.every_column import put_every_column
from tests.storage.history import put_history
from tests.stores import job_store

JOBS = 10_000
_NOW = datetime(2026, 1, 1, tzinfo=UTC)

Contents = Mapping[str, Sequence[tuple[Any, ...]]]


def silent(_: str) -> None:
    """Nobody listens."""


@pytest.fixture
def empty_url(postgresql_url: str) -> Generator[str]:
    with beside(postgresql_url) as url:
        yield url


@pytest.fixture
async def source_url(tmp_path: Path) -> str:
    """Name an installation in which every column of every table is used."""
    url = f"sqlite:///{tmp_path / 'source.db'}"
    await schema.upgrade(url)
    async with Database.open(url, may_write=None) as database:
        await database.write(put_every_column)
    return url


@pytest.fixture(params=["sqlite", *thorough("postgresql")])
def target_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'target' / 'copy.db'}"
    return str(request.getfixturevalue("empty_url"))


async def contents(url: str) -> Contents:
    """Return all rows of all tables that are copied, as they are stored."""

    def read(connection: Connection) -> Contents:
        tables = MetaData()
        tables.reflect(connection)
        return {
            table.name: sorted(
                (tuple(row) for row in connection.execute(select(table))), key=repr
            )
            for table in tables.sorted_tables
            if table.name not in NOT_COPIED
        }

    async with Database.open(url, may_write=None) as database:
        return await database.read(read)


async def execute(url: str, statement: str) -> None:
    async with Database.open(url, may_write=None) as database:
        await database.write(lambda connection: connection.exec_driver_sql(statement))


async def test_every_table_and_column_is_filled_in_these_tests(source_url: str) -> None:
    for name, rows in (await contents(source_url)).items():
        assert rows, name
        for column in zip(*rows, strict=True):
            assert set(column) != {None}, name


async def test_a_copy_holds_the_same_rows_and_no_leases(
    source_url: str,
    target_url: str,
    migrated_alike: str,
) -> None:
    """All else is exactly as it is stored there; nobody works on the copy yet."""
    said: list[str] = []

    await copy(source_url, target_url, said.append)

    before = await contents(source_url)
    assert f"jobs: {len(before['jobs'])} rows copied" in said
    assert re.fullmatch(r"[\d,]+ rows compared: all are the same", said[-1])
    async with Database.open(source_url, may_write=None) as source:
        await clear_leases(source)
    assert await contents(target_url) == await contents(source_url)
    async with (
        Database.open(target_url, may_write=None) as copied,
        Database.open(migrated_alike, may_write=None) as migrated,
    ):
        assert await copied.read(declared) == await migrated.read(declared)


def declared(connection: Connection) -> Sequence[tuple[Any, ...]]:
    """Return what a database declares: tables, indexes, and triggers that work."""
    if connection.dialect.name == "sqlite":
        sql = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
    else:
        sql = (
            "SELECT tgname, pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger"
            " WHERE NOT tgisinternal ORDER BY tgname"
        )
    return [tuple(row) for row in connection.exec_driver_sql(sql)]


@pytest.fixture
def migrated_alike(
    target_url: str, tmp_path: Path, migrated_file: Path, request: pytest.FixtureRequest
) -> str:
    """Name a database of the target's kind that is no copy."""
    if not target_url.startswith("sqlite"):
        return str(request.getfixturevalue("migrated_url"))
    shutil.copy(migrated_file, tmp_path / "migrated.db")
    return f"sqlite:///{tmp_path / 'migrated.db'}"


@pytest.mark.parametrize("way", ["there", "and back"])
async def test_ten_thousand_jobs_move_with_their_ledger_and_sums(
    tmp_path: Path, empty_url: str, way: str
) -> None:
    """In portions, and nothing is counted twice."""
    first = f"sqlite:///{tmp_path / 'first.db'}"
    back = f"sqlite:///{tmp_path / 'back.db'}"
    await schema.upgrade(first)
    async with Database.open(first, may_write=None) as database:
        await put_history(database, int(_NOW.timestamp() * 1e6), jobs=JOBS)
    said: list[str] = []

    await copy(first, empty_url, said.append)
    if way == "and back":
        await copy(empty_url, back, said.append)

    copied = empty_url if way == "there" else back
    assert said.count(f"jobs: {JOBS:,} rows copied") == 1 + (way == "and back")
    assert await contents(copied) == await contents(first)
    async with Database.open(copied, may_write=None) as database:
        assert await wrong_sums(database) == {}
        store = job_store(database)
        await store.receive(make_job())
        counts = await store.counts()
        assert sum(counts.values()) == JOBS + 1
        with pytest.raises(Exception, match="append-only"):
            await database.write(
                lambda connection: connection.exec_driver_sql("DELETE FROM ledger")
            )


async def next_numbers(url: str) -> dict[str, int]:
    """Return the numbers that new rows of the numbered tables get."""
    rows = {audit: entry(), ledger: grant(), operator_messages: message()}

    def add(connection: Connection) -> dict[str, int]:
        return {
            table.name: connection.execute(
                insert(table).values(row).returning(table.c.id)
            ).scalar_one()
            for table, row in rows.items()
        }

    async with Database.open(url, may_write=None) as database:
        return await database.write(add)


def entry() -> dict[str, Any]:
    return {"guild_id": 1, "at": _NOW, "action": "quota.zone"}


def grant() -> dict[str, Any]:
    return {
        "guild_id": 1,
        "user_id": 1,
        "kind": LedgerKind.GRANT,
        "videos": 0,
        "own_videos": 0,
        "grants": 1,
        "counted_at": _NOW,
        "at": _NOW,
    }


def message() -> dict[str, Any]:
    return {
        "event": "outage",
        "details": "",
        "told_at": _NOW,
        "due_at": _NOW,
        "attempts": 0,
    }


@pytest.mark.thorough
async def test_no_number_is_given_twice_after_a_move(
    tmp_path: Path, target_url: str
) -> None:
    """Not even one whose row has been erased, and also after the way back."""
    first = f"sqlite:///{tmp_path / 'first.db'}"
    await schema.upgrade(first)
    await next_numbers(first)
    given = await next_numbers(first)
    await execute(first, "DELETE FROM operator_messages")

    await copy(first, target_url, silent)
    after_one = await next_numbers(target_url)
    await execute(target_url, "DELETE FROM operator_messages")
    await copy(target_url, f"sqlite:///{tmp_path / 'third.db'}", silent)
    after_two = await next_numbers(f"sqlite:///{tmp_path / 'third.db'}")

    assert after_one == {name: number + 1 for name, number in given.items()}
    assert after_two == {name: number + 2 for name, number in given.items()}


@pytest.mark.parametrize("which", ["source", "target"])
async def test_nothing_is_copied_beside_a_bot_that_holds_a_file(
    source_url: str, tmp_path: Path, which: str
) -> None:
    target_url = f"sqlite:///{tmp_path / 'copy.db'}"
    with (
        file_held(source_url if which == "source" else target_url),
        pytest.raises(AlreadyRunning),
    ):
        await copy(source_url, target_url, silent)
    assert await schema.current(target_url) is None


async def test_nothing_is_copied_beside_processes_on_a_server(
    source_url: str, empty_url: str, tmp_path: Path
) -> None:
    await copy(source_url, empty_url, silent)
    back = f"sqlite:///{tmp_path / 'back.db'}"
    async with join_processes(empty_url, "clapper test"):
        with pytest.raises(AlreadyRunning, match=r"\(process \d+ on \S+\) works on"):
            await copy(empty_url, back, silent)
    assert await schema.current(back) is None

    await copy(empty_url, back, silent)


async def test_no_process_begins_beside_a_copy_from_a_server(
    source_url: str, empty_url: str
) -> None:
    """What it did would not be in the copy."""
    await copy(source_url, empty_url, silent)

    async with snapshot(Address.parse(empty_url)):
        with pytest.raises(StartupError, match="cannot be opened"):
            async with join_processes(empty_url, "clapper test"):
                pytest.fail("it works beside the copy")

    async with join_processes(empty_url, "clapper test"):
        """Now it may."""


async def test_a_database_with_anything_in_it_is_no_target(
    source_url: str, target_url: str
) -> None:
    await execute(target_url, "CREATE TABLE precious (id BIGINT)")

    with pytest.raises(StartupError, match="is not empty: name one without tables"):
        await copy(source_url, target_url, silent)

    assert (await contents(target_url)).keys() == {"precious"}


async def test_a_database_of_another_revision_is_no_source(
    tmp_path: Path, target_url: str
) -> None:
    old = f"sqlite:///{tmp_path / 'old.db'}"
    await execute(old, "CREATE TABLE something (id BIGINT)")

    with pytest.raises(StartupError, match="run `clapper db upgrade` first"):
        await copy(old, target_url, silent)


async def test_a_database_is_not_copied_to_itself(source_url: str) -> None:
    with pytest.raises(StartupError, match="the same"):
        await copy(source_url, source_url, silent)


async def test_a_copy_that_was_interrupted_says_so_whatever_is_begun_on_it(
    source_url: str, target_url: str
) -> None:
    class Interrupted(Exception):
        pass

    def interrupt(line: str) -> None:
        if line.startswith("jobs:"):
            raise Interrupted

    with pytest.raises(Interrupted):
        await copy(source_url, target_url, interrupt)

    incomplete = "is an incomplete copy: delete it, and run `clapper db copy` again"
    with pytest.raises(StartupError, match=incomplete):
        await schema.upgrade(target_url)
    with pytest.raises(StartupError, match=incomplete):
        await schema.require_newest(target_url)
    with pytest.raises(StartupError, match=incomplete):
        await copy(source_url, target_url, silent)
    with pytest.raises(StartupError, match=incomplete):
        await copy(target_url, f"{source_url}-2", silent)


def lost(page: Page) -> Page:
    return page[:-1]


def added(page: Page) -> Page:
    (guild_id, *others), *_ = page
    return [*page, (guild_id + 1, *others)]


def changed(page: Page) -> Page:
    (guild_id, key, name, *others), *rest = page
    return [(guild_id, key, f"{name}.", *others), *rest]


@pytest.mark.thorough
@pytest.mark.parametrize("differently", [lost, added, changed])
async def test_a_row_that_differs_in_the_end_is_found(
    source_url: str,
    target_url: str,
    differently: Callable[[Page], Page],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if the other database did not keep what it is given."""
    add = Target.add

    async def keep(target: Target, name: str, page: Page) -> None:
        await add(target, name, differently(page) if name == "presets" else page)

    monkeypatch.setattr(Target, "add", keep)

    with pytest.raises(StartupError, match=r"The copy is not the same.*presets"):
        await copy(source_url, target_url, silent)

    assert await schema.current(target_url) == schema.INCOMPLETE


async def test_a_character_that_postgresql_does_not_take_is_replaced(
    source_url: str, empty_url: str
) -> None:
    await execute(source_url, "UPDATE presets SET words = 'a' || char(0) || 'b'")
    said: list[str] = []

    await copy(source_url, empty_url, said.append)

    assert said[-1].startswith("2 rows hold the character U+0000")
    async with Database.open(empty_url, may_write=None) as copied:
        words = await copied.read(
            lambda connection: connection.scalars(select(presets.c.words)).all()
        )
    assert words == ["a\N{REPLACEMENT CHARACTER}b"] * 2


async def test_a_server_that_cannot_hold_every_character_is_no_target(
    source_url: str, postgresql_url: str
) -> None:
    options = "ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
    with (
        beside(postgresql_url, options) as url,
        pytest.raises(StartupError, match="encoding LATIN1: create it with ENCODING"),
    ):
        await copy(source_url, url, silent)
