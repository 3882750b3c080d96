"""Begins lives of the real program: each connection to a socket is one of them.

    python -m tests.lives.zygote SOCKET

A connection sends one line of JSON, {"env": ..., "log": ...}, and is told `pid N` and,
when that life is over, `ended STATUS`. Nothing outlives whoever began it: a life is
killed when its connection is closed, and this process ends with its standard input.
"""

import asyncio
import atexit
import gc
import json
import os
import select
import signal
import socket
import sys
import threading
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import IO, NoReturn

from fluent.runtime import FluentResource
from jinja2 import Environment, FileSystemBytecodeCache

import bot.app
import bot.cli.run
from bot.cli import main
from bot.texts import texts
from bot.web.page import drawing
from storage.database import schema
from tests.lives import clocks, points


def serve(path: str) -> None:
    """Keep a child for each connection, and return in the life that it begins."""
    assert bot.app.serve is not None  # what is imported here need not be by the lives
    prepare(path)
    # Else the first collection of each life would write to, and so copy, all of this.
    gc.freeze()
    # Reaped one by one, what the lives cost is counted in the time of the whole run.
    signal.signal(signal.SIGCHLD, reap)
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


def reap(*_: object) -> None:
    """Take leave of each keeper that has ended."""
    with suppress(ChildProcessError):  # there is none left, neither alive nor ended
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def prepare(path: str) -> None:
    """Do once what each life would do again, so that lives find it done.

    Files of texts are parsed, the page's templates compiled, and a database is
    migrated, of which `ForkedBot` gives a copy to a life that has none yet.
    """
    vars(texts)["FluentResource"] = lru_cache(maxsize=None)(FluentResource)
    texts.Texts.load()
    folder = Path(path).with_suffix(".templates")
    folder.mkdir()
    compiled = FileSystemBytecodeCache(str(folder))
    vars(drawing)["Environment"] = partial(Environment, bytecode_cache=compiled)
    drawing.Drawing(server_name=lambda _: None, sentence=str)
    asyncio.run(schema.upgrade(f"sqlite:///{Path(path).with_suffix('.db')}"))


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


def end(code: object) -> NoReturn:
    """End a life as the program ends, but without taking its memory apart.

    All of that is shared with the process that it was forked from, and to touch it is
    to copy it, which is a quarter of what a short life costs.
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    serve(sys.argv[1])
    # Only a life comes here.
    try:
        main()
    except SystemExit as ending:
        end(ending.code)
    end(None)
