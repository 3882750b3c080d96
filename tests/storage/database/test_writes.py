"""Transactions: alone, whole, and indifferent to who stops waiting for them."""

import asyncio
import logging
import threading

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from storage.database.engine import Database
from tests.factories import NOON, make_job, reach
from tests.storage.conftest import Select
from tests.stores import job_store

HALF = text(
    "INSERT INTO ledger VALUES (NULL, 7, 8, NULL, 'grant', 0, 0, :videos, NULL, 0, 0)"
)
ALL = "SELECT grants FROM ledger ORDER BY id"


PATIENCE_S = 60.0


async def reached(moment: threading.Event) -> None:
    """Wait for something that happens on a connection's own thread."""
    assert await asyncio.to_thread(moment.wait, PATIENCE_S)


def _begun(database: Database) -> list[int]:
    """Return a list that gets longer with each transaction."""
    begun: list[int] = []
    event.listen(database._writing.engine, "begin", lambda _: begun.append(1))
    return begun


class SlowWork:
    """Writes a row, waits in the middle of its transaction, and writes another."""

    def __init__(self) -> None:
        self.in_the_middle = threading.Event()
        self.go_on = threading.Event()
        self.error: Exception | None = None

    def __call__(self, connection: Connection) -> str:
        connection.execute(HALF, {"videos": 1})
        self.in_the_middle.set()
        assert self.go_on.wait(PATIENCE_S)
        if self.error is not None:
            raise self.error
        connection.execute(HALF, {"videos": 2})
        return "done"


async def cancelled_in_the_middle(database: Database, work: SlowWork) -> None:
    told: list[str] = []
    caller = asyncio.create_task(database.write_and_tell(work, told.append))
    await reached(work.in_the_middle)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert not told


async def test_a_cancelled_caller_leaves_no_half_transaction(
    database: Database, rows: Select
) -> None:
    """Nobody's statements end up in a stranger's transaction."""
    work = SlowWork()
    await cancelled_in_the_middle(database, work)
    next_one = asyncio.create_task(
        database.write(lambda connection: connection.execute(HALF, {"videos": 3}))
    )

    work.go_on.set()
    await next_one

    assert await rows(ALL) == [(1,), (2,), (3,)]


async def test_what_follows_a_write_follows_it_without_its_caller_too(
    database: Database,
) -> None:
    work = SlowWork()
    heard: asyncio.Queue[str] = asyncio.Queue()
    caller = asyncio.create_task(database.write_and_tell(work, heard.put_nowait))
    await reached(work.in_the_middle)
    caller.cancel()

    work.go_on.set()

    assert await heard.get() == "done"


async def test_closing_waits_for_what_is_under_way(
    database_url: str, rows: Select
) -> None:
    work = SlowWork()
    async with Database.open(database_url, may_write=None) as closing:
        await cancelled_in_the_middle(closing, work)
        asyncio.get_running_loop().call_later(0.05, work.go_on.set)

    assert await rows(ALL) == [(1,), (2,)]


async def test_work_that_fails_leaves_nothing(database: Database, rows: Select) -> None:
    """And the next transaction is not bothered by it."""
    work = SlowWork()
    work.error = LookupError("no")
    work.go_on.set()

    with pytest.raises(LookupError):
        await database.write(work)
    await database.write(lambda connection: connection.execute(HALF, {"videos": 3}))

    assert await rows(ALL) == [(3,)]


async def test_a_failure_that_nobody_waits_for_is_logged(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    work = SlowWork()
    work.error = LookupError("no")
    await cancelled_in_the_middle(database, work)

    work.go_on.set()
    await database.write(lambda connection: connection.execute(HALF, {"videos": 3}))

    records = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert [r.message for r in records] == ["transaction of cancelled caller failed"]


async def test_a_transaction_whose_own_task_is_killed_is_still_whole(
    database: Database, rows: Select
) -> None:
    """The event loop does that at its end; what it had not begun is not done."""
    work = SlowWork()
    caller = asyncio.create_task(database.write(work))
    await reached(work.in_the_middle)
    task = database._writer._writing
    assert task is not None
    queued = asyncio.create_task(
        database.write(lambda connection: connection.execute(HALF, {"videos": 9}))
    )
    await asyncio.sleep(0)

    task.cancel()
    work.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    with pytest.raises(asyncio.CancelledError):
        await queued
    await database.write(lambda connection: connection.execute(HALF, {"videos": 3}))

    assert await rows(ALL) == [(1,), (2,), (3,)]


async def test_what_waits_is_committed_together(database: Database) -> None:
    """Thirty transitions of thirty jobs need not wait for thirty syncs."""
    begun = _begun(database)

    await asyncio.gather(
        *(
            database.write(lambda connection: connection.execute(HALF, {"videos": 1}))
            for _ in range(30)
        )
    )

    assert len(begun) <= 2


async def test_a_write_waits_a_little_for_others(
    database_url: str, rows: Select
) -> None:
    """What belongs to one moment seldom comes in one turn of the loop."""
    async with Database.open(
        database_url, commit_delay_s=1.0, may_write=None
    ) as opened:
        begun = _begun(opened)
        first = asyncio.create_task(
            opened.write(lambda connection: connection.execute(HALF, {"videos": 1}))
        )
        for _ in range(5):
            await asyncio.sleep(0)

        await opened.write(lambda connection: connection.execute(HALF, {"videos": 2}))

        await first
        assert len(begun) == 1
    assert await rows(ALL) == [(1,), (2,)]


async def test_closing_completes_what_nobody_waits_for(
    database_url: str, rows: Select
) -> None:
    async with Database.open(
        database_url, commit_delay_s=0.1, may_write=None
    ) as closing:
        waiting = asyncio.create_task(
            closing.write(lambda connection: connection.execute(HALF, {"videos": 1}))
        )
        await asyncio.sleep(0)
        waiting.cancel()

    assert await rows(ALL) == [(1,)]


async def test_one_failure_among_many_is_its_own(
    database: Database, rows: Select
) -> None:
    """Those that share its transaction are done, once, and in their order."""

    def fail(connection: Connection) -> None:
        connection.execute(HALF, {"videos": 99})
        raise LookupError

    results = await asyncio.gather(
        *(
            database.write(
                fail
                if number == 4
                else lambda connection, number=number: connection.execute(  # type: ignore[misc]
                    HALF, {"videos": number}
                )
            )
            for number in range(1, 9)
        ),
        return_exceptions=True,
    )

    assert isinstance(results[3], LookupError)
    assert await rows(ALL) == [(number,) for number in range(1, 9) if number != 4]


async def test_a_commit_that_fails_fails_for_all_who_shared_it(
    database: Database, rows: Select
) -> None:
    """Nobody could know what it did, so that nothing is tried a second time."""

    def refuse(_: object) -> None:
        raise OSError

    engine = database._writing.engine
    event.listen(engine, "commit", refuse)
    tried: list[int] = []

    def note(connection: Connection) -> None:
        tried.append(1)
        connection.execute(HALF, {"videos": 1})

    results = await asyncio.gather(
        *(database.write(note) for _ in range(3)), return_exceptions=True
    )
    event.remove(engine, "commit", refuse)
    await database.write(lambda connection: connection.execute(HALF, {"videos": 3}))

    assert [type(result) for result in results] == [OSError] * 3
    assert len(tried) == 3
    assert await rows(ALL) == [(3,)]


async def test_a_failure_in_what_follows_reaches_the_caller(
    database: Database, rows: Select
) -> None:
    """The change is on disk, and the next writer is not bothered."""

    def tell(_: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await database.write_and_tell(
            lambda connection: connection.execute(HALF, {"videos": 1}), tell
        )
    await database.write(lambda connection: connection.execute(HALF, {"videos": 2}))

    assert await rows(ALL) == [(1,), (2,)]


async def test_readers_see_nothing_unfinished(database: Database, rows: Select) -> None:
    """Nor do they wait for it."""
    work = SlowWork()
    caller = asyncio.create_task(database.write(work))
    await reached(work.in_the_middle)

    seen = await rows(ALL)
    work.go_on.set()

    assert await caller == "done"
    assert seen == []


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        await database.read(lambda connection: connection.execute(HALF, {"videos": 1}))


async def test_many_readers_at_once_are_all_served(
    store: JobStore,
) -> None:
    job = await reach(store, JobState.QUEUED)

    found = await asyncio.gather(*(store.get(job.id) for _ in range(100)))

    assert all(one == job for one in found)


async def test_two_processes_on_one_file_stay_right(
    database: Database, database_url: str, rows: Select
) -> None:
    """As an operator's command does beside the running bot."""
    async with Database.open(database_url, may_write=None) as second:
        stores = [job_store(database), job_store(second)]
        jobs = [make_job() for _ in range(30)]
        received = await asyncio.gather(
            *(store.receive(job) for job in jobs for store in stores)
        )
        moved = await asyncio.gather(
            *(
                store.move(job.id, JobState.RECEIVED, JobState.QUEUED, NOON)
                for job in jobs
                for store in stores
            )
        )

    assert sum(received) == 30
    assert sum(one is not None for one in moved) == 30
    assert await rows("SELECT count(*) FROM ledger") == [(30,)]


async def test_a_transaction_that_reads_first_keeps_others_out_from_there(
    database: Database, database_url: str, rows: Select
) -> None:
    """What it has read stays true until it writes, even for another process."""
    has_read, go_on = threading.Event(), threading.Event()

    def read_and_write(connection: Connection) -> None:
        counted = connection.execute(text("SELECT count(*) FROM ledger"))
        count: int = counted.scalar_one()
        has_read.set()
        assert go_on.wait(PATIENCE_S)
        connection.execute(HALF, {"videos": count + 1})

    async with Database.open(database_url, may_write=None) as second:
        first = asyncio.create_task(database.write(read_and_write))
        await reached(has_read)
        other = asyncio.create_task(
            second.write(lambda connection: connection.execute(HALF, {"videos": 7}))
        )
        # Long enough for it to get in between, if it could.
        await asyncio.wait([other], timeout=0.3)
        go_on.set()
        await first
        await other

    assert await rows(ALL) == [(1,), (7,)]


async def test_what_was_committed_is_there_after_reopening(
    store: JobStore, database_url: str
) -> None:
    job = await reach(store, JobState.GENERATING, poll_due_at=NOON, result_url="u")

    async with Database.open(database_url, may_write=None) as again:
        assert await job_store(again).get(job.id) == job


async def test_a_closed_database_says_so(database_url: str) -> None:
    """It does not open again for a straggler."""
    async with Database.open(database_url, may_write=None) as closed:
        store = job_store(closed)

    with pytest.raises(RuntimeError, match="closed"):
        await store.counts()
    with pytest.raises(RuntimeError, match="closed"):
        await store.receive(make_job())


async def test_a_cancelled_reader_bothers_nobody(
    store: JobStore, database: Database
) -> None:
    """Its connection is replaced, however often that happens."""
    job = await reach(store, JobState.QUEUED)
    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000)"
    )
    for _ in range(10):
        reading = asyncio.create_task(
            database.read(lambda connection: connection.exec_driver_sql(slow))
        )
        # Wherever it is by then, in the queue or in the middle of the statement.
        await asyncio.sleep(0.01)
        reading.cancel()
        await asyncio.wait([reading])

    found = await asyncio.gather(*(store.get(job.id) for _ in range(20)))

    assert all(one == job for one in found)


async def test_a_reader_that_outlasts_the_database_ends_in_peace(
    database_url: str,
) -> None:
    in_the_middle, go_on = threading.Event(), threading.Event()

    def linger(connection: Connection) -> object:
        one = connection.exec_driver_sql("SELECT 1").scalar()
        in_the_middle.set()
        assert go_on.wait(PATIENCE_S)
        return one

    async with Database.open(database_url, may_write=None) as closing:
        reading = asyncio.create_task(closing.read(linger))
        await reached(in_the_middle)
    go_on.set()

    assert await reading == 1
    assert closing._idle == []
