"""What `clapper check` finds out about the database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.database import schema
from storage.database.engine import Database
from tests.cli.checking import lines
from tests.cli.outside import Outside
from tests.cli.program import invoked


class TestDatabase:
    """Looked at, and left as it is."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "data" / "clapper.db"

    @pytest.fixture
    def rubbish(self, file: Path) -> Path:
        file.parent.mkdir()
        file.write_bytes(b"this is no database, and long enough to be sure of it")
        return file

    @pytest.fixture
    def no_folder(self, tmp_path: Path) -> Path:
        path = tmp_path / "data"
        path.write_text("a file, no folder", encoding="utf-8")
        return path

    async def test_one_that_is_up_to_date(
        self, outside: Outside, tmp_path: Path, file: Path
    ) -> None:
        await schema.upgrade(f"sqlite:///{file}")

        ended = await invoked("check", folder=tmp_path, **outside.env)

        assert ended.status == 0
        assert "The database data/clapper.db is up to date." in ended.out

    async def test_one_that_was_lost(self, outside: Outside, tmp_path: Path) -> None:
        copy = tmp_path / "data" / "backups" / "clapper-20261129T043000Z.db"
        copy.parent.mkdir(parents=True)
        copy.touch()

        ended = await invoked("check", folder=tmp_path, **outside.env)

        assert ended.status == 1
        assert "The database data/clapper.db is gone" in ended.out
        assert f"`clapper db restore {copy.relative_to(tmp_path)}`" in ended.out

    async def test_an_old_one_is_migrated_on_a_copy(
        self, outside: Outside, tmp_path: Path, file: Path
    ) -> None:
        url = f"sqlite:///{file}"
        async with Database.open(url, may_write=None):
            """Only opening it makes an empty file."""

        ended = await invoked("check", folder=tmp_path, **outside.env)

        assert ended.status == 0
        assert f"from revision none to {schema.newest()} at the next" in ended.out
        assert await schema.current(url) is None

    @pytest.fixture
    def empty(self, file: Path) -> Path:
        file.parent.mkdir()
        file.touch()
        return file

    async def test_an_empty_file_stays_empty(
        self, outside: Outside, tmp_path: Path, empty: Path
    ) -> None:
        ended = await invoked("check", folder=tmp_path, **outside.env)

        assert ended.status == 0
        assert "The database data/clapper.db is an empty file; the first" in ended.out
        folder = empty.parent.iterdir()
        assert [(one.name, one.stat().st_size) for one in folder] == [("clapper.db", 0)]

    async def test_one_of_a_newer_clapper(
        self, outside: Outside, tmp_path: Path, file: Path
    ) -> None:
        url = f"sqlite:///{file}"
        await schema.upgrade(url)
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = 'future'")

        ended = await invoked("check", folder=tmp_path, **outside.env)

        assert ended.status == 1
        (fault,) = lines(ended.out, "✗")
        assert "was made by a newer Clapper (revision future)" in fault

    @pytest.mark.usefixtures("rubbish")
    async def test_a_file_that_is_none(self, outside: Outside, tmp_path: Path) -> None:
        ended = await invoked("check", folder=tmp_path, **outside.env)

        assert ended.status == 1
        (fault,) = lines(ended.out, "✗")
        assert fault.startswith("The database data/clapper.db cannot be opened: ")

    @pytest.mark.usefixtures("no_folder")
    async def test_a_folder_where_none_can_be_made(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        ended = await invoked("check", folder=tmp_path, **outside.env)

        assert ended.status == 1
        *folders, fault = lines(ended.out, "✗")
        assert [one.split()[2] for one in folders] == ["data/spool", "data/backups"]
        assert fault.startswith("The database data/clapper.db cannot be made: ")

    async def test_one_that_cannot_be_looked_at(
        self, outside: Outside, tmp_path: Path
    ) -> None:
        hidden = tmp_path / ("long" * 100) / "clapper.db"
        env = {**outside.env, "CLAPPER_STORAGE__URL": f"sqlite:///{hidden}"}

        ended = await invoked("check", folder=tmp_path, **env)

        assert ended.status == 1
        assert lines(ended.out, "✗") == [
            f"The database {hidden} cannot be read: File name too long."
        ]
