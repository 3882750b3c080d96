"""The overview is gathered from every part, and does without one that is away."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import StorageBusy
from bot.jobs.store import JobStore
from bot.operations.free_space import FreeSpace
from bot.operations.health import Health
from bot.operations.overview.events import EventHistory
from bot.operations.overview.overview import Overviews
from bot.operations.overview.values import Copies, Stored, Versions
from bot.operations.ports import SeenBalance
from storage.database.engine import Database
from storage.operations.events import SqlEvents
from storage.operations.pauses import SqlPauses
from storage.operations.told_outages import SqlToldOutages
from storage.overview.store import SqlOverview
from storage.processes.only import OnlyProcess
from tests.clock import FakeClock
from tests.factories import make_job
from tests.web.page.sample import CEILINGS

COPIES = Copies(every=timedelta(days=1), newest_at=None, fault=None)
READ_AT = datetime.fromisoformat("2026-11-18T13:58:30+00:00")
VERSIONS = Versions(clapper="1", python="2", discord_py="3")


def make_overviews(
    database: Database, clock: FakeClock, *, store: object | None = None
) -> Overviews:
    async def no_jobs() -> int:
        return 0

    usual = SqlOverview(
        database,
        pauses=SqlPauses(database),
        outages=SqlToldOutages(database),
        is_server=False,
        name="7 on here",
    )
    return Overviews(
        store or usual,  # type: ignore[arg-type]
        Health(
            clock=clock,
            database=database.probe,
            open_jobs=no_jobs,
            processes=OnlyProcess(),
        ),
        EventHistory(SqlEvents(database)),
        FreeSpace({"database": Path()}),
        clock,
        balance=lambda: SeenBalance(credits=40.0, read_at=READ_AT),
        copies=lambda: COPIES,
        ceilings=CEILINGS,
        versions=VERSIONS,
        process="7 on here",
    )


async def test_everything_is_gathered_at_once(
    database: Database, store: JobStore, clock: FakeClock
) -> None:
    await store.receive(make_job(requested_at=clock.now(), credits_estimated=5.0))
    overviews = make_overviews(database, clock)
    clock.advance(90)

    view = await overviews.gather()

    assert view.at == clock.now()
    assert (view.at - view.began_at).total_seconds() == 90
    assert view.health.database.ok
    assert view.stored is not None
    assert view.stored.revision.startswith("v")
    assert view.stored.database.startswith("SQLite 3.")
    assert view.spending is not None
    assert view.spending.balance == 40.0
    assert view.balance_read_at == READ_AT
    assert view.versions is VERSIONS
    assert view.copies is COPIES
    assert view.free["database"] > 0


@pytest.mark.parametrize("error", [StorageBusy("held"), TimeoutError()])
async def test_a_database_that_is_away_is_left_out(
    database: Database, clock: FakeClock, error: Exception
) -> None:
    class Away:
        async def read(self, _now: datetime) -> Stored:
            raise error

    view = await make_overviews(database, clock, store=Away()).gather()

    assert view.stored is None
    assert view.spending is None
    assert view.process == "7 on here"
    assert view.free["database"] > 0
