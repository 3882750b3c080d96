"""A database with a long history, and what a statement reads of it from end to end."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from storage.database.engine import Database
from tests.factories import NOON
from tests.storage.history import SERVERS, put_history
from tests.storage.plans import Statements

GROWING = frozenset(
    {
        *("jobs", "ledger", "audit", "cards", "reports", "blocks"),
        *("month_prices", "day_counts", "day_prices"),
    }
)
ALIASES = frozenset({"waiting", "other", "closing", "in_old_states"})
ALLOWED = frozenset(
    {
        # What is under way, and not what has been.
        "SCAN jobs USING INDEX ix_jobs_queue",
        "SCAN jobs USING INDEX ix_jobs_slots",
        "SCAN jobs USING INDEX ix_jobs_delivery_due",
        "SCAN jobs USING INDEX ix_jobs_notice_due",
        "SCAN jobs USING INDEX ix_jobs_tokens",
        # From the newest on, and no further than its limit.
        "SCAN jobs USING INDEX ix_jobs_priced",
    }
)
ALLOWED_ON_SERVER = frozenset(
    {
        # What is under way, and not what has been.
        "all of ix_jobs_queue",
        "all of ix_jobs_slots",
        "all of ix_jobs_submit_due",
        "all of ix_jobs_delivery_due",
        "all of ix_jobs_notice_due",
        "all of ix_jobs_poll_due",
        "all of ix_jobs_status_due",
        "all of ix_jobs_tokens",
        "all of ix_cards_due",
        # From the newest on, and no further than its limit.
        "all of ix_jobs_priced",
    }
)
NEWEST_US = int(NOON.timestamp() * 1_000_000)


@pytest.fixture(scope="module")
def grown_file(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """Make a long history once; each test gets a copy."""
    file = tmp_path_factory.mktemp("grown") / "clapper.db"
    shutil.copy(migrated_file, file)

    async def grow() -> None:
        async with Database.open(f"sqlite:///{file}", may_write=None) as database:
            await put_history(database, NEWEST_US)

    asyncio.run(grow())
    return file


@pytest.fixture
def migrated(
    database_kind: str, database_url: str, request: pytest.FixtureRequest
) -> str:
    """Name the test's database: on SQLite it has the long history already."""
    if database_kind == "sqlite":
        grown_file: Path = request.getfixturevalue("grown_file")
        file = Path(database_url.removeprefix("sqlite:///"))
        file.parent.mkdir(mode=0o700)
        shutil.copy(grown_file, file)
    return database_url


@pytest.fixture
async def grown(database: Database, database_kind: str) -> Database:
    """Return a database with a long history, all of it younger than a year."""
    if database_kind == "postgresql":
        # Where each server has much of it all, PostgreSQL rather looks for its latest
        # among everybody's latest.
        await put_history(database, NEWEST_US, servers=25 * SERVERS)
    return database


def scans(steps: list[str]) -> set[str]:
    """Return the steps that read a growing table from its beginning to its end."""
    return {
        step
        for step in steps
        if step.startswith("SCAN") and step.split()[1] in GROWING | ALIASES
    }


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return a plan of PostgreSQL's with all below it."""
    yield plan
    for one in plan.get("Plans", ()):
        yield from nodes(one)


def server_scans(plan: dict[str, Any]) -> set[str]:
    """Return what reads all of a growing table, or all of an index of it."""
    found = set()
    for node in nodes(plan):
        index = node.get("Index Name", "")
        table = node.get("Relation Name") or index.split("_")[1:2]
        if node["Node Type"] == "Seq Scan" and table in GROWING:
            found.add(f"Seq Scan {table}")
        elif index and "Index Cond" not in node and index.split("_")[1] in GROWING:
            found.add(f"all of {index}")
    return found


async def plan_of_all(database: Database, asked: Statements) -> list[str]:
    """Return SQLite's plan of each collected statement, step by step."""

    def explain(connection: Connection) -> list[str]:
        steps: list[str] = []
        for sql, parameters in tuple(asked):
            found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
            steps += [row.detail for row in found]
        return steps

    return await database.read(explain)


async def scans_on_the_server(database: Database, asked: Statements) -> set[str]:
    """Return what reads whole tables although it would rather use an index."""

    def explain(connection: Connection) -> set[str]:
        found: set[str] = set()
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for sql, parameters in tuple(asked):
            if sql.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
                plan: Any = connection.exec_driver_sql(
                    f"EXPLAIN (FORMAT JSON) {sql}", parameters
                ).scalar_one()
                plan = json.loads(plan) if isinstance(plan, str) else plan
                found |= server_scans(plan[0]["Plan"])
        return found

    return await database.write(explain)
