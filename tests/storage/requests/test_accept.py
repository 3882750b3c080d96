"""Deciding and reserving in one transaction, however many ask at once."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from sqlalchemy import Connection, Select, func, select

from bot.ids import GuildId, UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.requests.admission import AdmissionStore
from bot.requests.decision import AdmissionFacts, Admitted, Decide, Refusal, decide
from storage.database.engine import Database
from storage.tables.jobs import jobs
from storage.tables.quotas import ledger
from tests.factories import NOON, make_job, make_rules
from tests.storage.heard import Heard
from tests.stores import admission_store, job_store, used_in

REQUESTS = 500
LIMIT = 10


def by_rules(job: Job, **limits: int) -> Decide:
    """Return the real decision, with some limits of the operator's."""
    rules = make_rules(**limits)

    def decide_it(facts: AdmissionFacts) -> Admitted | Refusal:
        return decide(job, facts, rules)

    return decide_it


async def ask(database: Database, job: Job, **limits: int) -> Job | Refusal | None:
    assert await job_store(database).receive(job)
    decisions = admission_store(database)
    return await decisions.accept(job, NOON, by_rules(job, **limits))


async def in_ledger(database: Database) -> int:
    return await number(database, select(func.coalesce(func.sum(ledger.c.videos), 0)))


async def accepted(database: Database) -> int:
    return await number(
        database, select(func.count()).where(jobs.c.state == JobState.QUEUED)
    )


async def number(database: Database, statement: Select[Any]) -> int:
    def read(connection: Connection) -> int:
        return int(connection.execute(statement).scalar_one())

    return await database.read(read)


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("whose", ["one member", "many members", "two connections"])
async def test_of_500_at_once_exactly_as_many_are_taken_as_the_limit_says(
    database: Database, database_url: str, whose: str
) -> None:
    """The last free place is taken once, and the ledger agrees with the usage."""
    member = UserId(7)
    async with AsyncExitStack() as stack:
        databases = [database]
        if whose == "two connections":
            other = await stack.enter_async_context(
                Database.open(database_url, may_write=None)
            )
            databases.append(other)
        results = await asyncio.gather(
            *(
                ask(
                    databases[number % len(databases)],
                    make_job(
                        user_id=UserId(number + 1)
                        if whose == "many members"
                        else member
                    ),
                    **(
                        {"server_per_day": LIMIT}
                        if whose == "many members"
                        else {"member_per_day": LIMIT}
                    ),
                )
                for number in range(REQUESTS)
            )
        )

    refused = [one for one in results if isinstance(one, Refusal)]
    assert len(refused) == REQUESTS - LIMIT
    assert await accepted(database) == await in_ledger(database) == LIMIT
    guild = make_job().guild_id
    usage = await used_in(database)(guild, None, NOON)
    assert (usage.day, usage.month, usage.at_once) == (LIMIT, LIMIT, LIMIT)


async def test_a_refusal_changes_nothing(database: Database, store: JobStore) -> None:
    job = make_job()

    refusal = await ask(database, job, member_per_day=0)

    assert isinstance(refusal, Refusal)
    assert refusal.text_id == "refused-member-none"
    assert await store.get(job.id) == job
    assert await in_ledger(database) == 0


async def test_a_job_that_went_elsewhere_reserves_nothing(
    database: Database, store: JobStore
) -> None:
    job = make_job()
    await store.receive(job)
    await store.move(job.id, JobState.RECEIVED, JobState.REFUSED, NOON)

    assert await admission_store(database).accept(job, NOON, by_rules(job)) is None
    assert await in_ledger(database) == 0


async def test_a_caller_who_has_gone_does_not_keep_the_news_back(
    database: Database,
) -> None:
    """The job is in the queue anyway: the dispatcher has to hear of it."""
    heard = Heard()
    store = job_store(database, listener=heard)
    decisions = admission_store(database, listener=heard)
    job = make_job()
    await store.receive(job)
    deciding = asyncio.Event()

    def decide_it(facts: AdmissionFacts) -> Admitted | Refusal:
        deciding.set()
        return by_rules(job)(facts)

    caller = asyncio.create_task(decisions.accept(job, NOON, decide_it, polls=1))
    await deciding.wait()
    caller.cancel()
    await asyncio.wait([caller])
    # Whatever is written after it is written when it is done.
    await store.note({job.id: {"polls": 2}})

    assert caller.cancelled()
    assert heard.moves == [(frozenset({JobState.RECEIVED}), JobState.QUEUED)]
    assert heard.changes == [{"polls": 1, "shows_price": False}, {"polls": 2}]


async def test_roles_are_kept_until_the_second_check(
    store: JobStore, decisions: AdmissionStore
) -> None:
    """Recovery after a crash needs them."""
    job = make_job(role_ids=frozenset({3, 11}))

    await store.receive(job)

    assert await store.get(job.id) == job
    queued = await decisions.accept(job, NOON, by_rules(job), role_ids=frozenset())
    assert isinstance(queued, Job)
    assert queued.role_ids == frozenset()


async def test_servers_do_not_count_for_each_other(database: Database) -> None:
    for guild in (1, 2):
        taken = await ask(
            database,
            make_job(guild_id=GuildId(guild)),
            server_per_day=1,
            member_per_day=1,
        )
        assert isinstance(taken, Job)
