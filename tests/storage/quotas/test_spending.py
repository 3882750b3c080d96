"""Credits: what EvoLink charged, what is to be expected, and who is warned."""

import asyncio
from typing import Any

import pytest

from bot.ids import GuildId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
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


async def spent(store: AdmissionStore) -> tuple[float | None, float | None]:
    facts = (await store.admission_facts(make_job())).quota
    return facts.server_spent, facts.total_spent


async def test_what_was_used_counts_and_else_what_was_reserved_or_estimated(
    store: JobStore, watched: AdmissionStore
) -> None:
    """EvoLink gives back what a failed task had reserved."""
    expected: dict[str, Any] = {"credits_estimated": 7.0}
    await reach(store, S.DELIVERED, credits_reserved=5.0, credits_used=4.5, **expected)
    await reach(store, S.GENERATING, credits_reserved=6.0, **expected)
    await reach(store, S.FAILED, credits_reserved=6.0, **expected)
    await reach(store, S.FAILED, credits_reserved=6.0, credits_used=1.0, **expected)
    await reach(store, S.QUEUED, credits_estimated=3.0)
    await reach(store, S.CANCELLED, make_job(guild_id=GuildId(1)), credits_used=2.0)

    server, total = await spent(watched)

    assert server == pytest.approx(4.5 + 6.0 + 1.0 + 3.0)
    assert total == pytest.approx(4.5 + 6.0 + 1.0 + 3.0 + 2.0)


@pytest.mark.parametrize(
    ("state", "changes", "counts"),
    [
        (S.RECEIVED, {}, False),
        (S.REFUSED, {}, False),
        (S.AWAITING_REVIEW, {}, True),
        (S.QUEUED, {}, True),
        (S.SUBMITTING, {}, True),
        (S.GENERATING, {}, True),
        (S.DELIVERING, {}, True),
        (S.DELIVERED, {}, True),
        (S.DENIED, {}, False),
        (S.UNCONFIRMED, {}, True),
        # EvoLink was asked for nothing, or is known to have failed.
        (S.CANCELLED, {}, False),
        (S.UNDELIVERABLE, {}, False),
        (S.FAILED, {}, False),
        # EvoLink may make them all the same.
        (S.CANCELLED, {"unsure_since": NOON}, True),
        (S.CANCELLED, {"accepted_at": NOON}, True),
        (S.UNDELIVERABLE, {"unsure_since": NOON}, True),
        (S.UNDELIVERABLE, {"accepted_at": NOON}, True),
        (S.FAILED, {"poll_due_at": NOON}, True),
    ],
)
async def test_an_estimate_counts_as_long_as_the_clip_may_be_charged(
    store: JobStore,
    watched: AdmissionStore,
    state: S,
    changes: dict[str, Any],
    *,
    counts: bool,
) -> None:
    await reach(store, state, credits_estimated=7.0, **changes)

    assert await spent(watched) == ((7.0, 7.0) if counts else (0.0, 0.0))


async def test_nothing_is_summed_up_where_nobody_set_a_ceiling(
    database: Database,
) -> None:
    assert await spent(admission_store(database)) == (None, None)


@pytest.mark.usefixtures("patience")
@pytest.mark.thorough
@pytest.mark.parametrize("whose", ["server", "total"])
async def test_of_many_at_once_no_more_are_taken_than_the_ceiling_pays(
    store: JobStore, watched: AdmissionStore, whose: str
) -> None:
    """Their price is not known yet: each is reckoned at what it is expected to cost."""
    rules = make_rules(**{f"{whose}_credits_per_month": 35.0})

    async def ask(number: int) -> Job | Refusal | None:
        job = make_job(
            guild_id=GuildId(1 + number % 3 if whose == "total" else 1),
            credits_estimated=5.0,
        )
        assert await store.receive(job)
        return await watched.accept(job, NOON, lambda facts: decide(job, facts, rules))

    results = await asyncio.gather(*(ask(number) for number in range(500)))

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
