"""Several processes ask EvoLink and the database no more than one does.

With `-s` the figures are printed.
"""

import asyncio
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.together.conftest import OpenTown
from tests.together.holders import shared
from tests.together.town import EVOLINK, PROCESSES, Town
from tests.together.verdict import nothing_is_wrong

JOBS = 40
MORE_AT_MOST = 1.3
USUAL_ALONE = 3.7
"""Reads of a task by one process that has the machine for itself: where it has not, it
reads less often, and would be no measure."""
A_SECOND_AT_MOST = 2.0
IDLE_S = 30.0
SETTLED_S = 10.0
UNHURRIED = {"CLAPPER_POLLING__MIN_INTERVAL_S": "1"}
_STATEMENT = re.compile(r"LOG:  (?:statement|execute)[^:]*: ")


async def polls_a_job(opened: OpenTown, processes: int) -> float:
    """Return how often EvoLink was asked about a task, over many of them."""
    # Each run has a folder of its own, and so names for its processes.
    async with opened(processes=processes, evolink=_slow(), **UNHURRIED) as town:
        for _ in range(JOBS):
            await town.ask()
        await nothing_is_wrong(town)
        return sum(map(_asked_for, town.evolink.requests)) / JOBS


def _print(figures: str) -> None:
    sys.stderr.write(f"  {figures}\n")


def _slow() -> Any:
    return type(EVOLINK)(total_s=10.0, estimated_time_s=10)


def _asked_for(request: Any) -> int:
    """Return how many tasks a request asks about."""
    if request.path == "/v1/tasks/batch":
        return sum(map(len, filter(_is_list, json.loads(request.raw).values())))
    return int(request.method == "GET" and request.path.startswith("/v1/tasks/"))


def _is_list(value: object) -> bool:
    return isinstance(value, list)


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_tasks_are_read_hardly_more_often_by_several(opened: OpenTown) -> None:
    alone = await polls_a_job(opened, 1)

    together = await polls_a_job(opened, PROCESSES)

    _print(f"reads of a task: {alone:.2f} by one, {together:.2f} by {PROCESSES}")
    usual = max(alone, USUAL_ALONE)
    assert together <= MORE_AT_MOST * usual, (alone, together)


@pytest.mark.lengthy
@pytest.mark.timeout(300)
async def test_idle_processes_leave_the_database_in_peace(opened: OpenTown) -> None:
    async with opened() as town:
        await shared(town)
        await asyncio.sleep(SETTLED_S)
        await _log_statements(town)
        log = town.cluster.log_file
        began = len(_statements(log))
        await asyncio.sleep(IDLE_S)

        said = _statements(log)[began:]

    often = Counter(said).most_common(10)
    each = len(said) / IDLE_S / PROCESSES
    _print(f"statements of an idle process: {each:.2f} a second")
    assert each <= A_SECOND_AT_MOST, f"{len(said)}: {often}"


async def _log_statements(town: Town) -> None:
    """Have every statement logged, in the sessions that there are too."""
    engine = town.engine.execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text("ALTER SYSTEM SET log_statement = 'all'"))
        await connection.execute(text("SELECT pg_reload_conf()"))
    await asyncio.sleep(1)


def _statements(log: Path) -> list[str]:
    lines = log.read_text(errors="replace").splitlines()
    found = map(_STATEMENT.search, lines)
    return [one.string[one.end() :][:90] for one in found if one is not None]
