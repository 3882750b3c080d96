"""What counts is written once and never rewritten."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from storage.database.engine import Database
from tests.factories import NOON, make_job, reach
from tests.storage.conftest import Select
from tests.stores import Used

S = JobState
LATER = NOON + timedelta(minutes=3)


async def run(database: Database, sql: str) -> None:
    await database.write(lambda connection: connection.execute(text(sql)))


async def test_a_reservation_says_whose_it_is_and_when_it_counts(
    store: JobStore, rows: Select
) -> None:
    """It counts when it was asked for, not when it was accepted."""
    job = make_job()
    assert await store.receive(job)

    await store.move(job.id, S.RECEIVED, S.QUEUED, LATER)

    ((*whose, counted, at),) = await rows(
        "SELECT guild_id, user_id, job_id, kind, videos, credits, counted_at, at"
        " FROM ledger"
    )
    assert whose == [job.guild_id, job.user_id, job.id, "reserve", 1, None]
    assert at - counted == 180_000_000


async def test_the_credits_known_by_then_are_written_beside_it(
    store: JobStore, rows: Select
) -> None:
    job = await reach(store, S.DELIVERING, credits_used=9.5)

    await store.move(job.id, S.DELIVERING, S.DELIVERED, LATER)

    assert await rows("SELECT kind, videos, credits FROM ledger ORDER BY id") == [
        ("reserve", 1, None),
        ("settle", 0, 9.5),
    ]


@pytest.mark.parametrize("notice", [S.FAILED, S.UNCONFIRMED])
async def test_a_late_success_is_free(
    store: JobStore, rows: Select, notice: JobState, used: Used
) -> None:
    """Its video was released with the notice, and delivering does not take it back."""
    job = await reach(store, notice)

    await store.move(job.id, notice, S.DELIVERING, LATER, late=True)
    await store.move(job.id, S.DELIVERING, S.DELIVERED, LATER)

    assert await rows("SELECT kind FROM ledger ORDER BY id") == [
        ("reserve",),
        ("release",),
    ]
    usage = await used(job.guild_id, job.user_id, LATER)
    assert (usage.day, usage.month) == (0, 0)


async def test_an_operator_who_knows_the_end_changes_no_quota(
    store: JobStore, rows: Select
) -> None:
    job = await reach(store, S.UNCONFIRMED)

    await store.move(job.id, S.UNCONFIRMED, S.DELIVERED, LATER)

    assert await rows("SELECT sum(videos) FROM ledger") == [(0,)]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM ledger",
        "UPDATE ledger SET videos = 0",
        "UPDATE ledger SET counted_at = 0",
        "UPDATE ledger SET user_id = 1, guild_id = 1",
        "UPDATE ledger SET id = 99",
        "UPDATE ledger SET job_id = NULL",
        "UPDATE ledger SET kind = 'grant'",
        "UPDATE ledger SET credits = 0",
        "UPDATE ledger SET at = 0",
    ],
)
async def test_a_row_is_never_rewritten(
    store: JobStore, database: Database, rows: Select, sql: str
) -> None:
    await reach(store, S.QUEUED)
    before = await rows("SELECT * FROM ledger")

    with pytest.raises(IntegrityError, match="append-only"):
        await run(database, sql)

    assert await rows("SELECT * FROM ledger") == before


async def test_a_member_can_be_erased_from_it(
    store: JobStore, database: Database, rows: Select, used: Used
) -> None:
    """The sums of the server stay, without saying who it was."""
    job = await reach(store, S.QUEUED)

    await run(database, "UPDATE ledger SET user_id = 0")

    assert await rows("SELECT user_id FROM ledger") == [(0,)]
    assert (await used(job.guild_id, None, NOON)).day == 1


@pytest.mark.parametrize(
    "values",
    [
        "'x', 'reserve', 2, 2, 0, NULL",
        "'x', 'reserve', -1, -1, 0, NULL",
        "'x', 'reserve', 1, 0, 0, NULL",
        "'x', 'reserve', 1, 1, -1, NULL",
        "'x', 'reserve', 0, 0, -1, NULL",
        "'x', 'settle', 1, 1, 0, NULL",
        "'x', 'release', 1, 1, 0, NULL",
        "'x', 'release', 0, 0, -1, NULL",
        "'x', 'reset', 0, 0, 0, NULL",
        "'x', 'reset', -1, -1, 0, NULL",
        "'x', 'reset_all', 0, -1, 0, NULL",
        "'x', 'grant', 0, 0, 1, NULL",
        "NULL, 'grant', 0, 0, 0, NULL",
        "NULL, 'grant', 1, 0, 1, NULL",
        "NULL, 'reserve', 1, 1, 0, NULL",
        "'x', 'reserve', 1, 1, 0, -0.5",
        "'x', 'other', 0, 0, 0, NULL",
    ],
)
async def test_a_row_that_cannot_be_true_is_refused(
    database: Database, values: str
) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)check"):
        await run(database, f"INSERT INTO ledger VALUES (1, 7, 8, {values}, 0, 0)")  # noqa: S608


@pytest.mark.parametrize(
    "second", ["'reserve', 1, 1", "'release', -1, -1", "'settle', 0, 0"]
)
async def test_the_database_itself_refuses_a_second_reserving_or_closing(
    store: JobStore, database: Database, second: str
) -> None:
    """Even a step that is wrong could not release what is settled."""
    job = await reach(store, S.DELIVERED)
    row = f"(99, 7, 8, '{job.id}', {second}, 0, NULL, 0, 0)"

    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        await run(database, f"INSERT INTO ledger VALUES {row}")  # noqa: S608


async def test_every_end_leaves_nothing_reserved(store: JobStore, used: Used) -> None:
    """Whatever the way, what counts afterwards is what was delivered or cancelled."""
    ended = [state for state in JobState if state not in (S.RECEIVED, S.REFUSED)]
    for state in ended:
        await reach(store, state)
    job = make_job()

    usage = await used(job.guild_id, job.user_id, NOON)

    # Still open (5), and delivered (1).
    assert usage.day == 6
