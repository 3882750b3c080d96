"""A database that was lost is not taken for one that was never made."""

from pathlib import Path

import pytest

from bot.errors import StartupError
from storage.copying.lost import require_not_lost


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "clapper.db"


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


def url(database: Path) -> str:
    return f"sqlite:///{database}"


def test_a_first_start_is_no_loss(database: Path, copies: Path) -> None:
    require_not_lost(url(database), copies)
    require_not_lost(url(database), copies / "not-made-yet")


def test_a_database_that_is_there_is_not_lost(database: Path, copies: Path) -> None:
    database.write_bytes(b"SQLite format 3")
    (copies / "clapper-20261129T043000Z.db").write_bytes(b"")

    require_not_lost(url(database), copies)


def test_the_newest_copy_is_named(database: Path, copies: Path) -> None:
    for day in (28, 29, 27):
        (copies / f"clapper-202611{day}T043000Z.db").write_bytes(b"")

    with pytest.raises(StartupError) as refused:
        require_not_lost(url(database), copies)

    newest = copies / "clapper-20261129T043000Z.db"
    assert str(refused.value) == (
        f"The database {database} is gone, but there are copies of it: put the newest"
        f" back with `clapper db restore {newest}`. To begin anew, move the copies out"
        f" of {copies}."
    )


def test_an_empty_file_is_a_loss_too(database: Path, copies: Path) -> None:
    database.write_bytes(b"")
    (copies / "clapper-20261129T043000Z.db").write_bytes(b"")

    with pytest.raises(StartupError, match="is empty, but there are copies of it"):
        require_not_lost(url(database), copies)


def test_copies_of_another_database_do_not_count(database: Path, copies: Path) -> None:
    (copies / "other-20261129T043000Z.db").write_bytes(b"")
    (copies / "clapper-20261129T043000Z.db.part").write_bytes(b"")

    require_not_lost(url(database), copies)


def test_a_log_without_its_database_is_a_loss(database: Path, copies: Path) -> None:
    database.with_name("clapper.db-wal").write_bytes(b"")

    with pytest.raises(StartupError, match=r"its log .*clapper\.db-wal is there"):
        require_not_lost(url(database), copies)


def test_a_database_on_a_server_is_not_looked_for(copies: Path) -> None:
    (copies / "clapper-20261129T043000Z.db").write_bytes(b"")

    require_not_lost("postgresql://clapper@db/clapper", copies)
