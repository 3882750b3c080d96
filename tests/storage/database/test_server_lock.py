"""On PostgreSQL, too, a second process is refused, also after a lock was lost."""

import asyncio
import re
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.demo.bot_process import BotProcess
from bot.demo.stage import open_stage
from bot.errors import AlreadyRunning, StorageBusy
from bot.jobs.states import JobState
from storage.database import schema
from storage.database.engine import Database
from storage.database.lock import ProcessLock, only_process
from tests.factories import AT_ONCE, make_job
from tests.storage.cluster import Cluster
from tests.storage.database.test_lock import another_process
from tests.stores import job_store

PATIENCE_S = 60.0
HOLDERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks"
    " JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory'"
)


@pytest.fixture
def postgresql_url(cluster: Cluster) -> str:
    """Name a database that no other tests lock at the same time."""
    return cluster.url


@asynccontextmanager
async def watched(hold: ProcessLock) -> AsyncGenerator["asyncio.Task[None]"]:
    watch = asyncio.create_task(hold.watch())
    try:
        yield watch
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError, AlreadyRunning):
            await watch


def certain(hold: ProcessLock) -> bool:
    try:
        hold.require()
    except StorageBusy:
        return False
    return True


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await true():  # noqa: ASYNC110 - nobody could tell us
            await asyncio.sleep(0.05)


async def until_certain(hold: ProcessLock, *, wanted: bool = True) -> None:
    async def reached() -> bool:
        return certain(hold) is wanted

    await until(reached)


async def break_the_lock(url: str) -> None:
    """End the session that has it, as an administrator or a broken network does."""

    async def broken() -> bool:
        async with Database.open(url, may_write=None) as database:
            return await database.write(_break)

    await until(broken)


def _break(connection: Connection) -> bool:
    return connection.scalars(HOLDERS).all() == [True]


async def test_a_second_process_is_refused_with_what_to_do(postgresql_url: str) -> None:
    with (
        another_process(postgresql_url) as first,
        pytest.raises(AlreadyRunning) as caught,
    ):
        async with only_process(postgresql_url):
            pytest.fail("there are two")

    said = str(caught.value)
    assert re.fullmatch(
        rf"Another Clapper \(process {first.pid} on \S+\) works on postgresql\S+:"
        r" stop it first, or give this one a storage.url of its own\.",
        said,
    )


async def test_a_process_that_is_killed_lets_go(postgresql_url: str) -> None:
    with another_process(postgresql_url) as first:
        first.send_signal(signal.SIGKILL)
        first.wait(timeout=PATIENCE_S)

        await until(lambda: _taken(postgresql_url))


async def _taken(url: str) -> bool:
    try:
        async with only_process(url):
            return True
    except AlreadyRunning:
        return False


async def test_the_lock_is_let_go_at_the_end(postgresql_url: str) -> None:
    for _ in range(2):
        async with only_process(postgresql_url) as hold:
            assert certain(hold)


async def test_an_operators_command_works_beside_it(postgresql_url: str) -> None:
    await schema.upgrade(postgresql_url)
    async with (
        only_process(postgresql_url),
        Database.open(postgresql_url, may_write=None) as beside,
    ):
        assert await job_store(beside).receive(make_job())


async def test_a_lock_that_was_lost_is_taken_again_and_nothing_written_until_then(
    postgresql_url: str,
) -> None:
    await schema.upgrade(postgresql_url)
    async with (
        only_process(postgresql_url) as hold,
        Database.open(
            postgresql_url, commit_delay=AT_ONCE, may_write=hold.require
        ) as database,
    ):
        await break_the_lock(postgresql_url)
        await until_certain(hold, wanted=False)
        job = make_job()
        store = job_store(database)
        received = asyncio.create_task(store.receive(job))
        await asyncio.sleep(0.3)
        assert await store.get(job.id) is None

        async with watched(hold):
            assert await received
            assert certain(hold)


async def test_who_lost_the_lock_to_another_process_ends(postgresql_url: str) -> None:
    async with only_process(postgresql_url) as hold:
        await break_the_lock(postgresql_url)
        with another_process(postgresql_url) as second:
            async with watched(hold) as watch:
                with pytest.raises(AlreadyRunning, match=f"process {second.pid} on "):
                    await asyncio.wait_for(watch, PATIENCE_S)
            assert not certain(hold)


async def test_a_process_that_hangs_is_not_sure_of_its_lock(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has asked the server for too long: it may have given the lock away."""
    async with only_process(postgresql_url) as hold:
        monkeypatch.setattr("storage.database.server_lock.STALE_AFTER_S", 0.0)
        assert not certain(hold)
        monkeypatch.undo()
        async with watched(hold):
            await until_certain(hold)


async def test_a_server_that_starts_again_is_waited_for(cluster: Cluster) -> None:
    """Who writes meanwhile hears that the database is busy, or is done after all."""
    await schema.upgrade(cluster.url)
    async with (
        only_process(cluster.url) as hold,
        Database.open(
            cluster.url, commit_delay=AT_ONCE, may_write=hold.require
        ) as database,
        watched(hold),
    ):
        store = job_store(database)
        before, after = make_job(), make_job()
        assert await store.receive(before)
        await asyncio.to_thread(cluster.stop)
        waiting = asyncio.create_task(store.receive(after))
        await asyncio.to_thread(cluster.start)

        assert await waiting
        await until_certain(hold)
        with suppress(StorageBusy):  # its connection for reading is found to be broken
            await store.get(after.id)
        assert [await store.get(job.id) is not None for job in (before, after)]
        assert await store.move(
            after.id, JobState.RECEIVED, JobState.REFUSED, after.requested_at
        )


@pytest.mark.lengthy
async def test_the_real_program_is_alone_on_a_server_or_ends(
    postgresql_url: str, tmp_path: Path
) -> None:
    """A second one is refused; and one that finds another in its place ends."""
    async with open_stage(folder=tmp_path, make_bot=BotProcess) as stage:
        bot = stage.bot
        bot.settings["CLAPPER_STORAGE__URL"] = postgresql_url
        second = BotProcess(bot.settings, tmp_path / "second.log")
        await bot.start()
        await stage.discord.wait_ready(["video"], PATIENCE_S)

        await second.start()

        assert await second.ended() == 1
        (line,) = second.log().splitlines()
        assert line.startswith(f"Another Clapper (process {bot.pid} on ")
        status = asyncio.create_task(bot.ended())
        while not status.done():
            await break_the_lock(postgresql_url)
            with suppress(AlreadyRunning):  # it was quicker; once more
                async with only_process(postgresql_url):
                    await asyncio.wait([status], timeout=PATIENCE_S)
        assert await status == 1
        assert bot.log().splitlines()[-1].startswith("Another Clapper (process ")
        assert "Traceback" not in bot.log()
