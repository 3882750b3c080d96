"""`clapper run` as a process: how it ends where it cannot even begin."""

import asyncio
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database.lock import file_held
from tests.cli.outside import Outside
from tests.cli.program import NEEDED, clapper, environment
from tests.selection import thorough


@pytest.mark.thorough  # tests/e2e/test_start_and_stop.py has it too
async def test_a_key_that_is_refused_is_one_sentence_and_1(tmp_path: Path) -> None:
    async with Outside.open() as outside:
        wrong = {"CLAPPER_EVOLINK__API_KEY": "a-wrong-key", "CLAPPER_HTTP__LISTEN": ""}
        ended = await clapper("run", folder=tmp_path, **{**outside.env, **wrong})

    assert ended.status == 1
    sentence = ended.err.splitlines()[-1]
    assert sentence.startswith("EvoLink refuses the API key")
    assert "a-wrong-key" not in ended.err


@pytest.mark.thorough  # likewise
async def test_a_second_one_on_the_same_database_is_refused(tmp_path: Path) -> None:
    with file_held(f"sqlite:///{tmp_path}/data/clapper.db"):
        ended = await clapper("run", folder=tmp_path, **NEEDED)

    assert ended.status == 1
    assert ended.err.startswith("Another Clapper (process ")
    assert len(ended.err.splitlines()) == 1


@pytest.mark.thorough
async def test_a_lost_database_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    copy = tmp_path / "data" / "backups" / "clapper-20261129T043000Z.db"
    copy.parent.mkdir(parents=True)
    copy.touch()

    for command in (["run"], ["db", "upgrade"]):
        ended = await clapper(*command, folder=tmp_path, **NEEDED)

        assert ended.status == 1
        (sentence,) = ended.err.splitlines()
        assert sentence.startswith("The database data/clapper.db is gone")
    assert not (tmp_path / "data" / "clapper.db").exists()


@pytest.mark.thorough
async def test_a_word_list_at_fault_is_a_fault_of_the_configuration(
    tmp_path: Path,
) -> None:
    """Before anything is asked or written; a filter is never silently off."""
    words = tmp_path / "words.txt"
    words.write_text("\u200b\nfine\nregex:(\n", encoding="utf-8")
    env = {**NEEDED, "CLAPPER_MODERATION__WORDS_FILE": "words.txt"}

    ended = await clapper("run", folder=tmp_path, **env)

    assert ended.status == 2
    assert [line.split(" cannot")[0] for line in ended.err.splitlines()] == [
        "Line 1 of the word list words.txt",
        "Line 3 of the word list words.txt",
    ]
    assert not (tmp_path / "data").exists()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Listen, take connections, and never answer."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


@pytest.mark.thorough
@pytest.mark.parametrize("number", [signal.SIGTERM, *thorough(signal.SIGINT)])
async def test_a_signal_while_it_starts_ends_it_with_0(
    tmp_path: Path, silent_port: int, number: signal.Signals
) -> None:
    """`docker stop` waits ten seconds, also for one that waits for EvoLink."""
    lock = tmp_path / "data" / "clapper.db.lock"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        cwd=tmp_path,
        env={
            **environment(),
            **NEEDED,
            "CLAPPER_EVOLINK__BASE_URL": f"http://127.0.0.1:{silent_port}",
            "CLAPPER_HTTP__LISTEN": "",
        },
    )
    try:
        async with asyncio.timeout(60):
            while not lock.exists():  # noqa: ASYNC110 - its own file
                await asyncio.sleep(0.05)
        process.send_signal(number)
        async with asyncio.timeout(10):
            status = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

    assert status == 0
