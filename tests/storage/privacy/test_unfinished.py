"""What a crash interrupts between two portions is gone on with by itself."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.ids import GuildId, UserId
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.privacy.retention import Retention, RetentionPolicy
from bot.quotas.settings import AdminAction
from storage.database.engine import Database
from storage.privacy.retention import SqlRetentionStore
from storage.privacy.store import SqlPrivacyStore
from storage.quotas.resets import SqlResets
from tests.clock import FakeClock
from tests.factories import NOON, make_job
from tests.storage.conftest import Select
from tests.storage.history import FIRST_MEMBER, FIRST_SERVER, put_history
from tests.storage.privacy.memberships import In
from tests.stores import Used

GUILD = GuildId(FIRST_SERVER)
MEMBER = UserId(FIRST_MEMBER)
ADMIN = UserId(7)
JOBS = 1_000
RESETS = "SELECT actor_id, subject, before FROM audit WHERE action = 'quota.reset'"
LONG = timedelta(days=400)


class Crash(Exception):
    """The process is killed."""


class Dying(Database):
    """A database whose process is killed after some transactions."""

    def __init__(self, database: Database, transactions: int) -> None:
        self._database = database
        self._left = transactions

    async def write(self, work: Any, **options: Any) -> Any:
        if not self._left:
            raise Crash
        self._left -= 1
        return await self._database.write(work, **options)


@pytest.fixture(autouse=True)
async def history(database: Database) -> None:
    """Let one member have half of a server's jobs."""
    newest_us = int(NOON.timestamp() * 1_000_000)
    await put_history(database, newest_us, jobs=JOBS, servers=1, members=2)


@pytest.fixture
def retention(database: Database, clock: FakeClock) -> Retention:
    return Retention(
        SqlRetentionStore(database),
        clock,
        RetentionPolicy(prompts=LONG, audit=LONG, departed_guilds=LONG),
        memberships=In(frozenset()),
        unfinished=[SqlPrivacyStore(database), SqlResets(database)],
    )


async def mine(rows: Select) -> list[int]:
    """Return how many rows of each kind name the member."""
    found = []
    for table, column in (("jobs", "user_id"), ("ledger", "user_id")):
        counted = f"SELECT count(*) FROM {table} WHERE {column} = :me"  # noqa: S608
        found += [number for (number,) in await rows(counted, me=MEMBER)]
    return found


@pytest.mark.parametrize("transactions", [1, 2, 4])
async def test_an_interrupted_forgetting_goes_on(
    database: Database,
    store: JobStore,
    retention: Retention,
    clock: FakeClock,
    rows: Select,
    transactions: int,
) -> None:
    """Of what they asked for since nothing is erased."""
    with pytest.raises(Crash):
        await SqlPrivacyStore(Dying(database, transactions)).forget(MEMBER, NOON)
    later = make_job(
        guild_id=GUILD, user_id=MEMBER, requested_at=NOON + timedelta(seconds=1)
    )
    await store.receive(later)
    await store.move(later.id, JobState.RECEIVED, JobState.REFUSED, NOON)
    assert sum(await mine(rows)) > 1

    clock.advance(61)
    await retention.run_once()

    assert await mine(rows) == [1, 0]
    kept = await store.get(later.id)
    assert kept is not None
    assert kept.request.prompt
    assert await rows("SELECT * FROM forgettings") == []


async def test_what_is_still_under_way_is_left_alone(
    database: Database, retention: Retention, clock: FakeClock, rows: Select
) -> None:
    with pytest.raises(Crash):
        await SqlPrivacyStore(Dying(database, 1)).forget(MEMBER, NOON)
    before = await mine(rows)

    clock.advance(59)
    await retention.run_once()

    assert await mine(rows) == before


async def test_what_is_done_at_once_leaves_nothing_to_go_on_with(
    database: Database, rows: Select
) -> None:
    action = AdminAction(guild_id=GUILD, actor_id=ADMIN, at=NOON)
    assert await SqlPrivacyStore(database).forget(MEMBER, NOON)
    assert await SqlResets(database).reset(action, None)

    assert await rows("SELECT user_id FROM forgettings") == []
    assert await rows("SELECT id FROM resets") == []


@pytest.mark.parametrize("transactions", [1, 2, 3])
async def test_an_interrupted_reset_goes_on_and_is_recorded_as_a_whole(
    database: Database,
    retention: Retention,
    clock: FakeClock,
    used: Used,
    rows: Select,
    transactions: int,
) -> None:
    """Once, with all its videos, and with the name of who asked for it."""
    action = AdminAction(guild_id=GUILD, actor_id=ADMIN, at=NOON)
    with pytest.raises(Crash):
        await SqlResets(Dying(database, transactions)).reset(action, None)
    assert await rows(RESETS) == []

    clock.advance(61)
    for _ in range(2):
        await retention.run_once()

    ((actor_id, subject, before),) = await rows(RESETS)
    assert (actor_id, subject) == (ADMIN, "server")
    assert json.loads(before) == {"videos": JOBS}
    assert (await used(GUILD, None, NOON)).month == 0
    assert await rows("SELECT * FROM resets") == []


async def test_a_reset_that_two_go_on_with_is_recorded_once(
    database: Database, rows: Select
) -> None:
    """A process that was only slow comes to the end after another one has."""
    action = AdminAction(guild_id=GUILD, actor_id=ADMIN, at=NOON)
    slow = SqlResets(database)
    with pytest.raises(Crash):
        await SqlResets(Dying(database, 2)).reset(action, None)

    await slow.finish_begun(NOON + timedelta(seconds=1))
    await slow.finish_begun(NOON + timedelta(seconds=1))

    ((_, _, before),) = await rows(RESETS)
    assert json.loads(before) == {"videos": JOBS}
