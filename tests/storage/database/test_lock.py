"""Two bots on one database would pay and post everything twice."""

import signal
import stat
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.errors import AlreadyRunning, StartupError
from storage.database.lock import file_held

HOLDER = """
import sys
from storage.database.lock import file_held

with file_held(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""
ROOT = Path(__file__).parents[3]


@contextmanager
def another_process(url: str) -> Generator[subprocess.Popen[str]]:
    """Run a real process that holds the lock until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_process_is_refused_with_what_to_do(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "data" / "clapper.db"
    with (
        another_process(database_url) as first,
        pytest.raises(AlreadyRunning) as caught,
        file_held(database_url),
    ):
        pytest.fail("there are two")

    assert str(caught.value) == (
        f"Another Clapper (process {first.pid}) works on {file}:"
        " stop it first, or give this one a storage.url of its own."
    )


def test_a_process_that_is_killed_lets_go(database_url: str) -> None:
    """A crash must not need an operator to clear up after it."""
    with another_process(database_url) as first:
        first.send_signal(signal.SIGKILL)
        first.wait(timeout=60)

        with file_held(database_url):
            """It was free."""


def test_the_lock_is_let_go_at_the_end(database_url: str, tmp_path: Path) -> None:
    with file_held(database_url):
        pass
    with file_held(database_url):
        lock = tmp_path / "data" / "clapper.db.lock"
        assert stat.S_IMODE(lock.stat().st_mode) == 0o600


def test_other_databases_are_no_concern(database_url: str, tmp_path: Path) -> None:
    with (
        file_held(database_url),
        file_held(f"sqlite:///{tmp_path}/other.db"),
    ):
        """Both are held."""


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(
    tmp_path: Path,
) -> None:
    (tmp_path / "data").write_text("a file")

    with (
        pytest.raises(StartupError, match=r"clapper.db.lock cannot be made: "),
        file_held(f"sqlite:///{tmp_path}/data/clapper.db"),
    ):
        pytest.fail("it was made")
