"""PostgreSQL notifies all processes of what became due, once that is committed."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.jobs.due import Due
from bot.jobs.jobs import JobChanges
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.pipeline.wakeups import CHANNEL, Rows, Wakeups
from bot.workers.worker import Worker
from storage.database.address import Address
from storage.database.engine import Database
from storage.servers.greetings import SqlGreetings
from storage.tables.moderation import cards, guild_logs
from tests.clock import FakeClock
from tests.factories import make_job
from tests.stores import job_store

Heard = Callable[[], Any]

PATIENCE_S = 30.0


@pytest.fixture
def database_kind(postgresql_url: str) -> str:
    return postgresql_url.partition(":")[0]


@pytest.fixture
def jobs(database: Database) -> JobStore:
    return job_store(database)


class Listener:
    """A session that hears of notifications, as another process does."""

    def __init__(self, engine: AsyncEngine, driver: Any) -> None:
        self._engine = engine
        self._driver = driver
        self._payloads: list[str] = []

    async def listen(self, channel: str, heard: Callable[[str], None]) -> None:
        def pass_on(_driver: object, _pid: int, _channel: str, payload: str) -> None:
            heard(payload)

        await self._driver.add_listener(channel, pass_on)

    async def begin(self) -> None:
        await self.listen(CHANNEL, self._payloads.append)

    async def kinds(self) -> list[str]:
        """Return the kinds that were notified of since the last time."""
        return [one.split(" ")[0] for one in await self.payloads()]

    async def payloads(self) -> list[str]:
        async with self._engine.connect() as connection:
            await connection.execute(text(f"NOTIFY {CHANNEL}, 'end'"))
        async with asyncio.timeout(PATIENCE_S):
            while "end" not in self._payloads:  # noqa: ASYNC110 - the driver tells nobody
                await asyncio.sleep(0.01)
        heard, self._payloads[:] = self._payloads[:-1], []
        return heard


@pytest.fixture
async def listener(database: Database, migrated_url: str) -> AsyncGenerator[Listener]:
    """Listen in the database of the test."""
    del database  # it is open, and empty
    address = Address.parse(migrated_url)
    engine = create_async_engine(address.url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        made = Listener(engine, raw.driver_connection)
        await made.begin()
        yield made
        await connection.invalidate()
    await engine.dispose()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("kind", Due)
async def test_a_job_that_becomes_due_soon_is_notified_of(
    jobs: JobStore, listener: Listener, kind: Due
) -> None:
    job = make_job()
    await jobs.receive(job)
    due_at = now() + timedelta(seconds=20)

    changes: JobChanges = {}
    changes[kind.value] = due_at
    await jobs.note({job.id: changes})

    (payload,) = await listener.payloads()
    told, due_us, _ = payload.split(" ", 2)
    assert (told, int(due_us)) == (kind.value, round(due_at.timestamp() * 1_000_000))


async def test_what_is_due_much_later_or_no_sooner_than_before_is_not_notified_of(
    jobs: JobStore, listener: Listener
) -> None:
    job = make_job()
    await jobs.receive(job)
    await jobs.note({job.id: JobChanges(poll_due_at=now())})
    assert await listener.kinds() == ["poll_due_at"]

    await jobs.note({job.id: JobChanges(poll_due_at=now() + timedelta(seconds=5))})
    await jobs.note({job.id: JobChanges(status_due_at=now() + timedelta(seconds=60))})
    await jobs.note({job.id: JobChanges(progress=7)})
    await jobs.note({job.id: JobChanges(poll_due_at=None)})

    assert await listener.kinds() == []


async def test_the_queue_and_the_slots_are_notified_of(
    jobs: JobStore, listener: Listener
) -> None:
    job = make_job()
    await jobs.receive(job)
    for old, new in (
        (JobState.RECEIVED, JobState.QUEUED),
        (JobState.QUEUED, JobState.SUBMITTING),
        (JobState.SUBMITTING, JobState.GENERATING),
        (JobState.GENERATING, JobState.FAILED),
    ):
        await jobs.move(job.id, old, new, now())
        assert await listener.kinds() == {
            JobState.QUEUED: ["queue"],
            JobState.FAILED: ["slot"],
        }.get(new, [])


async def test_the_first_callback_of_a_job_is_notified_of(
    jobs: JobStore, listener: Listener
) -> None:
    job = make_job()
    await jobs.receive(job)

    for _ in range(2):
        await jobs.note({job.id: JobChanges(called_back_at=now())})

    assert await listener.kinds() == ["callback"]


async def test_a_transaction_that_was_rolled_back_is_not_notified_of(
    database: Database, jobs: JobStore, listener: Listener
) -> None:
    job = make_job()
    await jobs.receive(job)

    def work(connection: Any) -> None:
        connection.execute(text("UPDATE jobs SET poll_due_at = 1"))
        msg = "no"
        raise RuntimeError(msg)

    with pytest.raises(RuntimeError):
        await database.write(work)

    assert await listener.kinds() == []


async def test_cards_greetings_and_log_lines_are_notified_of(
    database: Database, listener: Listener
) -> None:
    card = {"id": "c", "kind": "review", "guild_id": 1, "job_id": "j"}
    card |= {"channel_id": 2, "due_at": now(), "attempts": 0}
    entry = {"guild_id": 1, "audit_id": 0, "due_at": now()}
    entry |= {"attempts": 0, "refusals": 0}
    for statement, row in ((insert(cards), card), (insert(guild_logs), entry)):
        await database.write(
            lambda connection, add=statement, what=row: connection.execute(add, what)  # type: ignore[misc]
        )
    await SqlGreetings(database).note_served([5], now(), greet=True)  # type: ignore[list-item]
    await database.probe()

    assert await listener.kinds() == ["cards", "guild_logs", "greetings"]


class Woken(Worker):
    """Writes down for when it is woken."""

    name = "woken"

    def __init__(self) -> None:
        super().__init__()
        self.waits_s: list[float] = []

    async def run_once(self) -> float:
        raise NotImplementedError

    def wake_in(self, wait_s: float) -> None:
        self.waits_s.append(wait_s)


async def test_what_one_process_writes_wakes_the_worker_of_another(
    migrated_url: str, listener: Listener, clock: FakeClock
) -> None:
    theirs, worker = Wakeups(clock), Woken()
    theirs.connect(Due.DELIVERY, worker)
    theirs.connect(Rows.CARDS, worker)
    await theirs.listen(listener.listen, "another")
    job = make_job()

    async with Database.open(migrated_url, may_write=None) as ours:
        store = job_store(ours)
        await store.receive(job)
        due_at = clock.now() + timedelta(seconds=3)
        await store.note({job.id: JobChanges(delivery_due_at=due_at)})
    await listener.payloads()

    assert worker.waits_s == [3.0]
