"""What the page reads from the database is what the jobs are."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, text

from bot.errors import AccountFault
from bot.jobs.failures import Failure
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.overview.values import Day, Stored, Waiting
from bot.operations.ports import Pause
from storage.database.engine import Database
from storage.operations.pauses import SqlPauses
from storage.operations.told_outages import SqlToldOutages
from storage.overview.store import DAYS, LATEST, SqlOverview
from storage.sums.store import SqlSums
from storage.tables.processes import processes
from tests.factories import NOON, make_job, reach

TODAY = NOON.replace(hour=0)
DAY = timedelta(days=1)


async def look(
    database: Database, now: datetime = NOON, *, is_server: bool = False
) -> Stored:
    store = SqlOverview(
        database,
        pauses=SqlPauses(database),
        outages=SqlToldOutages(database),
        is_server=is_server,
        name="7 on here",
    )
    return await store.read(now)


async def test_an_empty_database_has_nothing_to_show(database: Database) -> None:
    stored = await look(database)

    assert stored.counts == {}
    assert stored.queue == stored.deliveries == stored.notices
    assert stored.queue == Waiting(number=0, since=None)
    assert (stored.running, stored.latest, stored.days) == ([], [], [])
    assert (stored.month_credits, stored.pause, stored.outage_since) == (0, None, None)
    assert stored.processes == ()


async def test_what_waits_and_what_is_made_is_told(
    database: Database, store: JobStore
) -> None:
    def at(minutes: int) -> datetime:
        return NOON - timedelta(minutes=minutes)

    for minutes in (9, 4):
        await reach(store, JobState.QUEUED, make_job(requested_at=at(minutes)))
    making = await reach(
        store,
        JobState.GENERATING,
        make_job(requested_at=at(3)),
        progress=40,
        expected_end_at=NOON,
        poll_due_at=NOON,
    )
    await reach(
        store,
        JobState.DELIVERING,
        make_job(requested_at=at(8)),
        done_at=at(2),
        delivery_due_at=NOON,
    )
    await reach(
        store, JobState.FAILED, make_job(requested_at=at(7)), notice_due_at=NOON
    )

    stored = await look(database)

    assert stored.queue == Waiting(number=2, since=at(9))
    assert stored.deliveries == Waiting(number=1, since=at(2))
    assert stored.notices == Waiting(number=1, since=at(7))
    (made,) = stored.running
    assert (made.job_id, made.progress, made.since) == (making.id, 40, at(3))
    assert (made.expected_end_at, made.state) == (NOON, JobState.GENERATING)
    assert stored.counts[JobState.QUEUED] == 2


@pytest.mark.parametrize("is_added_up", [False, True])
async def test_days_are_the_same_before_and_after_they_are_added_up(
    database: Database, store: JobStore, *, is_added_up: bool
) -> None:
    async def put(day: int, state: JobState, used: float) -> None:
        at = TODAY - day * DAY + timedelta(hours=23, minutes=59)
        await reach(store, state, make_job(requested_at=at), credits_used=used)

    await put(0, JobState.DELIVERED, 5.0)
    await put(0, JobState.DELIVERED, 7.0)
    await put(0, JobState.FAILED, 0.0)
    await put(1, JobState.GENERATING, 4.0)
    await put(DAYS - 1, JobState.CANCELLED, 1.0)
    await put(DAYS, JobState.DELIVERED, 900.0)
    if is_added_up:
        while await SqlSums(database).add_changes(2):
            """There is more."""

    stored = await look(database)

    assert stored.days == [
        Day(day=TODAY - (DAYS - 1) * DAY, ended={JobState.CANCELLED: 1}, credits=1.0),
        Day(day=TODAY - DAY, ended={}, credits=4.0),
        Day(
            day=TODAY,
            ended={JobState.DELIVERED: 2, JobState.FAILED: 1},
            credits=12.0,
        ),
    ]
    assert stored.month_credits == 16.0


async def test_the_latest_jobs_tell_nothing_of_people_or_prompts(
    database: Database, store: JobStore
) -> None:
    job = make_job(requested_at=NOON, credits_estimated=4.0)
    await reach(
        store,
        JobState.FAILED,
        job,
        failure=Failure.SERVICE_ERROR,
        first_submit_at=NOON + timedelta(seconds=3),
    )
    other = make_job(requested_at=NOON - timedelta(days=1), credits_estimated=4.0)
    await reach(store, JobState.DELIVERED, other, credits_used=6.0)

    stored = await look(database)

    failed, delivered = stored.latest
    assert (failed.job_id, failed.failure) == (job.id, Failure.SERVICE_ERROR)
    assert failed.first_submit_at == NOON + timedelta(seconds=3)
    assert (failed.credits, failed.is_estimate) == (0.0, True)
    assert (delivered.credits, delivered.is_estimate) == (6.0, False)
    assert job.request.prompt not in repr(stored)
    assert str(job.user_id) not in repr(stored)


async def test_no_more_jobs_are_read_than_are_shown(
    database: Database, store: JobStore
) -> None:
    for number in range(LATEST + 3):
        at = NOON - timedelta(minutes=number)
        await store.receive(make_job(requested_at=at, credits_estimated=4.0))

    latest = (await look(database)).latest

    assert len(latest) == LATEST
    assert latest[0].requested_at == NOON


async def test_a_pause_and_an_outage_are_told(database: Database) -> None:
    pause = Pause(
        fault=AccountFault.KEY,
        reason="invalid key",
        since=NOON,
        refusals=1,
        told_at=None,
        probe_at=None,
    )
    await SqlPauses(database).save(pause)
    await SqlToldOutages(database).begin(NOON)

    stored = await look(database)

    assert (stored.pause, stored.outage_since) == (pause, NOON)


async def test_a_day_is_one_of_utc(database: Database, store: JobStore) -> None:
    for hour in (0, 23):
        at = datetime(2026, 1, 14, hour, 59, 59, 999_999, tzinfo=UTC)
        await reach(
            store, JobState.DELIVERED, make_job(requested_at=at), credits_used=1.0
        )

    (day,) = (await look(database)).days

    assert day.day == datetime(2026, 1, 14, tzinfo=UTC)
    assert day.ended == {JobState.DELIVERED: 2}


async def test_the_kind_and_the_revision_of_the_database_are_told(
    database: Database, database_kind: str
) -> None:
    kinds = {"sqlite": "SQLite 3.", "postgresql": "PostgreSQL 1"}
    revision = text("SELECT version_num FROM alembic_version")

    stored = await look(database)

    assert stored.database.startswith(kinds[database_kind])
    assert stored.revision == await database.read(
        lambda connection: connection.scalar(revision)
    )


async def test_the_processes_on_a_server_are_told_and_which_one_tells(
    database: Database, database_kind: str
) -> None:
    is_server = database_kind == "postgresql"

    def join(connection: Connection) -> None:
        for name, seen_s in (("7 on here", 0), ("8 on there", 60)):
            row = {
                "id": name,
                "name": name,
                "session": name,
                "version": "0.1.0",
                "started_at": datetime.now(UTC) - timedelta(seconds=90),
                "seen_at": datetime.now(UTC) - timedelta(seconds=seen_s),
            }
            connection.execute(insert(processes), row)

    await database.write(join)

    found = (await look(database, is_server=is_server)).processes

    told = [(one.name, one.is_this, one.is_alive, one.version) for one in found]
    # A file has one process, which is told by its own.
    both = [("7 on here", True, True, "0.1.0"), ("8 on there", False, False, "0.1.0")]
    assert told == (both if is_server else [])
