"""Nothing is erased of a server that the bot is in, whatever was noted of it."""

from datetime import timedelta

import pytest

from bot.ids import GuildId
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.privacy.retention import Retention, RetentionPolicy
from bot.requests.admission import AdmissionStore
from bot.requests.decision import Admitted
from storage.database.engine import Database
from storage.privacy.retention import SqlRetentionStore
from tests.clock import FakeClock
from tests.factories import NOON, make_job, reach
from tests.storage.conftest import Select
from tests.storage.privacy.memberships import In

GUILD = make_job().guild_id
DEPARTED = "SELECT guild_id FROM departures"
JOBS = "SELECT guild_id FROM jobs ORDER BY guild_id"


@pytest.fixture
def discord() -> In:
    return In({GUILD})


@pytest.fixture
async def retention(database: Database, clock: FakeClock, discord: In) -> Retention:
    """Long after the server was noted as departed."""
    store = SqlRetentionStore(database)
    await store.note_departed(GUILD, clock.now())
    clock.advance(timedelta(days=31).total_seconds())
    long, month = timedelta(days=400), timedelta(days=30)
    policy = RetentionPolicy(prompts=long, audit=long, departed_guilds=month)
    return Retention(store, clock, policy, memberships=discord, unfinished=[])


async def test_a_server_whose_return_was_missed_keeps_its_data(
    retention: Retention, store: JobStore, rows: Select
) -> None:
    """The process that was told of it died before it could note it."""
    await reach(store, JobState.DELIVERED, make_job())

    await retention.run_once()

    assert await rows(JOBS) == [(GUILD,)]
    assert await rows(DEPARTED) == []


async def test_while_discord_does_not_answer_nothing_of_a_server_is_erased(
    retention: Retention, store: JobStore, rows: Select, discord: In
) -> None:
    await reach(store, JobState.DELIVERED, make_job())
    discord.guild_ids, discord.answers = frozenset(), False
    await retention.run_once()
    assert await rows(JOBS) == [(GUILD,)]

    discord.answers = True
    await retention.run_once()

    assert await rows(JOBS) == []
    assert await rows(DEPARTED) == []


async def test_a_server_in_which_somebody_asks_has_returned(
    database: Database, store: JobStore, decisions: AdmissionStore, rows: Select
) -> None:
    retention, other = SqlRetentionStore(database), GuildId(GUILD + 1)
    for guild_id in (GUILD, other):
        await retention.note_departed(guild_id, NOON)
    job = make_job()
    await store.receive(job)

    await decisions.accept(job, NOON, lambda _: Admitted(state=JobState.QUEUED))

    assert await rows(DEPARTED) == [(other,)]
