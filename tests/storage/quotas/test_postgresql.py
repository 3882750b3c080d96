"""The same promises on PostgreSQL, with two connections side by side.

Runs where PostgreSQL is installed, or POSTGRESQL_URL names a database to work in, such
as postgresql://clapper@127.0.0.1/clapper_test.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import TextClause, event, text
from sqlalchemy.util import await_only

from bot.ids import GuildId, UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.quotas.limits import LimitSet, Scope
from bot.quotas.settings import AdminAction, Target
from bot.requests.decision import Refusal, decide
from storage.database import schema
from storage.database.engine import Database
from storage.quotas.store import SqlQuotaStore
from tests.factories import NOON, make_job, make_rules, reach
from tests.stores import admission_store, job_store, used_in

pytestmark = pytest.mark.usefixtures("patience")

REQUESTS = 500
LIMIT = 10
CEILING = 30.0
"""Credits that are left."""


@pytest.fixture
def guild_id() -> GuildId:
    """Return a server of this test's own: the database may have seen others."""
    return GuildId(secrets.randbits(60))


@pytest.fixture
async def databases(postgresql_url: str) -> AsyncIterator[Sequence[Database]]:
    """Open the database twice."""
    await schema.upgrade(postgresql_url)
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                Database.open(postgresql_url, may_write=None)
            )
            for _ in range(2)
        ]


@pytest.mark.parametrize("whose", ["member", "server"])
async def test_of_500_at_once_exactly_as_many_are_taken_as_the_limit_says(
    databases: Sequence[Database], guild_id: GuildId, whose: str
) -> None:
    rules = make_rules(**{f"{whose}_per_day": LIMIT})

    async def ask(number: int) -> Job | Refusal | None:
        user_id = UserId(7 if whose == "member" else number + 1)
        job = make_job(
            guild_id=guild_id,
            user_id=user_id,
            interaction_id=secrets.randbits(60),
        )
        database = databases[number % 2]
        assert await job_store(database).receive(job)
        return await admission_store(database).accept(
            job, NOON, lambda facts: decide(job, facts, rules)
        )

    results = await asyncio.gather(*(ask(number) for number in range(REQUESTS)))

    refused = [one for one in results if isinstance(one, Refusal)]
    assert len(refused) == REQUESTS - LIMIT
    usage = await used_in(databases[0])(guild_id, None, NOON)
    assert (usage.day, usage.month, usage.at_once) == (LIMIT, LIMIT, LIMIT)
    counted = await databases[1].read(
        lambda connection: connection.execute(
            text("SELECT sum(videos) FROM ledger WHERE guild_id = :guild"),
            {"guild": guild_id},
        )
    )
    assert counted.scalar_one() == LIMIT


async def test_the_operators_bound_holds_while_admins_reset_everything(
    databases: Sequence[Database], guild_id: GuildId
) -> None:
    """Some of those that were reset fail meanwhile, and leave their place to others."""
    rules = make_rules(server_per_day=LIMIT, server_most_per_day=2 * LIMIT)
    quotas = [SqlQuotaStore(one, with_spending=False) for one in databases]
    action = AdminAction(guild_id=guild_id, actor_id=UserId(9), at=NOON)

    async def ask(number: int) -> Job | Refusal | None:
        job = make_job(
            guild_id=guild_id,
            user_id=UserId(number + 1),
            interaction_id=secrets.randbits(60),
        )
        database = databases[number % 2]
        assert await job_store(database).receive(job)
        if number % 20 == 0:
            await quotas[number // 20 % 2].reset(action, None)
        taken = await admission_store(database).accept(
            job, NOON, lambda facts: decide(job, facts, rules)
        )
        if isinstance(taken, Job) and number % 3 == 0:
            states = (JobState.QUEUED, JobState.FAILED)
            assert await job_store(databases[number % 2 - 1]).move(
                job.id, *states, NOON
            )
        return taken

    results = await asyncio.gather(*(ask(number) for number in range(REQUESTS)))

    async def made() -> int:
        return (await quotas[0].facts(guild_id, UserId(7), (), NOON)).made.day

    taken = [one for one in results if isinstance(one, Job)]
    assert len(taken) > LIMIT
    assert await made() <= 2 * LIMIT
    # Whatever order they came in: the last places are taken, and no more.
    await quotas[1].reset(action, None)
    for number in range(10 * REQUESTS, 10 * REQUESTS + 6 * LIMIT):
        await ask(number)
        await quotas[0].reset(action, None)
    assert await made() == 2 * LIMIT
    states = text(
        "SELECT count(*) FROM jobs WHERE guild_id = :guild AND state = 'queued'"
    )
    for database in databases:
        queued = await database.read(
            lambda connection: connection.scalar(states, {"guild": guild_id})
        )
        assert queued == 2 * LIMIT


@pytest.mark.parametrize("whose", ["server", "total"])
async def test_of_500_at_once_as_many_are_taken_as_a_ceiling_pays(
    databases: Sequence[Database], guild_id: GuildId, whose: str
) -> None:
    """Each costs something else, and nothing of it is paid for yet."""
    before = await admission_store(databases[0], with_spending=True).admission_facts(
        make_job(guild_id=guild_id)
    )
    spent = before.quota.total_spent or 0.0
    ceiling = CEILING if whose == "server" else spent + CEILING
    rules = make_rules(**{f"{whose}_credits_per_month": ceiling})

    async def ask(number: int) -> Job | Refusal | None:
        job = make_job(
            guild_id=guild_id if whose == "server" else GuildId(guild_id + number % 3),
            user_id=UserId(number + 1),
            interaction_id=secrets.randbits(60),
            credits_estimated=1.0 + number % 7 / 100,
        )
        database = databases[number % 2]
        assert await job_store(database).receive(job)
        return await admission_store(database, with_spending=True).accept(
            job, NOON, lambda facts: decide(job, facts, rules)
        )

    results = await asyncio.gather(*(ask(number) for number in range(REQUESTS)))

    taken = [one.credits_estimated or 0.0 for one in results if isinstance(one, Job)]
    assert CEILING - 1.06 < sum(taken) <= CEILING + 1e-4
    for database in databases:
        facts = await admission_store(database, with_spending=True).admission_facts(
            make_job(guild_id=guild_id)
        )
        assert facts.quota.total_spent is not None
        assert facts.quota.total_spent <= spent + CEILING + 1e-4


@pytest.mark.parametrize("window", ["credits_per_day", "credits_per_month"])
@pytest.mark.parametrize("scope", [Scope.MEMBERS, Scope.SERVER])
async def test_of_500_at_once_as_many_are_taken_as_a_limit_in_credits_pays(
    databases: Sequence[Database], guild_id: GuildId, scope: Scope, window: str
) -> None:
    """What is counted meanwhile never goes beyond it either."""
    quotas = [SqlQuotaStore(one, with_spending=False) for one in databases]
    action = AdminAction(guild_id=guild_id, actor_id=UserId(9), at=NOON)
    limits = LimitSet(**{window: int(CEILING)})
    await quotas[0].set_limits(action, Target(scope=scope), limits)
    member = UserId(7)
    seen: list[float] = []

    async def ask(number: int) -> Job | Refusal | None:
        job = make_job(
            guild_id=guild_id,
            user_id=member if scope is Scope.MEMBERS else UserId(number + 1),
            interaction_id=secrets.randbits(60),
            credits_estimated=1.0 + number % 7 / 100,
        )
        database = databases[number % 2]
        assert await job_store(database).receive(job)
        taken = await admission_store(database).accept(
            job, NOON, lambda facts: decide(job, facts, make_rules())
        )
        if number % 10 == 0:
            known = await quotas[number // 10 % 2].facts(guild_id, member, (), NOON)
            seen.append(known.server.credits_day)
        return taken

    results = await asyncio.gather(*(ask(number) for number in range(REQUESTS)))

    taken = [one.credits_estimated or 0.0 for one in results if isinstance(one, Job)]
    assert CEILING - 1.06 < sum(taken) <= CEILING + 1e-4
    assert len(seen) == REQUESTS / 10
    assert max(seen) <= CEILING + 1e-4
    for store in quotas:
        known = await store.facts(guild_id, member, (), NOON)
        assert known.server.credits_month == pytest.approx(sum(taken))


async def test_a_price_that_is_told_meanwhile_is_never_left_out(
    databases: Sequence[Database], guild_id: GuildId
) -> None:
    """Between any two statements that add up what was spent."""
    first, second = databases
    job = make_job(
        guild_id=guild_id,
        interaction_id=secrets.randbits(60),
        credits_estimated=5.0,
    )
    await reach(job_store(first), JobState.GENERATING, job)
    price = text("UPDATE jobs SET credits_reserved = :price WHERE id = :id")
    facts = admission_store(second, with_spending=True).admission_facts
    reader = await second.read(lambda connection: connection.engine)
    for statements in range(20):
        at = iter(range(20))

        def priced_at(*_: object, at: Iterator[int] = at, n: int = statements) -> None:
            if next(at, None) == n:
                await_only(_run(first, price, price=5.0, id=job.id))

        await _run(first, price, price=None, id=job.id)
        event.listen(reader, "before_cursor_execute", priced_at)
        spent = (await facts(make_job(guild_id=guild_id))).quota.server_spent
        event.remove(reader, "before_cursor_execute", priced_at)

        assert spent is not None
        assert spent >= 5.0, statements


async def _run(database: Database, statement: TextClause, **values: object) -> None:
    await database.write(lambda connection: connection.execute(statement, values))


async def test_settings_grants_and_resets_are_kept(
    databases: Sequence[Database], guild_id: GuildId
) -> None:
    first, second = (SqlQuotaStore(one, with_spending=False) for one in databases)
    jobs = job_store(databases[0])
    admin_action = AdminAction(guild_id=guild_id, actor_id=UserId(9), at=NOON)
    job = make_job(guild_id=guild_id, interaction_id=secrets.randbits(60))
    rules = make_rules()
    await jobs.receive(job)
    await admission_store(databases[0]).accept(
        job, NOON, lambda facts: decide(job, facts, rules)
    )

    await first.set_zone(admin_action, "Asia/Tokyo")
    await first.grant(admin_action, job.user_id, 3, "well done")
    assert await first.reset(admin_action, None) == 1
    await jobs.move(job.id, JobState.QUEUED, JobState.CANCELLED, NOON)

    standing = await second.facts(guild_id, job.user_id, (), NOON)
    assert (standing.zone, standing.grants) == ("Asia/Tokyo", 3)
    assert (standing.member.month, standing.server.month) == (0, 0)
