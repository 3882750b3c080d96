"""Credits: what EvoLink charged, what is to be expected, and who is warned."""

import asyncio

import pytest

from bot.ids import GuildId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.quotas.rules import FIRST_PRICE, Spending
from bot.requests.admission import AdmissionStore
from bot.requests.decision import Refusal, decide
from storage.database.engine import Database
from storage.quotas.spend_warnings import SqlSpendStore
from tests.factories import NOON, make_job, make_rules, reach
from tests.storage.conftest import Select
from tests.stores import admission_store

S = JobState
GUILD = make_job().guild_id


@pytest.fixture
def watched(database: Database) -> AdmissionStore:
    return admission_store(database, with_spending=True)


async def spending(store: AdmissionStore) -> tuple[Spending | None, Spending | None]:
    facts = (await store.admission_facts(make_job())).quota
    return facts.server_spending, facts.total_spending


async def test_what_was_used_counts_and_else_what_was_reserved(
    store: JobStore, watched: AdmissionStore
) -> None:
    """EvoLink gives back what a failed task had reserved."""
    await reach(store, S.DELIVERED, credits_reserved=5.0, credits_used=4.5)
    await reach(store, S.GENERATING, credits_reserved=6.0)
    await reach(store, S.FAILED, credits_reserved=6.0)
    await reach(store, S.FAILED, credits_reserved=6.0, credits_used=1.0)
    await reach(store, S.QUEUED)
    await reach(store, S.CANCELLED, make_job(guild_id=GuildId(1)), credits_used=2.0)

    server, total = await spending(watched)

    assert server == Spending(charged=11.5, unpriced=1, price=6.0)
    assert total == Spending(charged=13.5, unpriced=1, price=6.0)


async def test_nothing_is_summed_up_where_nobody_set_a_ceiling(
    database: Database,
) -> None:
    assert await spending(admission_store(database)) == (None, None)


@pytest.mark.parametrize("whose", ["server", "total"])
async def test_of_many_at_once_no_more_are_taken_than_the_ceiling_pays(
    store: JobStore, watched: AdmissionStore, whose: str
) -> None:
    """Their price is not known yet, so the first one's is expected of each."""
    rules = make_rules(**{f"{whose}_credits_per_month": 7 * FIRST_PRICE})

    async def ask(number: int) -> Job | Refusal | None:
        job = make_job(guild_id=GuildId(1 + number % 3 if whose == "total" else 1))
        assert await store.receive(job)
        return await watched.accept(job, NOON, lambda facts: decide(job, facts, rules))

    results = await asyncio.gather(*(ask(number) for number in range(50)))

    taken = [one for one in results if isinstance(one, Job)]
    refused = [one for one in results if isinstance(one, Refusal)]
    assert len(taken) == 7
    assert {one.text_id for one in refused} == {f"refused-{whose}-credits"}


async def test_a_server_is_warned_once_a_month(
    store: JobStore, database: Database, rows: Select
) -> None:
    warnings = SqlSpendStore(database)
    await reach(store, S.DELIVERED, credits_used=79.0)
    assert await warnings.warn_servers(100.0, 0.8, NOON) == {}
    await reach(store, S.DELIVERED, credits_used=4.0)

    warned = await warnings.warn_servers(100.0, 0.8, NOON)

    assert warned == {GUILD: pytest.approx(0.83)}
    assert await warnings.warn_servers(100.0, 0.8, NOON) == {}
    assert await rows("SELECT guild_id, actor_id, action, after FROM audit") == [
        (GUILD, None, "quota.spend_warning", '{"percent": 83}')
    ]


async def test_the_operator_is_warned_of_all_servers_together(
    store: JobStore, database: Database
) -> None:
    warnings = SqlSpendStore(database)
    for guild in (1, 2):
        job = make_job(guild_id=GuildId(guild))
        await reach(store, S.DELIVERED, job, credits_used=40.0)

    assert await warnings.warn_operator(101.0, 0.8, NOON) is None
    assert await warnings.warn_operator(100.0, 0.8, NOON) == pytest.approx(0.8)
    assert await warnings.warn_operator(100.0, 0.8, NOON) is None
