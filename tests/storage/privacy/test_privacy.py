"""What is erased is gone, and everything else still adds up."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from bot.errors import Refused
from bot.ids import GuildId, UserId
from bot.jobs.states import OPEN_STATES, JobState
from bot.jobs.store import JobStore
from bot.jobs.video_settings import VideoSettings
from bot.moderation.administration import Moderation
from bot.moderation.blocks import Blocks
from bot.moderation.policy import SpicyPolicy
from bot.privacy.own_data import Privacy
from bot.processes.shards import KnownShards
from bot.quotas.settings import AdminAction, GrantChanged
from bot.requests.admission import Admission, AdmissionStore
from bot.requests.decision import Admitted
from bot.requests.preset import Preset
from bot.requests.presets import Presets
from storage.database.engine import Database
from storage.moderation.store import SqlModerationStore
from storage.privacy.retention import SqlRetentionStore
from storage.privacy.store import SqlPrivacyStore
from storage.quotas.store import SqlQuotaStore
from storage.requests.member_settings import SqlMemberSettings
from storage.requests.presets import SqlPresets
from storage.servers.greetings import SqlGreetings
from tests.channels import make_gate
from tests.clock import FakeClock
from tests.factories import NOON, WAYS, make_job, make_rules, reach
from tests.offers import PLAIN, in_servers
from tests.servers.people import make_actor
from tests.storage.conftest import Select
from tests.storage.history import FIRST_MEMBER, FIRST_SERVER, put_history
from tests.storage.plans import collecting
from tests.storage.tables import every_table
from tests.stores import FIRST_ESTIMATES, Used

EVERY = KnownShards(count=1, numbers=frozenset({0}))
"""The one process of a file knows all servers."""

ME = make_actor()
MIB = 1024 * 1024
ADMIN = make_actor(user_id=UserId(7), is_moderator=True, is_manager=True)


@pytest.fixture
def privacy(database: Database, clock: FakeClock) -> Privacy:
    return Privacy(SqlPrivacyStore(database), clock)


@pytest.fixture
def retention(database: Database) -> SqlRetentionStore:
    return SqlRetentionStore(database)


async def everything(database: Database) -> str:
    """Return every value of every table, as one text."""

    def read(connection: Connection) -> str:
        found = []
        for name in every_table().tables:
            rows = connection.execute(text(f'SELECT * FROM "{name}"'))  # noqa: S608
            found += [str(tuple(row)) for row in rows]
        return "\n".join(found)

    return await database.read(read)


async def delivered(store: JobStore, **overrides: object) -> None:
    await reach(store, JobState.DELIVERED, make_job(**overrides))


async def test_a_forgotten_member_stands_nowhere_any_more(
    privacy: Privacy, store: JobStore, database: Database
) -> None:
    """In no server, and in no column."""
    await delivered(store, prompt="my secret garden")
    await delivered(store, prompt="another secret", guild_id=GuildId(5))
    assert str(ME.user_id) in await everything(database)

    await privacy.forget(ME)

    left = await everything(database)
    assert str(ME.user_id) not in left
    assert "secret" not in left
    assert await store.counts() == {JobState.DELIVERED: 2}


@pytest.mark.parametrize("state", sorted(OPEN_STATES))
async def test_nobody_is_forgotten_while_a_job_is_open(
    privacy: Privacy, store: JobStore, database: Database, state: JobState
) -> None:
    await reach(store, state, make_job(prompt="my secret garden"))

    with pytest.raises(Refused, match="refused-forget-open"):
        await privacy.forget(ME)

    assert "my secret garden" in await everything(database)


ENDED = sorted(set(WAYS) - OPEN_STATES)


@pytest.mark.parametrize("state", ENDED)
async def test_what_is_still_to_be_shown_of_an_end_keeps_nobody_from_being_forgotten(
    privacy: Privacy,
    store: JobStore,
    database: Database,
    clock: FakeClock,
    state: JobState,
) -> None:
    """The member's list says how it ended; the channel hears of it a moment later."""
    job = await reach(
        store,
        state,
        make_job(prompt="my secret garden"),
        status_due_at=clock.now() + timedelta(seconds=5),
        poll_due_at=clock.now() + timedelta(seconds=5),
    )

    await privacy.forget(ME)

    assert "my secret garden" not in await everything(database)
    left = await store.get(job.id)
    assert left is not None
    assert left.status_due_at == clock.now() + timedelta(seconds=5)


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.DENIED])
async def test_a_notice_to_nobody_is_not_posted_but_the_last_line_is(
    privacy: Privacy, store: JobStore, clock: FakeClock, state: JobState
) -> None:
    job = await reach(store, state, make_job(), notice_due_at=clock.now())

    await privacy.forget(ME)

    left = await store.get(job.id)
    assert left is not None
    assert (left.notice_due_at, left.status_due_at) == (None, clock.now())


async def test_forgetting_is_no_way_to_a_fresh_quota(
    privacy: Privacy,
    store: JobStore,
    database: Database,
    clock: FakeClock,
    used: Used,
    decisions: AdmissionStore,
) -> None:
    """A member who comes back in the same month is recognised by the pseudonym."""
    await delivered(store)
    await privacy.forget(ME)
    assert (await used(ME.guild_id, None, clock.now())).day == 1
    assert (await used(ME.guild_id, ME.user_id, clock.now())).day == 1
    admission = Admission(
        decisions, make_rules(member_per_day=1), make_gate(), FIRST_ESTIMATES
    )
    job = make_job()
    with pytest.raises(Refused, match="refused-member-day"):
        await admission.check(job, is_restricted=False)
    assert await database.read(_pseudonyms) > 0
    await store.receive(job)

    with pytest.raises(Refused, match="refused-member-day"):
        await admission.accept(job, clock.now(), await admission.gather(job))

    # They are known again, by their own doing.
    assert await database.read(_pseudonyms) == 0


async def test_a_forgotten_members_usage_is_reset_without_naming_them(
    privacy: Privacy, store: JobStore, database: Database, clock: FakeClock, used: Used
) -> None:
    await delivered(store)
    await privacy.forget(ME)
    quotas = SqlQuotaStore(database, with_spending=False)
    action = AdminAction(guild_id=ME.guild_id, actor_id=ADMIN.user_id, at=clock.now())
    named = await database.read(_pseudonyms)

    assert await quotas.reset(action, ME.user_id) == 1

    assert (await used(ME.guild_id, ME.user_id, clock.now())).month == 0
    assert await database.read(_pseudonyms) == named + 1


async def test_a_forgotten_members_grants_can_be_seen_and_taken_back(
    privacy: Privacy, database: Database, clock: FakeClock
) -> None:
    """Part of them was granted before, part after they were forgotten."""
    quotas = SqlQuotaStore(database, with_spending=False)
    action = AdminAction(guild_id=ME.guild_id, actor_id=ADMIN.user_id, at=clock.now())
    await quotas.grant(action, ME.user_id, 3, None)
    await privacy.forget(ME)
    await quotas.grant(action, ME.user_id, 2, None)
    standing = await quotas.facts(ME.guild_id, ME.user_id, (), clock.now())
    assert standing.grants == 5

    changed = await quotas.grant(action, ME.user_id, -9, None)

    assert changed == GrantChanged(before=5, after=0)
    sums = text("SELECT sum(grants) FROM ledger GROUP BY user_id")
    assert await database.read(lambda connection: connection.scalars(sums).all()) == [
        0,
        0,
    ]


def _pseudonyms(connection: Connection) -> int:
    return int(connection.scalar(text("SELECT count(*) FROM ledger WHERE user_id < 0")))


async def test_the_pseudonym_and_its_key_end_with_the_month(
    privacy: Privacy,
    store: JobStore,
    database: Database,
    retention: SqlRetentionStore,
    clock: FakeClock,
    used: Used,
) -> None:
    await delivered(store)
    await privacy.forget(ME)

    assert await retention.end_pseudonyms(clock.now() - timedelta(days=1)) == 0
    ended = await retention.end_pseudonyms(clock.now() + timedelta(days=20))

    assert ended == 2
    assert await database.read(_pseudonyms) == 0
    keys = text("SELECT count(*) FROM pseudonym_keys")
    assert await database.read(lambda connection: connection.scalar(keys)) == 0
    assert (await used(ME.guild_id, None, clock.now())).month == 1


async def test_blocks_stay(
    privacy: Privacy, database: Database, clock: FakeClock
) -> None:
    settings = SqlModerationStore(database)
    await Blocks(settings, clock).block(ADMIN, ME.user_id)

    await privacy.forget(ME)

    assert await settings.block_of(ME.guild_id, ME.user_id) is not None


async def test_prompts_are_erased_in_time_but_not_of_open_jobs(
    retention: SqlRetentionStore, store: JobStore, clock: FakeClock
) -> None:
    old = await reach(store, JobState.DELIVERED, make_job(prompt="old"))
    waiting = await reach(store, JobState.QUEUED, make_job(prompt="waiting"))
    clock.advance(timedelta(days=91).total_seconds())
    new = make_job(prompt="new", requested_at=clock.now())
    await reach(store, JobState.DELIVERED, new)

    erased = await retention.erase_prompts(clock.now() - timedelta(days=90), 500)

    assert erased == 1
    prompts = [
        found.request.prompt
        for job in (old, waiting, new)
        if (found := await store.get(job.id))
    ]
    assert prompts == ["", "waiting", "new"]


async def test_a_server_that_left_is_erased_in_time_and_no_other(
    retention: SqlRetentionStore,
    store: JobStore,
    database: Database,
    clock: FakeClock,
) -> None:
    moderation = Moderation(SqlModerationStore(database), clock)
    await moderation.set_policy(ADMIN, SpicyPolicy.REVIEW)
    await delivered(store, prompt="gone")
    await delivered(store, prompt="stays", guild_id=GuildId(5))
    await retention.note_departed(ADMIN.guild_id, clock.now())
    assert await retention.erase_departed(clock.now() - timedelta(days=30)) == 0
    clock.advance(timedelta(days=31).total_seconds())

    assert await retention.erase_departed(clock.now() - timedelta(days=30)) == 1

    left = await everything(database)
    assert str(ADMIN.guild_id) not in left
    assert "stays" in left


HAS: dict[str, Callable[[Database, FakeClock], Awaitable[object]]] = {
    "a block": lambda database, clock: Blocks(
        SqlModerationStore(database), clock
    ).block(ADMIN, UserId(99)),
    "settings of a member": lambda database, _: SqlMemberSettings(database).change(
        ADMIN.guild_id, ME.user_id, VideoSettings(duration_s=10)
    ),
    "a preset": lambda database, clock: Presets(
        SqlPresets(database), in_servers(PLAIN), clock
    ).add(ADMIN, Preset(name="a", words="{prompt}", settings=VideoSettings())),
    "a greeting": lambda database, clock: SqlGreetings(database).note_served(
        [ADMIN.guild_id], clock.now(), greet=True
    ),
}


@pytest.mark.parametrize("what", HAS)
async def test_a_server_of_which_there_is_little_is_erased_too(
    retention: SqlRetentionStore, database: Database, clock: FakeClock, what: str
) -> None:
    """It left while we were not running: that it was there is known by what it has."""
    await HAS[what](database, clock)
    assert str(ADMIN.guild_id) in await everything(database)
    await retention.note_present([], EVERY, clock.now())
    clock.advance(timedelta(days=31).total_seconds())

    assert await retention.erase_departed(clock.now() - timedelta(days=30)) == 1

    assert str(ADMIN.guild_id) not in await everything(database)


async def test_a_server_that_comes_back_in_time_keeps_everything(
    retention: SqlRetentionStore,
    database: Database,
    store: JobStore,
    clock: FakeClock,
) -> None:
    moderation = Moderation(SqlModerationStore(database), clock)
    await moderation.set_policy(ADMIN, SpicyPolicy.REVIEW)
    await delivered(store)
    # It left while we were not running: the servers we are in say so.
    await retention.note_present([], EVERY, clock.now())
    clock.advance(timedelta(days=20).total_seconds())
    await retention.note_present([ADMIN.guild_id], EVERY, clock.now())
    clock.advance(timedelta(days=20).total_seconds())

    assert await retention.erase_departed(clock.now() - timedelta(days=30)) == 0
    assert (await moderation.settings(ADMIN)).policy is SpicyPolicy.REVIEW


async def test_somebody_with_much_is_forgotten_in_portions(
    privacy: Privacy,
    database: Database,
    decisions: AdmissionStore,
    store: JobStore,
    used: Used,
    rows: Select,
) -> None:
    """Others write in between; and what they used this month still counts."""
    newest_us = int(NOON.timestamp() * 1_000_000)
    await put_history(database, newest_us, jobs=1_000, servers=1, members=2)
    me = make_actor(guild_id=GuildId(FIRST_SERVER), user_id=UserId(FIRST_MEMBER))
    with collecting(database) as asked:
        await privacy.forget(me)

    portions = [sql for sql, _ in asked if sql.startswith("UPDATE jobs")]
    # 500 jobs, and then twice as many rows in the ledger.
    assert len(portions) >= 3
    for table, column in (
        ("jobs", "user_id"),
        ("ledger", "user_id"),
        ("reports", "reporter_id"),
    ):
        mine = f"SELECT count(*) FROM {table} WHERE {column} = :me"  # noqa: S608
        assert await rows(mine, me=FIRST_MEMBER) == [(0,)], table
    assert (await used(me.guild_id, me.user_id, NOON)).month == 500
    for _ in range(2):
        job = make_job(guild_id=me.guild_id, user_id=me.user_id)
        await store.receive(job)
        await decisions.accept(job, NOON, lambda _: Admitted(state=JobState.QUEUED))
    assert (await used(me.guild_id, me.user_id, NOON)).month == 502


async def test_servers_of_other_shards_are_never_taken_for_gone(
    retention: SqlRetentionStore, database: Database, clock: FakeClock, rows: Select
) -> None:
    """Those that another process is told of, or that nobody is told of any more."""
    here, elsewhere = GuildId(4 << 22), GuildId(5 << 22)
    greetings = SqlGreetings(database)
    await greetings.note_served([here, elsewhere], clock.now(), greet=False)

    nothing = KnownShards(count=4, numbers=frozenset())
    await retention.note_present([], nothing, clock.now())
    assert await rows("SELECT guild_id FROM departures") == []

    of_one = KnownShards(count=4, numbers=frozenset({0}))
    await retention.note_present([], of_one, clock.now())
    assert await rows("SELECT guild_id FROM departures") == [(here,)]
