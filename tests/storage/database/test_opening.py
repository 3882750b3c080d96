"""Where a database lies, how it is opened, and what is said if it cannot be."""

import stat
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.errors import StartupError
from storage.database.address import Address
from storage.database.engine import Database
from tests.storage.conftest import Select


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("clapper.db", "not a database URL"),
        ("", "not a database URL"),
        ("mysql://host/clapper", "'mysql'; Clapper knows sqlite and postgresql"),
        ("sqlite://", "plain file"),
        ("sqlite:///:memory:", "would forget jobs"),
        ("sqlite:///file:x?mode=memory&uri=true", "plain file"),
    ],
)
def test_a_database_that_will_not_do_is_refused(url: str, complaint: str) -> None:
    with pytest.raises(StartupError, match=complaint):
        Address.parse(url)


def test_an_address_is_read_as_it_is_written() -> None:
    relative = Address.parse("sqlite:///data/clapper.db")
    absolute = Address.parse("sqlite:////var/lib/clapper.db")
    server = Address.parse("postgresql://clapper:secret@host/clapper")

    assert relative.file == Path("data/clapper.db")
    assert absolute.file == Path("/var/lib/clapper.db")
    assert server.file is None
    assert server.url.drivername == "postgresql+asyncpg"


def test_a_password_is_not_shown() -> None:
    server = Address.parse("postgresql://clapper:s3cret@host/clapper")

    assert "s3cret" not in f"{server} {server!r} {server.name}"
    with pytest.raises(StartupError) as caught:
        Address.parse("clapper:s3cret@host")
    assert "s3cret" not in str(caught.value)


async def test_the_file_and_its_folder_are_their_owners_alone(
    database_url: str, tmp_path: Path
) -> None:
    async with Database.open(database_url, may_write=None):
        folder = tmp_path / "data"
        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode)
            for path in (folder, *folder.iterdir())
        }

    assert modes.pop("data") == 0o700
    assert "clapper.db" in modes
    assert set(modes.values()) == {0o600}


async def test_a_commit_survives_a_power_cut(database: Database, rows: Select) -> None:
    """As far as SQLite can see to it: the writer syncs with every commit."""
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")

    def settings(connection: Connection) -> list[object]:
        return [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas
        ]

    values = await database.write(settings)

    # The rest of ten seconds is waited for by the writer, which can stop waiting.
    assert values == ["wal", 2, 1, 250]
    assert await rows("PRAGMA query_only") == [(1,)]


async def test_a_database_that_cannot_be_opened_is_said_in_one_sentence(
    tmp_path: Path,
) -> None:
    with pytest.raises(StartupError, match=r"cannot be opened: .*directory.*\.$"):
        async with Database.open(f"sqlite:///{tmp_path}", may_write=None):
            pytest.fail("it was opened")


async def test_a_missing_driver_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """PostgreSQL's is not installed unless somebody wants it."""
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(StartupError, match=r"host/clapper cannot be opened: .*asyncpg"):
        async with Database.open(
            "postgresql://clapper:s3cret@host/clapper", may_write=None
        ):
            pytest.fail("it was opened")
