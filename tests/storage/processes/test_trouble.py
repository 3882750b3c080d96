"""The server starts again, or its network is cut: nobody waits, and nothing is lost."""

import asyncio
from contextlib import suppress

import pytest

from bot import deadline
from bot.errors import StorageBusy
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from storage.database import schema
from storage.database.engine import Database
from tests.factories import make_job
from tests.storage.cluster import Cluster
from tests.storage.processes.conftest import ALL, Member, member, until
from tests.storage.processes.network import network_to
from tests.stores import job_store

WAITS_S = 1.0


async def busy_in_time(one: Member, job: Job) -> None:
    """Try to write and to read for somebody who waits, and hear that neither works."""
    loop = asyncio.get_running_loop()
    for attempt in (
        lambda: job_store(one.database).receive(job),
        lambda: job_store(one.database).get(job.id),
    ):
        deadline.answer_within(WAITS_S)
        began_s = loop.time()
        with pytest.raises(StorageBusy):
            await attempt()
        # Far less than a connection may be silent; a busy machine takes a while.
        assert loop.time() - began_s < 8 * WAITS_S
    deadline.answered()


async def test_a_server_that_starts_again_is_waited_for(cluster: Cluster) -> None:
    """Who writes meanwhile hears that the database is busy, or is done after all."""
    await schema.upgrade(cluster.url)
    async with member(cluster.url) as one:
        store = job_store(one.database)
        before, after = make_job(), make_job()
        assert await store.receive(before)
        await asyncio.to_thread(cluster.stop)
        waiting = asyncio.create_task(store.receive(after))
        await asyncio.to_thread(cluster.start)

        with suppress(StorageBusy):
            await waiting
        await until(lambda: one.is_certain)
        await until(lambda: one.seats == ALL)
        with suppress(StorageBusy):  # its connection for reading is found to be broken
            await store.get(after.id)
        if await store.get(after.id) is None:
            assert await store.receive(after)
        assert await store.get(before.id) is not None
        assert await store.move(
            after.id, JobState.RECEIVED, JobState.REFUSED, after.requested_at
        )


async def test_while_the_network_is_cut_nobody_waits_and_afterwards_all_goes_on(
    database: Database, migrated: str
) -> None:
    async with network_to(migrated) as (network, url), member(url) as one:
        store = job_store(one.database)
        before, meanwhile, after = make_job(), make_job(), make_job()
        assert await store.receive(before)
        assert await store.get(before.id) is not None

        network.cut()
        await busy_in_time(one, meanwhile)

        network.mend()
        await until(lambda: one.is_certain)
        await until(lambda: one.seats == ALL)
        assert await store.receive(after)
        assert await store.get(before.id) is not None
        beside = job_store(database)
        assert await beside.get(after.id) is not None


async def test_a_transaction_that_is_cut_off_holds_its_locks_for_seconds_only(
    database: Database, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others need not wait until the server misses that machine."""
    monkeypatch.setattr("storage.database.engines.IDLE_IN_TRANSACTION", "500ms")
    async with network_to(migrated) as (network, url), member(url) as one:
        job = make_job()
        assert await job_store(database).receive(job)
        reached, loop = asyncio.Event(), asyncio.get_running_loop()

        def work(connection: object) -> None:
            connection.exec_driver_sql("SELECT id FROM jobs FOR UPDATE")  # type: ignore[attr-defined]
            network.cut()
            loop.call_soon(reached.set)
            connection.exec_driver_sql("SELECT 1")  # type: ignore[attr-defined]

        deadline.answer_within(WAITS_S)
        cut_off = asyncio.create_task(one.database.write(work))
        deadline.answered()
        await reached.wait()

        assert await job_store(database).move(
            job.id, JobState.RECEIVED, JobState.REFUSED, job.requested_at
        )
        network.mend()
        with suppress(StorageBusy):
            await cut_off
