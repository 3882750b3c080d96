"""Every question has its index. Without it, all goes well until there are many jobs."""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.ids import ChannelId, TaskId
from bot.jobs.due import Due
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from storage.database.engine import Database
from storage.privacy.everything import SOURCES, about_whom
from storage.quotas.store import SqlQuotaStore
from tests.factories import NOON, make_job
from tests.storage.conftest import Put
from tests.storage.plans import Statements, collecting, plan, uses
from tests.stores import Used

MOST_STEPS_A_ROW = 25
"""Of SQLite's machine. One pass over the index takes some 15, ranking them all 60."""


@pytest.fixture
def asked(database: Database) -> Generator[Statements]:
    """Collect the statements that are sent to the database."""
    with collecting(database) as statements:
        yield statements


@pytest.mark.parametrize("kind", [one for one in Due if one is not Due.STATUS])
async def test_what_is_due_is_read_from_its_own_index(
    store: JobStore, database: Database, asked: Statements, kind: Due
) -> None:
    index = f"ix_jobs_{kind.name.lower()}_due"

    await store.due_and_next(kind, NOON, 9)
    await store.due_and_next(kind, NOON, 9, skip_channels=[ChannelId(1), ChannelId(2)])

    steps = await plan(database, asked)
    assert len([step for step in steps if " jobs" in step]) == 4
    assert uses(steps, index)


async def test_status_messages_are_ranked_among_few_of_those_that_are_due(
    store: JobStore, database: Database, asked: Statements
) -> None:
    """However many are: some of the oldest and some of the latest, by their index."""
    await store.due_and_next(Due.STATUS, NOON, 9)
    steps = await plan(database, asked)

    assert uses(steps, "sqlite_autoindex_jobs_1 (id=?)", "ix_jobs_status_due")
    # Two ends of what is due, and the next that will be.
    assert len([step for step in steps if "ix_jobs_status_due" in step]) == 3


async def test_the_queue_is_read_from_its_index(
    store: JobStore, database: Database, asked: Statements
) -> None:
    await store.next_queued(5)
    steps = await plan(database, asked)

    assert "SCAN jobs USING INDEX ix_jobs_queue" in steps
    assert "SEARCH waiting USING INDEX ix_jobs_queue (guild_id=?)" in steps
    assert "SEARCH jobs USING INDEX sqlite_autoindex_jobs_1 (id=?)" in steps
    assert "SCAN jobs" not in steps


async def test_places_and_slots_are_counted_from_indexes(
    store: JobStore, database: Database, asked: Statements
) -> None:
    await store.queue_position(make_job())
    await store.making()

    assert uses(await plan(database, asked), "ix_jobs_queue", "ix_jobs_slots")


async def test_requests_in_doubt_are_counted_from_what_is_due(
    store: JobStore, database: Database, asked: Statements
) -> None:
    await store.next_queued(5, slots=1, doubted_before=NOON)
    steps = await plan(database, asked)

    assert any("ix_jobs_submit_due" in step for step in steps)
    assert "SCAN jobs" not in steps


async def test_usage_is_summed_from_indexes(
    database: Database, asked: Statements, used: Used
) -> None:
    """For the operator's bounds rows that take a video back are looked at as well."""
    job = make_job()
    await used(job.guild_id, None, NOON)
    await used(job.guild_id, job.user_id, NOON)

    assert uses(
        await plan(database, asked),
        "COVERING INDEX ix_ledger_guild",
        "USING INDEX ix_ledger_guild",
        "COVERING INDEX ix_ledger_member",
        "COVERING INDEX ix_ledger_grants",
        "ix_jobs_at_once",
        "ix_jobs_member",
    )


async def test_the_next_page_of_a_ledger_is_looked_up_where_the_last_one_ended(
    database: Database, asked: Statements
) -> None:
    """And not found by reading all that comes before it in the same server."""
    (source,) = [one for one in SOURCES if one.table == "ledger"]
    whose = about_whom(make_job().user_id)
    parameters = {**whose, "after_guild_id": 1, "after_id": 2}
    await database.read(
        lambda connection: connection.execute(source.later, parameters).all()
    )

    steps = [step for step in await plan(database, asked) if "ledger" in step]
    assert steps == [
        f"SEARCH ledger USING INDEX ix_ledger_user (user_id=? AND {place})"
        for place in ("guild_id=? AND id>?", "guild_id>?")
    ]


async def test_what_counts_in_a_report_is_read_from_an_index_alone(
    database: Database, asked: Statements
) -> None:
    quotas = SqlQuotaStore(database, with_spending=False)
    async for _ in quotas.made(make_job().guild_id, NOON, NOON + timedelta(days=1)):
        """There is none."""

    assert uses(
        await plan(database, asked),
        "ix_jobs_member",
        "COVERING INDEX sqlite_autoindex_ledger_1",
    )


async def test_lists_are_read_from_indexes(
    store: JobStore, database: Database, asked: Statements
) -> None:
    job = make_job()
    await store.in_state(JobState.QUEUED, 5)
    await store.counts()
    whose = (job.guild_id, job.user_id)
    await store.of_member(*whose, states=None, limit=5, offset=0)
    await store.count_of_member(*whose, states=None)

    assert uses(await plan(database, asked), "ix_jobs_state", "ix_jobs_member")


async def test_single_jobs_are_found_by_unique_indexes(
    store: JobStore, database: Database, asked: Statements
) -> None:
    job = make_job()
    await store.get(job.id)
    await store.move(job.id, JobState.QUEUED, JobState.SUBMITTING, NOON)
    await store.note({job.id: {"polls": 1}})
    steps = await plan(database, asked)

    assert len(steps) == 3
    assert uses(steps, "sqlite_autoindex_jobs_")
    asked.clear()
    await store.adopt(job.id, TaskId("t"), {})
    assert any("uq_jobs_task_id" in step for step in await plan(database, asked))


async def test_a_long_queue_is_not_read_row_by_row(
    store: JobStore, database: Database, put: Put
) -> None:
    """Two thousand jobs of one server: none is ranked that is not served.

    SQLite's own count of steps is compared, not the time: a busy machine is slow.
    """
    await put(
        *(
            make_job(state=JobState.QUEUED, requested_at=NOON + timedelta(seconds=n))
            for n in range(2_000)
        )
    )
    counted: list[int] = []

    def count(plain: Connection) -> None:
        own: Any = plain.connection.driver_connection
        own.set_progress_handler(lambda: counted.append(1), 1_000)

    await database.read(count)
    queued, more = await store.next_queued(1)

    assert len(queued) == 1
    assert more
    assert 0 < len(counted) < 2_000 * MOST_STEPS_A_ROW / 1_000


async def test_tokens_to_erase_are_found_by_their_index(
    database: Database, store: JobStore, asked: Statements
) -> None:
    """A few of them are kept, among all jobs there ever were."""
    await store.receive(make_job())
    asked.clear()

    assert await store.erase_tokens(NOON + timedelta(days=1)) == 1

    assert uses(await plan(database, asked), "ix_jobs_tokens")
    assert await store.erase_tokens(NOON + timedelta(days=1)) == 0
