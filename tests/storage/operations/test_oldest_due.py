"""For how long the oldest work of each kind has been due."""

from datetime import timedelta

from bot.jobs.due import Due
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from storage.database.engine import Database
from storage.operations.oldest_due import SqlOldestDue
from tests.factories import NOON, make_job, reach

LATER = NOON + timedelta(seconds=90)


async def test_where_nothing_is_due_nothing_waits(database: Database) -> None:
    waited_s = await SqlOldestDue(database).waited_s(NOON)

    assert waited_s == dict.fromkeys(Due, 0.0)


async def test_the_oldest_of_each_kind_counts_and_nothing_that_is_not_due_yet(
    database: Database, store: JobStore
) -> None:
    for poll_due_at in (NOON, NOON + timedelta(seconds=60)):
        await reach(store, JobState.GENERATING, make_job(), poll_due_at=poll_due_at)
    await reach(
        store,
        JobState.DELIVERING,
        make_job(),
        delivery_due_at=LATER + timedelta(hours=1),
    )

    waited_s = await SqlOldestDue(database).waited_s(LATER)

    assert waited_s[Due.POLL] == 90.0
    assert waited_s[Due.DELIVERY] == 0.0
