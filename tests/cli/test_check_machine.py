"""What `clapper check` says of the machine, and of who may spend."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from os import getpid
from pathlib import Path

import pytest

from storage.database.lock import file_held
from tests.cli.checking import lines
from tests.cli.outside import Outside
from tests.cli.program import invoked


async def test_a_bot_for_servers_of_ones_own_is_open_to_no_stranger(
    outside: Outside, tmp_path: Path
) -> None:
    own = {
        **outside.env,
        "CLAPPER_OPERATOR__GUILDS_ALLOWED": "[5]",
        "CLAPPER_QUOTAS__SERVER_MOST_PER_DAY": "-1",
    }
    ended = await invoked("check", folder=tmp_path, **own)

    assert ended.status == 0
    assert "Public Bot" not in ended.out
    assert "videos: 2000 a month, 20 at once." in ended.out

    most = ("PER_DAY", "PER_MONTH", "AT_ONCE")
    free = {f"CLAPPER_QUOTAS__SERVER_MOST_{one}": "-1" for one in most}
    ended = await invoked("check", folder=tmp_path, **outside.env, **free)
    assert "Nothing bounds how many videos" in ended.out


@contextmanager
def port_in_use() -> Iterator[str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


async def test_a_port_that_the_running_clapper_uses_is_no_fault(
    outside: Outside, tmp_path: Path
) -> None:
    """Who runs on the database is known from its lock."""
    url = f"sqlite:///{tmp_path / 'clapper.db'}"
    env = {**outside.env, "CLAPPER_STORAGE__URL": url}
    with port_in_use() as listen, file_held(url):
        env["CLAPPER_HTTP__LISTEN"] = listen
        ended = await invoked("check", folder=tmp_path, **env)

    assert ended.status == 0
    (said,) = (one for one in lines(ended.out, "·") if "http.listen" in one)
    assert (
        said == f"{listen} (http.listen) is in use: Clapper runs (process {getpid()})."
    )


async def test_a_port_that_something_else_uses_is_a_fault(
    outside: Outside, tmp_path: Path
) -> None:
    with port_in_use() as listen:
        env = {**outside.env, "CLAPPER_HTTP__LISTEN": listen}
        ended = await invoked("check", folder=tmp_path, **env)

    assert ended.status == 1
    assert lines(ended.out, "✗") == [
        (
            f"{listen} (http.listen) is in use, and not by a Clapper on this database:"
            " stop what uses it, or set another port."
        )
    ]


async def test_where_a_server_knows_no_lock_a_port_in_use_is_only_said(
    outside: Outside, tmp_path: Path
) -> None:
    server = "postgresql://clapper@127.0.0.1:1/clapper"
    env = {**outside.env, "CLAPPER_STORAGE__URL": server}
    with port_in_use() as listen:
        ended = await invoked(
            "check", folder=tmp_path, **env, CLAPPER_HTTP__LISTEN=listen
        )

    (said,) = (one for one in lines(ended.out, "·") if "http.listen" in one)
    assert said.startswith(f"{listen} (http.listen) is in use: by Clapper, if it is")


async def test_an_address_of_another_machine_is_a_fault_of_its_own(
    outside: Outside, tmp_path: Path
) -> None:
    """192.0.2.1 is of a network for documentation, which no machine belongs to."""
    listen = "192.0.2.1:18090"
    env = {**outside.env, "CLAPPER_HTTP__LISTEN": listen}
    ended = await invoked("check", folder=tmp_path, **env)

    assert ended.status == 1
    (fault,) = lines(ended.out, "✗")
    assert fault == (
        f"{listen} (http.listen) is no address of this machine: set one that is, such"
        " as 127.0.0.1, or 0.0.0.0 for all of them."
    )


async def test_a_default_above_its_bound_is_said(
    outside: Outside, tmp_path: Path
) -> None:
    env = {
        **outside.env,
        "CLAPPER_QUOTAS__SERVER_PER_DAY": "500",
        "CLAPPER_QUOTAS__SERVER_PER_MONTH": "-1",
        "CLAPPER_QUOTAS__SERVER_AT_ONCE": "20",
    }
    ended = await invoked("check", folder=tmp_path, **env)

    assert ended.status == 0
    assert [one for one in lines(ended.out, "·") if "is above" in one] == [
        (
            "quotas.server_per_day (500) is above quotas.server_most_per_day (200), so"
            " 200 holds."
        ),
        (
            "quotas.server_per_month (no limit) is above quotas.server_most_per_month"
            " (2000), so 2000 holds."
        ),
    ]


async def test_an_empty_list_of_servers_is_said(
    outside: Outside, tmp_path: Path
) -> None:
    env = {**outside.env, "CLAPPER_OPERATOR__GUILDS_ALLOWED": "[]"}
    ended = await invoked("check", folder=tmp_path, **env)

    assert ended.status == 0
    assert "works in no server" in ended.out
    assert "Public Bot" not in ended.out


@pytest.mark.parametrize("parent", ["a file", "long" * 100])
@pytest.mark.parametrize("name", ["SPOOL_DIR", "BACKUP_DIR"])
async def test_a_folder_that_cannot_be_written_is_a_fault(
    outside: Outside, tmp_path: Path, name: str, parent: str
) -> None:
    """Nor where we may not look; root may write, and look, anywhere but there."""
    (tmp_path / "a file").touch()
    folder = tmp_path / parent / "folder"
    env = {**outside.env, f"CLAPPER_STORAGE__{name}": str(folder)}

    ended = await invoked("check", folder=tmp_path, **env)

    assert ended.status == 1
    (fault,) = lines(ended.out, "✗")
    assert fault == (
        f"The folder {folder} cannot be written: give this user the right to, or set"
        f" storage.{name.lower()}."
    )


async def test_a_server_s_database_is_copied_by_its_operator(
    outside: Outside, tmp_path: Path
) -> None:
    """So it matters to nobody where Clapper's own copies would go."""
    (tmp_path / "in the way").touch()
    env = {
        **outside.env,
        "CLAPPER_STORAGE__URL": "postgresql://clapper@127.0.0.1:1/clapper",
        "CLAPPER_STORAGE__BACKUP_DIR": str(tmp_path / "in the way" / "folder"),
    }

    ended = await invoked("check", folder=tmp_path, **env)

    (fault,) = lines(ended.out, "✗")
    assert "127.0.0.1:1" in fault
    assert "· On PostgreSQL Clapper makes no copies of the database: " in ended.out
