"""Begins lives of the real program quickly: imported once, forked for each life.

Reads one JSON object a line from stdin, {"env": ..., "log": ...}; answers `pid N`, and
`ended STATUS` when that life is over. Only one life at a time.
"""

import json
import os
import sys

import bot.app
import bot.cli.run
from bot.cli import main
from tests.crash import points


def live(env: dict[str, str], log: str) -> None:
    """Become the program. Does not return."""
    opened = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, descriptor in enumerate((nothing, opened, opened)):
        os.dup2(descriptor, number)
    os.environ.clear()
    os.environ.update(env)
    points.install(os.environ)  # type: ignore[arg-type]  # a mapping of texts
    sys.argv = ["clapper", "run"]
    status = 1
    try:
        main()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    finally:
        sys.stderr.flush()
        os._exit(status)


def serve() -> None:
    """Fork a life for each line."""
    assert bot.app.serve is not None
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            live(asked["env"], asked["log"])
        print(f"pid {pid}", flush=True)  # noqa: T201 - the answer
        _, status = os.waitpid(pid, 0)
        print(f"ended {os.waitstatus_to_exitcode(status)}", flush=True)  # noqa: T201


if __name__ == "__main__":
    serve()
