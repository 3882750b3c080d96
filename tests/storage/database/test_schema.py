"""Migrations: all or none, never backwards, and the same tables as the statements."""

import re
import stat
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from bot.errors import StartupError
from storage.database import schema
from storage.database.engine import Database
from tests.selection import thorough
from tests.storage.conftest import entries
from tests.storage.tables import every_table

HEADER = """
import sqlalchemy as sa
from alembic import op
revision = {revision!r}
down_revision = {down!r}
branch_labels = None
depends_on = None
def upgrade():
"""
FIRST = '    op.create_table("first", sa.Column("id", sa.Integer))\n'
SECOND = '    op.create_table("second", sa.Column("id", sa.Integer))\n'
BROKEN = SECOND + '    op.execute("DROP TABLE nowhere")\n'


class Scripts:
    """Migrations of a test's own, beside the real environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._down: str | None = None
        versions = folder / "versions"
        versions.mkdir(parents=True)
        env = (schema.MIGRATIONS / "env.py").read_text()
        (folder / "env.py").write_text(env)

    def add(self, revision: str, body: str) -> None:
        header = HEADER.format(revision=revision, down=self._down)
        self.rewrite(revision, header + body)
        self._down = revision

    def rewrite(self, revision: str, source: str) -> None:
        (self.folder / "versions" / f"v{revision}.py").write_text(source)


@pytest.fixture
def scripts(tmp_path: Path) -> Scripts:
    made = Scripts(tmp_path / "100% migrations")
    made.add("0001", FIRST)
    return made


@pytest.fixture
async def by_hand(tmp_path: Path) -> AsyncGenerator[Database]:
    """Create the tables as `storage.tables` has them, without migrations."""
    async with Database.open(
        f"sqlite:///{tmp_path / 'by-hand.db'}", may_write=None
    ) as made:
        await made.write(every_table().create_all)
        yield made


async def names(url: str) -> set[str]:
    """Return the tables of a database."""
    sql = text("SELECT name FROM sqlite_master WHERE type = 'table'")
    async with Database.open(url, may_write=None) as opened:
        return set(await opened.read(lambda connection: connection.scalars(sql)))


async def declarations(database: Database) -> dict[str, str]:
    """Return the SQL of everything but triggers and Alembic's own table."""
    sql = text(
        "SELECT name, sql FROM sqlite_master"
        " WHERE sql IS NOT NULL AND type <> 'trigger' AND name <> 'alembic_version'"
    )
    found = await database.read(lambda connection: connection.execute(sql))
    return {name: " ".join(declared.split()) for name, declared in found}


@pytest.mark.parametrize(
    "database_kind", ["sqlite", *thorough("postgresql")], indirect=True
)
async def test_the_migrations_make_the_tables_that_statements_are_written_for(
    database: Database,
) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, every_table()))

    assert await database.read(differences) == []


async def test_they_agree_to_the_letter(database: Database, by_hand: Database) -> None:
    """Checks, strictness and the conditions of indexes, which Alembic overlooks."""
    migrated = await declarations(database)

    def parts(sql: str) -> list[str]:
        pieces = (piece.strip() for piece in re.split(r"[(),]", sql))
        return sorted(piece for piece in pieces if piece)

    wanted = await declarations(by_hand)
    assert migrated.keys() == wanted.keys()
    for name, sql in wanted.items():
        assert parts(migrated[name]) == parts(sql), name
    assert all(migrated[name].endswith("STRICT") for name in ("jobs", "ledger"))


async def test_a_new_database_is_brought_to_the_newest_revision(
    database_url: str,
) -> None:
    assert await schema.current(database_url) is None

    assert await schema.upgrade(database_url) is True

    assert await schema.current(database_url) == schema.newest()
    assert await schema.upgrade(database_url) is False


async def test_asking_for_the_revision_makes_no_file(
    database_url: str, tmp_path: Path
) -> None:
    assert await schema.current(database_url) is None

    assert entries(tmp_path) == []


async def test_a_backup_is_made_before_an_existing_database_changes(
    database_url: str, tmp_path: Path, scripts: Scripts
) -> None:
    """It holds the tables as they were, and only its owner may read it."""
    await schema.upgrade(database_url, migrations=scripts.folder)
    assert entries(tmp_path / "data") == ["clapper.db"]
    scripts.add("0002", SECOND)

    await schema.upgrade(database_url, migrations=scripts.folder)

    copy = tmp_path / "data" / "clapper.db.backup-0001"
    assert await names(database_url) == {"alembic_version", "first", "second"}
    assert await names(f"sqlite:///{copy}") == {"alembic_version", "first"}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


async def test_only_the_last_few_backups_are_kept(
    database_url: str, tmp_path: Path, scripts: Scripts
) -> None:
    for number in range(2, 8):
        await schema.upgrade(database_url, migrations=scripts.folder)
        scripts.add(f"{number:04}", "    pass\n")
    await schema.upgrade(database_url, migrations=scripts.folder)

    copies = (tmp_path / "data").glob("*.backup-*")
    assert sorted(file.name for file in copies) == [
        f"clapper.db.backup-000{number}" for number in (4, 5, 6)
    ]


async def test_a_migration_that_fails_leaves_nothing_behind(
    database_url: str, scripts: Scripts
) -> None:
    """Neither its own tables, nor those of the one that went well before it."""
    await schema.upgrade(database_url, migrations=scripts.folder)
    before = await names(database_url)
    scripts.add("0002", '    op.create_table("other", sa.Column("id", sa.Integer))\n')
    scripts.add("0003", BROKEN)

    with pytest.raises(OperationalError, match="nowhere"):
        await schema.upgrade(database_url, migrations=scripts.folder)

    assert await names(database_url) == before
    assert await schema.current(database_url) == "0001"


async def test_after_a_failure_the_mended_migration_applies(
    database_url: str, scripts: Scripts
) -> None:
    """The backup of the first try is replaced, not in the way."""
    await schema.upgrade(database_url, migrations=scripts.folder)
    scripts.add("0002", BROKEN)
    with pytest.raises(OperationalError):
        await schema.upgrade(database_url, migrations=scripts.folder)
    mended = HEADER.format(revision="0002", down="0001") + SECOND
    scripts.rewrite("0002", mended + "    # mended\n")

    await schema.upgrade(database_url, migrations=scripts.folder)

    assert "second" in await names(database_url)


async def test_a_database_of_a_newer_version_is_left_alone(
    database_url: str, scripts: Scripts
) -> None:
    scripts.add("0099", SECOND)
    await schema.upgrade(database_url, migrations=scripts.folder)

    with pytest.raises(StartupError, match=r"made by a newer Clapper \(revision 0099"):
        await schema.upgrade(database_url)

    assert await schema.current(database_url) == "0099"


@pytest.mark.parametrize("revision", ["0001", "0008"])
async def test_a_database_from_before_the_first_release_is_refused_in_one_sentence(
    database_url: str, tmp_path: Path, scripts: Scripts, revision: str
) -> None:
    """Nothing leads from its tables to those of the first release."""
    if revision != "0001":
        scripts.add(revision, SECOND)
    await schema.upgrade(database_url, migrations=scripts.folder)

    with pytest.raises(StartupError) as caught:
        await schema.upgrade(database_url)

    assert str(caught.value) == (
        f"The database {tmp_path / 'data' / 'clapper.db'} is from before the first"
        f" release (revision {revision}) and cannot be upgraded: keep it elsewhere, or"
        " choose another storage.url."
    )
    assert await schema.current(database_url) == revision


async def test_a_file_that_is_no_database_is_refused_in_one_sentence(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "data" / "clapper.db"
    file.parent.mkdir()
    file.write_text("a letter to a friend, long enough to be looked at" * 9)

    with pytest.raises(StartupError) as caught:
        await schema.upgrade(database_url)

    assert str(caught.value) == (
        f"The database {file} cannot be opened: file is not a database."
    )


async def test_no_migration_without_a_backup(
    database_url: str, tmp_path: Path, scripts: Scripts
) -> None:
    await schema.upgrade(database_url, migrations=scripts.folder)
    scripts.add("0002", SECOND)
    # Something that cannot be replaced by a file stands in the way.
    (tmp_path / "data" / "clapper.db.backup-0001" / "full").mkdir(parents=True)

    with pytest.raises(StartupError, match="cannot be made"):
        await schema.upgrade(database_url, migrations=scripts.folder)

    assert await schema.current(database_url) == "0001"
    assert not list((tmp_path / "data").glob("*.part"))
