"""A PostgreSQL server of the tests' own, where the machine has the programs for one."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path

STARTS_WITHIN_S = 60.0
_DEBIAN = Path("/usr/lib/postgresql")


@cache
def programs() -> Path | None:
    """Return the folder with `initdb` and `postgres`, if there is one."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(_DEBIAN.glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    return None


class Cluster:
    """A server on a port of loopback, with a folder that goes with it."""

    def __init__(self, bin_folder: Path) -> None:
        self._bin = bin_folder
        self._user = _other_user()
        self._folder = Path(tempfile.mkdtemp(prefix="clapper-postgresql-"))
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self._run("initdb", "-D", "data", "-A", "trust", "-U", "clapper", "--no-sync")

    @property
    def url(self) -> str:
        return f"postgresql://clapper@127.0.0.1:{self.port}/postgres"

    @property
    def log_file(self) -> Path:
        """What the server says."""
        return self._folder / "log"

    def start(self) -> None:
        """Run it; returns once it takes connections."""
        settings = (f"port={self.port}", "listen_addresses=127.0.0.1", "fsync=off")
        options: list[str] = [word for one in settings for word in ("-c", one)]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._bin / "postgres"), "-D", "data", "-k", ".", *options],
                cwd=self._folder,
                user=self._user,
                stderr=log,
            )
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                said = self.log_file.read_text()
                msg = f"PostgreSQL does not start: {said}"
                raise RuntimeError(msg)
            time.sleep(0.05)

    def stop(self) -> None:
        """End it and all its sessions, as for an upgrade."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(STARTS_WITHIN_S)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def _answers(self) -> bool:
        ready = [str(self._bin / "pg_isready"), "-q", "-h", "127.0.0.1"]
        ended = subprocess.run([*ready, "-p", str(self.port)], check=False)
        return ended.returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._bin / program, *arguments],
            cwd=self._folder,
            user=self._user,
            capture_output=True,
            check=True,
        )


def _other_user() -> str | None:
    """Return as whom to run it: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    known = {one.pw_name for one in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
