"""`clapper processes` on a file; on a server: `tests/storage/processes`."""

import json
import os
from pathlib import Path

from storage.database import schema
from storage.database.lock import file_held
from tests.cli.program import invoked


async def listed(url: str, folder: Path, *options: str) -> str:
    ended = await invoked(
        "processes", *options, folder=folder, CLAPPER_STORAGE__URL=url
    )
    assert (ended.status, ended.err) == (0, "")
    return ended.out


async def test_a_file_has_one_process_or_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'clapper.db'}"
    await schema.upgrade(url)
    none = await listed(url, tmp_path)
    with file_held(url):
        one = await listed(url, tmp_path)
        told = json.loads(await listed(url, tmp_path, "--json"))

    assert none == "No process works on the database.\nClaimed now: nothing.\n"
    assert one.splitlines()[0] == f"Process {os.getpid()} works on the database."
    assert told["processes"] == [{"name": str(os.getpid()), "alive": True}]
    assert await listed(url, tmp_path) == none
