"""Nothing happens at import time: a module only says what it has."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]

WATCHED_IMPORT = """
import importlib, json, logging, pkgutil, signal, sys, threading

import aiohttp, alembic.context, asyncpg, discord.ext.commands, matplotlib, sqlalchemy

ours = tuple(f"{sys.argv[1]}/{name}/" for name in ("bot", "cogs", "storage"))
done, watching = [], True

def look(event, args):
    if not watching:
        return
    if event == "open" and str(args[0]).startswith(ours):
        if not str(args[0]).endswith((".py", ".pyc")) and ".pyc." not in str(args[0]):
            done.append(f"reads {args[0]}")
    elif event == "os.scandir" and str(args[0]).startswith(ours):
        done.append(f"lists {args[0]}")  # the import system uses os.listdir
    elif event.startswith(("socket.", "subprocess.", "sqlite3.")):
        done.append(f"{event} {args!r}")

handlers = {number: signal.getsignal(number) for number in signal.Signals}
filters = {name: list(logging.getLogger(name).filters)
           for name in list(logging.root.manager.loggerDict)}
levels = {name: logging.getLogger(name).level for name in filters}
sys.addaudithook(look)
modules = ["bot", "cogs", "storage"]
for package in list(modules):
    path = importlib.import_module(package).__path__
    modules += [found.name for found in pkgutil.walk_packages(path, package + ".")]
for name in modules:
    if not name.endswith(".__main__") and ".migrations." not in name:
        importlib.import_module(name)
watching = False
done += [f"filters {name}" for name in logging.root.manager.loggerDict
         if logging.getLogger(name).filters != filters.get(name, [])]
done += [f"sets the level of {name}" for name, level in levels.items()
         if logging.getLogger(name).level != level]
done += ["handles the log" for _ in logging.root.handlers]
done += [f"handles {number!r}" for number, handler in handlers.items()
         if signal.getsignal(number) is not handler]
done += [f"starts {thread.name}" for thread in threading.enumerate()[1:]]
print(json.dumps({"modules": len(modules), "done": done}))
"""


@pytest.fixture(scope="module")
def imported() -> dict[str, Any]:
    """Import all that is ours in a process of its own, and tell what it did."""
    ended = subprocess.run(
        [sys.executable, "-c", WATCHED_IMPORT, str(ROOT)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def test_to_import_us_reads_nothing_and_changes_nothing(
    imported: dict[str, Any],
) -> None:
    assert imported["modules"] > 200
    assert imported["done"] == []
