"""Begins lives of the real program: each connection to a socket is one of them.

    python -m tests.lives.zygote SOCKET

A connection sends one line of JSON, {"env": ..., "log": ...}, and is told `pid N` and,
when that life is over, `ended STATUS`.
"""

import json
import os
import signal
import socket
import sys
from typing import IO

import bot.app
import bot.cli.run
from bot.cli import main


def serve(path: str) -> None:
    """Keep a child for each connection, and return in the life that it begins."""
    assert bot.app.serve is not None  # what is imported here need not be by the lives
    # Nobody waits for the keepers: the system reaps them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen(64)
    while True:
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            keep(connection)
            return
        connection.close()


def keep(connection: socket.socket) -> None:
    """Begin one life and say how it ended. Returns in the life, never in the keeper."""
    with connection, connection.makefile("rw") as wire:
        asked = json.loads(wire.readline())
        pid = os.fork()
        if pid != 0:
            tell(wire, f"pid {pid}")
            _, status = os.waitpid(pid, 0)
            tell(wire, f"ended {os.waitstatus_to_exitcode(status)}")
            os._exit(0)
    become(asked["env"], asked["log"])


def tell(wire: IO[str], line: str) -> None:
    """Send a line at once."""
    wire.write(f"{line}\n")
    wire.flush()


def become(env: dict[str, str], log: str) -> None:
    """Take on the environment, the arguments and the files of the program."""
    opened = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, descriptor in enumerate((nothing, opened, opened)):
        os.dup2(descriptor, number)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["clapper", "run"]


if __name__ == "__main__":
    serve(sys.argv[1])
    # Only a life comes here. It ends as the program does, atexit and all.
    main()
