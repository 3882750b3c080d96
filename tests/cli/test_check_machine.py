"""What `clapper check` says of the machine, and of who may spend."""

import socket
from contextlib import closing
from pathlib import Path

import pytest

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


async def test_a_port_in_use_is_said_and_no_fault(
    outside: Outside, tmp_path: Path
) -> None:
    """Clapper itself may be what uses it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        listen = f"127.0.0.1:{server.getsockname()[1]}"
        ended = await invoked(
            "check", folder=tmp_path, **outside.env, CLAPPER_HTTP__LISTEN=listen
        )

    assert ended.status == 0
    assert f"{listen} (http.listen) is in use" in ended.out


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
