"""No statement reads the whole of a table that only grows, but for those listed here.

The plans are those of the statements word for word as they were sent, with their bound
parameters: a partial index serves nobody who does not repeat its condition.
"""

import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot.ids import ChannelId, FileId, GuildId, TaskId, UserId
from bot.jobs.due import Due
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.moderation.administration import Moderation, Purpose
from bot.processes.shards import KnownShards
from bot.quotas.limits import LimitSet, Scope
from bot.quotas.settings import AdminAction, Target
from bot.requests.decision import decide
from storage.database.engine import Database
from storage.jobs.durations import SqlTaskDurations
from storage.moderation.audit_trail import SqlAuditTrail
from storage.moderation.cards import SqlCardStore
from storage.moderation.guild_logs import SqlGuildLogs
from storage.moderation.store import SqlModerationStore
from storage.operations.oldest_due import SqlOldestDue
from storage.operations.pauses import SqlPauses
from storage.operations.told_outages import SqlToldOutages
from storage.overview.store import DAYS, LATEST, SqlOverview
from storage.pictures.store import SqlPictures, keep_picture
from storage.privacy.retention import JOBS as JOBS_AT_ONCE, SqlRetentionStore
from storage.privacy.store import SqlPrivacyStore
from storage.quotas.bills import SqlBills
from storage.quotas.spend_warnings import SqlSpendStore
from storage.quotas.store import SqlQuotaStore
from storage.requests.reviews import SqlReviewStore
from storage.sums.store import SqlSums
from tests.clock import FakeClock
from tests.factories import NOON, make_job, make_rules, reach
from tests.selection import thorough
from tests.servers.people import make_actor
from tests.storage.grown import (
    ALLOWED,
    ALLOWED_ON_SERVER,
    NEWEST_US,
    grown,
    grown_file,
    migrated,
    plan_of_all,
    scans,
    scans_on_the_server,
)
from tests.storage.history import FIRST_MEMBER, FIRST_SERVER, JOBS, SERVERS
from tests.storage.plans import collecting
from tests.stores import admission_store, job_store

__all__ = ["grown", "grown_file", "migrated"]

pytestmark = pytest.mark.thorough
"""`make test` has `test_every_statement.py`."""

EVERY = KnownShards(count=1, numbers=frozenset({0}))
"""The one process of a file knows all servers."""

MOST_STEPS_OF_THE_PAGE = 15
A_YEAR_AGO = NOON - timedelta(days=365)
GUILD = GuildId(FIRST_SERVER)
MEMBER = UserId(FIRST_MEMBER)
ADMIN_ACTION = AdminAction(guild_id=GUILD, actor_id=UserId(7), at=NOON)

Ask = Callable[[Database], Awaitable[object]]


async def _request(database: Database) -> None:
    store = job_store(database)
    decisions = admission_store(database, with_spending=True)
    job = make_job(
        guild_id=GUILD, user_id=MEMBER, requested_at=NOON, credits_estimated=5.0
    )
    rules = make_rules(member_per_day=10**6, server_credits_per_month=1e9)
    for quality in (None, "720p"):
        await SqlBills(database).latest(job.request.model, quality, 60)
    await decisions.admission_facts(job)
    await store.receive(job)
    await decisions.accept(job, NOON, lambda facts: decide(job, facts, rules))
    await store.queue_position(job)
    await store.next_queued(5, slots=5)


async def _life(database: Database) -> None:
    store = job_store(database)
    job = make_job(guild_id=GUILD, user_id=MEMBER)
    await reach(store, JobState.GENERATING, job)
    await store.adopt(job.id, TaskId("t"), {"poll_due_at": NOON})
    await store.by_task(TaskId("t"))
    await store.by_callback("x")
    await store.redate(job, Due.POLL, NOON)
    for kind in Due:
        await store.due_and_next(kind, NOON, 9)
    await store.move(job.id, JobState.GENERATING, JobState.DELIVERING, NOON)
    await store.move(job.id, JobState.DELIVERING, JobState.DELIVERED, NOON)
    await store.in_state(JobState.RECEIVED, 9)
    await SqlTaskDurations(database).latest(9)
    await SqlReviewStore(database, listener=None).waiting_since(NOON, 9)


async def _lists(database: Database) -> None:
    store = job_store(database)
    await store.of_member(GUILD, MEMBER, states=None, limit=9, offset=0)
    await store.count_of_member(GUILD, MEMBER, states=[JobState.FAILED])
    trail = SqlAuditTrail(database)
    for member in (None, MEMBER):
        await trail.page(GUILD, member, limit=9, offset=0)
        await trail.count(GUILD, member)
    async for _ in trail.since(GUILD, A_YEAR_AGO):
        """There is more."""
    await _log(database)
    await SqlCardStore(database).due(NOON, 9)
    moderation = SqlModerationStore(database)
    await moderation.settings(GUILD)
    await moderation.block_of(GUILD, MEMBER)


async def _log(database: Database) -> None:
    admin = make_actor(guild_id=GUILD, is_manager=True)
    settings = Moderation(SqlModerationStore(database), FakeClock())
    await settings.set_channel(admin, Purpose.LOG, ChannelId(44))
    logs = SqlGuildLogs(database)
    claim = await logs.claim(GUILD, NOON, NOON + timedelta(minutes=2), 9)
    assert claim is not None
    await logs.due(NOON, 9)
    await logs.note_posted(claim, claim.rows[0], NOON)
    await logs.finish(claim)


async def _limits(database: Database) -> None:
    quotas = SqlQuotaStore(database, with_spending=True)
    await quotas.facts(GUILD, MEMBER, (), NOON)
    await quotas.settings(GUILD)
    await quotas.grant(ADMIN_ACTION, MEMBER, 3, None)
    await quotas.reset(ADMIN_ACTION, MEMBER)
    await quotas.reset(ADMIN_ACTION, None)
    async for _ in quotas.made(GUILD, A_YEAR_AGO, NOON):
        break


async def _retention(database: Database) -> None:
    retention = SqlRetentionStore(database)
    await retention.erase_prompts(A_YEAR_AGO, 500)
    await retention.erase_audit(A_YEAR_AGO, 500)
    await retention.end_pseudonyms(A_YEAR_AGO)
    await retention.erase_departed(A_YEAR_AGO)


async def _departed(database: Database) -> None:
    retention = SqlRetentionStore(database)
    await retention.note_present([GUILD], EVERY, NOON)
    await retention.note_departed(GUILD, A_YEAR_AGO)
    assert await retention.erase_departed(NOON) == 1


async def _forgotten(database: Database) -> None:
    privacy = SqlPrivacyStore(database)
    async for _ in privacy.everything_about(MEMBER):
        """There is more."""
    assert await privacy.forget(MEMBER, NOON)
    await _request(database)
    await SqlRetentionStore(database).end_pseudonyms(NOON + timedelta(days=1))


async def _ceilings(database: Database) -> None:
    spend = SqlSpendStore(database)
    await spend.warn_operator(1.0, 0.8, NOON)
    await spend.warn_servers(1.0, 0.8, NOON)
    await SqlQuotaStore(database, with_spending=False).set_limits(
        ADMIN_ACTION,
        Target(scope=Scope.SERVER),
        LimitSet(credits_per_month=1),
    )
    await SqlSums(database).add_changes(500)
    assert GUILD in await spend.warn_limited(0.8, NOON)


async def _sums(database: Database) -> None:
    assert (await job_store(database).counts())[JobState.DELIVERED] == JOBS
    await SqlSums(database).add_changes(500)


async def _scraped(database: Database) -> None:
    await SqlOldestDue(database).waited_s(NOON)


async def _page(database: Database) -> None:
    store = SqlOverview(
        database,
        pauses=SqlPauses(database),
        outages=SqlToldOutages(database),
        is_server=False,
        name="7 on here",
    )
    at = datetime.fromtimestamp(NEWEST_US / 1_000_000, UTC)
    stored = await store.read(at)
    assert (len(stored.latest), len(stored.days)) == (LATEST, DAYS)


async def _pictures(database: Database) -> None:
    store, pictures = job_store(database), SqlPictures(database)
    use = PictureUse(kind=PictureKind.ATTACHED, owner_id=MEMBER)
    for state in (JobState.QUEUED, JobState.CANCELLED):
        job = await reach(store, state, make_job(picture=use))
        await database.write(partial(keep_picture, job_id=job.id, picture=b"a JPEG"))
        await pictures.intend_upload(job.id, NOON)
        await pictures.note_uploaded(job.id, FileId("f"), NOON, intended_at=NOON)
    (left,) = await pictures.left_files(NOON, 9)
    await pictures.postpone(left, NOON)
    assert await pictures.erase_unneeded(NOON, 9) == 1
    await pictures.note_deleted(left.job_id)
    assert await pictures.erase_unneeded(NOON, 9) == 1
    await store.next_queued(5, with_pictures=False)


async def _left(database: Database) -> None:
    assert await job_store(database).end_of_guild(GUILD, NOON) == 0


QUESTIONS = (
    _left,
    _request,
    _life,
    _lists,
    _limits,
    _retention,
    _departed,
    _forgotten,
    _ceilings,
    _sums,
    _page,
    _scraped,
    _pictures,
)


@pytest.mark.parametrize("ask", QUESTIONS)
async def test_nothing_that_grows_is_read_from_end_to_end(
    grown: Database, ask: Ask
) -> None:
    with collecting(grown) as asked:
        await ask(grown)

    found = scans(await plan_of_all(grown, asked))

    assert found <= ALLOWED, found - ALLOWED


@pytest.mark.parametrize("database_kind", thorough("postgresql"), indirect=True)
@pytest.mark.parametrize("ask", QUESTIONS)
async def test_nothing_that_grows_is_read_from_end_to_end_on_the_server(
    grown: Database, ask: Ask
) -> None:
    with collecting(grown) as asked:
        await ask(grown)

    found = await scans_on_the_server(grown, asked)

    assert found <= ALLOWED_ON_SERVER, found - ALLOWED_ON_SERVER


async def steps_of_the_writer(database: Database, ask: Ask) -> int:
    """Return how many thousands of steps of SQLite's machine a question takes."""
    counted: list[int] = []

    def count(plain: Connection) -> None:
        own: Any = plain.connection.driver_connection
        own.set_progress_handler(lambda: counted.append(1), 1_000)

    await database.write(count)
    await ask(database)
    return len(counted)


async def test_retention_with_nothing_due_reads_next_to_nothing(
    grown: Database,
) -> None:
    """It was the whole history, at every start and every hour, alone with the writer.

    Steps of SQLite's machine are counted, not time: a busy machine is slow.
    """
    assert await steps_of_the_writer(grown, _retention) <= 1


async def test_the_operators_page_reads_next_to_nothing(grown: Database) -> None:
    """Of twenty thousand jobs, in thousands of steps."""
    counted: list[int] = []

    def count(plain: Connection) -> None:
        own: Any = plain.connection.driver_connection
        own.set_progress_handler(lambda: counted.append(1), 1_000)

    await grown.read(count)
    await _page(grown)

    assert 0 < len(counted) <= MOST_STEPS_OF_THE_PAGE


async def test_a_server_that_leaves_is_not_read_from_its_beginning(
    grown: Database,
) -> None:
    """All its jobs were, alone with the writer, to find those that are open."""
    assert await steps_of_the_writer(grown, _left) <= 1


async def test_a_request_costs_the_same_after_somebody_was_forgotten(
    grown: Database,
) -> None:
    """Whether its author was: else all that anybody ever made would be read for it."""
    await _another_request(grown)
    before = await steps_of_the_writer(grown, _another_request)
    await SqlPrivacyStore(grown).forget(MEMBER, NOON)
    await _another_request(grown)

    after = await steps_of_the_writer(grown, _another_request)

    assert after <= before + 1


async def _another_request(database: Database) -> None:
    store = job_store(database)
    job = make_job(guild_id=GUILD, user_id=UserId(MEMBER + 1))
    await store.receive(job)
    await admission_store(database).accept(
        job, NOON, lambda facts: decide(job, facts, make_rules())
    )


async def test_servers_that_only_the_audit_knows_are_found_without_reading_it_all(
    grown: Database,
) -> None:
    async def gone(database: Database) -> None:
        await SqlRetentionStore(database).note_present([GUILD], EVERY, NOON)

    assert await steps_of_the_writer(grown, gone) <= 5

    departed = text("SELECT count(*) FROM departures")
    noted = await grown.read(lambda connection: connection.scalar(departed))
    assert noted == SERVERS - 1


async def test_what_is_erased_is_erased_in_portions(grown: Database) -> None:
    """A server that left has a thousand jobs here: others write in between."""
    with collecting(grown) as asked:
        await _departed(grown)

    erased = [sql for sql, _ in asked if sql.startswith("DELETE FROM jobs")]
    assert len(erased) == math.ceil(JOBS / SERVERS / JOBS_AT_ONCE)
    left = text("SELECT count(*) FROM jobs WHERE guild_id = :guild")
    assert not await grown.read(
        lambda connection: connection.scalar(left, {"guild": GUILD})
    )
