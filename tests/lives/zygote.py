"""Begins lives of the real program: each connection to a socket is one of them.

    python -m tests.lives.zygote SOCKET

A connection sends one line of JSON, {"env": ..., "log": ...}, and is told `pid N` and,
when that life is over, `ended STATUS`. Nothing outlives whoever began it: a life is
killed when its connection is closed, and this process ends with its standard input.
"""

import json
import os
import select
import signal
import socket
import sys
from functools import lru_cache
from typing import IO

from fluent.runtime import FluentResource

import bot.app
import bot.cli.run
from bot.cli import main
from bot.texts import texts
from tests.lives import clocks, points


def serve(path: str) -> None:
    """Keep a child for each connection, and return in the life that it begins."""
    assert bot.app.serve is not None  # what is imported here need not be by the lives
    read_texts_once()
    # Nobody waits for the keepers: the system reaps them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen(64)
    while True:
        if sys.stdin in select.select([sys.stdin, listening], [], [])[0]:
            sys.exit()
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            keep(connection)
            return
        connection.close()


def read_texts_once() -> None:
    """Let lives find each file of texts parsed, as they find each module imported."""
    vars(texts)["FluentResource"] = lru_cache(maxsize=None)(FluentResource)
    texts.Texts.load()


def keep(connection: socket.socket) -> None:
    """Begin one life and say how it ended. Returns in the life, never in the keeper."""
    rung, bell = socket.socketpair()
    bell.settimeout(0)
    with rung, bell, connection, connection.makefile("rw") as wire:
        asked = json.loads(wire.readline())
        signal.set_wakeup_fd(bell.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        pid = os.fork()
        if pid != 0:
            tell(wire, f"pid {pid}")
            # Nothing more is sent: what can be read of the connection is its end.
            if connection in select.select([rung, connection], [], [])[0]:
                os.kill(pid, signal.SIGKILL)
                os._exit(1)
            _, status = os.waitpid(pid, 0)
            tell(wire, f"ended {os.waitstatus_to_exitcode(status)}")
            os._exit(0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
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
    points.install(os.environ)
    clocks.install(os.environ)
    sys.argv = ["clapper", "run"]


if __name__ == "__main__":
    serve(sys.argv[1])
    # Only a life comes here. It ends as the program does, atexit and all.
    main()
