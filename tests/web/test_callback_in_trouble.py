"""A callback that the database keeps from being noted is asked for again."""

import aiohttp
import pytest

from bot.errors import StorageBusy
from bot.jobs.states import JobState
from bot.operations.health import Health
from bot.pipeline.callback_addresses import PATH, CallbackAddresses
from bot.pipeline.callback_trust import CallbackTrust
from bot.pipeline.callbacks import CallbackDesk
from bot.web import CallbackEndpoint, build_web, serve_web
from storage.database.engine import Database
from storage.processes.only import OnlyProcess
from tests.callbacks import nothing
from tests.clock import FakeClock
from tests.factories import reach
from tests.pipeline.failing import TroubledDatabase, troubled_store
from tests.web.test_endpoints import an_answer, no_jobs

ADDRESSES = CallbackAddresses(public_url="https://bot.example.org", secret=b"s" * 32)


async def test_it_is_answered_with_503_and_no_traceback(
    database: Database, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    troubled = TroubledDatabase(database)
    troubled.error = StorageBusy("database is locked")
    store = troubled_store(troubled)
    job = await reach(store, JobState.GENERATING, poll_due_at=clock.now())
    await store.note({job.id: {"callback_hash": ADDRESSES.kept(job.id)}})
    counted: list[str] = []
    desk = CallbackDesk(store, CallbackTrust(), clock, min_interval_s=2)
    health = Health(
        clock=clock, database=an_answer, open_jobs=no_jobs, processes=OnlyProcess()
    )
    web = build_web(
        health,
        callbacks=CallbackEndpoint(desk, counted.append),
        scrape=nothing,
        page=None,
    )
    troubled.coming = [True]
    path = ADDRESSES.address(job.id).partition(PATH)[2]

    async with (
        serve_web(web, "127.0.0.1:0") as address,
        aiohttp.ClientSession() as session,
    ):
        for status in (503, 200):
            async with session.post(f"{address}{PATH}{path}", data=b"{}") as answer:
                assert answer.status == status

    assert counted == ["failed", "taken"]
    assert caplog.records == []
