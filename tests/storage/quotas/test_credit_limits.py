"""Limits in credits: never above, never negative, and what the ledger says."""

import asyncio
import itertools
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.ids import GuildId, JobId, UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.quotas.limits import LimitSet, Scope
from bot.quotas.rules import QuotaFacts
from bot.quotas.settings import AdminAction, Target
from bot.requests.decision import Refusal, decide
from storage.database import schema
from storage.database.engine import Database
from storage.quotas.store import SqlQuotaStore
from tests.factories import AT_ONCE, NOON, make_job, make_rules, reach
from tests.selection import thorough
from tests.storage.quotas.test_quota_histories import PATHS
from tests.storage.test_plans import collecting, plan, uses
from tests.stores import admission_store, job_store

S = JobState
MEMBERS = (UserId(1), UserId(2))
MEMBER_LIMIT, SERVER_LIMIT = 30, 50
RULES = make_rules()
_guilds = itertools.count(1)

who = st.integers(0, 1)
events = st.one_of(
    st.tuples(st.just("ask"), who, st.floats(0.1, 20.0)),
    st.tuples(st.just("go on"), st.integers(0, 20), st.floats(0, 1)),
    st.tuples(st.just("bill"), st.integers(0, 20), st.floats(0, 1)),
    st.tuples(st.just("reset"), st.integers(0, 2), st.just(0.0)),
    st.tuples(st.just("wait"), st.integers(1, 30), st.just(0.0)),
)


async def limit(database: Database, guild_id: GuildId) -> None:
    """Let each member, and the server, have so many credits a day."""
    quotas = SqlQuotaStore(database, with_spending=False)
    action = AdminAction(guild_id=guild_id, actor_id=UserId(9), at=NOON)
    for scope, most in ((Scope.MEMBERS, MEMBER_LIMIT), (Scope.SERVER, SERVER_LIMIT)):
        limits = LimitSet(credits_per_day=most)
        await quotas.set_limits(action, Target(scope=scope), limits)


class Life:
    """A server in which things happen, with books of what each video costs."""

    def __init__(self, database: Database, guild_id: GuildId) -> None:
        self._guild_id = guild_id
        self._jobs = job_store(database)
        self._decisions = admission_store(database)
        self._quotas = SqlQuotaStore(database, with_spending=False)
        self._now = NOON
        self._states: dict[JobId, S] = {}
        self._costs: dict[JobId, float] = {}
        self._accepted: dict[JobId, Job] = {}
        self._free: set[JobId] = set()
        self._own_free: set[JobId] = set()

    async def happen(self, what: str, which: int, amount: float) -> None:
        if what == "ask":
            await self._ask(MEMBERS[which], round(amount, 2))
        elif what == "reset":
            await self._reset((*MEMBERS, None)[which])
        elif what == "wait":
            self._now += timedelta(hours=which)
        elif self._states:
            job_id = list(self._states)[which % len(self._states)]
            if what == "bill":
                # No more than was expected: else a limit may be passed.
                self._costs[job_id] *= amount
                bill = self._costs[job_id]
                await self._jobs.note({job_id: {"credits_used": bill}})
            else:
                await self._go_on(job_id, int(amount * 3.99))

    async def _ask(self, user_id: UserId, cost: float) -> None:
        job = make_job(
            guild_id=self._guild_id,
            user_id=user_id,
            requested_at=self._now,
            credits_estimated=cost,
        )
        assert await self._jobs.receive(job)
        taken = await self._decisions.accept(
            job, self._now, lambda facts: decide(job, facts, RULES)
        )
        fits = (
            self._spent(user_id) + cost <= MEMBER_LIMIT + 1e-4
            and self._spent(None) + cost <= SERVER_LIMIT + 1e-4
        )
        assert isinstance(taken, Job) == fits
        if isinstance(taken, Job):
            self._states[job.id] = taken.state
            self._costs[job.id] = cost
            self._accepted[job.id] = taken

    async def _go_on(self, job_id: JobId, where: int) -> None:
        old = self._states[job_id]
        if old not in PATHS:
            return
        new = PATHS[old][where % len(PATHS[old])]
        assert await self._jobs.move(job_id, old, new, self._now)
        self._states[job_id] = new
        is_free = new in {S.FAILED, S.UNCONFIRMED, S.UNDELIVERABLE}
        if is_free or (new is S.CANCELLED and old is S.QUEUED):
            self._free.add(job_id)

    async def _reset(self, user_id: UserId | None) -> None:
        action = AdminAction(guild_id=self._guild_id, actor_id=UserId(9), at=self._now)
        await self._quotas.reset(action, user_id)
        for job_id, job in self._accepted.items():
            if user_id is None:
                self._free.add(job_id)
            elif job.user_id == user_id:
                self._own_free.add(job_id)

    def _spent(self, user_id: UserId | None) -> float:
        free = self._free if user_id is None else self._free | self._own_free
        return sum(
            self._costs[job_id]
            for job_id, job in self._accepted.items()
            if job_id not in free
            and job.requested_at.date() == self._now.date()
            and user_id in {None, job.user_id}
        )

    async def check(self) -> None:
        for member in MEMBERS:
            known = await self._known(member)
            for used, whose, most in (
                (known.member, member, MEMBER_LIMIT),
                (known.server, None, SERVER_LIMIT),
            ):
                assert used.credits_day == pytest.approx(self._spent(whose), abs=1e-3)
                assert 0 <= used.credits_day <= most + 1e-4
                assert used.credits_month >= used.credits_day

    async def _known(self, member: UserId) -> QuotaFacts:
        return await self._quotas.facts(self._guild_id, member, (), self._now)


async def live_through_all(histories: int) -> None:
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'clapper.db'}"
        await schema.upgrade(url)
        async with Database.open(
            url, commit_delay_s=AT_ONCE, may_write=None
        ) as database:

            async def live_through(history: Sequence[tuple[str, int, float]]) -> None:
                guild_id = GuildId(next(_guilds))
                await limit(database, guild_id)
                life = Life(database, guild_id)
                for event in history:
                    await life.happen(*event)
                    await life.check()

            @settings(
                max_examples=histories,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(history=st.lists(events, max_size=30))
            def each(history: Sequence[tuple[str, int, float]]) -> None:
                living = live_through(history)
                asyncio.run_coroutine_threadsafe(living, loop).result()

            await asyncio.to_thread(each)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("histories", [50, *thorough(950)])
async def test_any_history_keeps_within_limits_in_credits(histories: int) -> None:
    await live_through_all(histories)


@pytest.mark.parametrize("whose", ["member", "server"])
async def test_of_500_at_once_as_many_are_taken_as_the_credits_pay(
    database: Database, store: JobStore, whose: str
) -> None:
    guild_id = GuildId(5)
    await limit(database, guild_id)
    most = MEMBER_LIMIT if whose == "member" else SERVER_LIMIT

    async def ask(number: int) -> Job | Refusal | None:
        job = make_job(
            guild_id=guild_id,
            user_id=UserId(7 if whose == "member" else number + 1),
            credits_estimated=2.0 + number % 7 / 100,
        )
        assert await store.receive(job)
        return await admission_store(database).accept(
            job, NOON, lambda facts: decide(job, facts, RULES)
        )

    results = await asyncio.gather(*(ask(number) for number in range(500)))

    taken = [one.credits_estimated or 0.0 for one in results if isinstance(one, Job)]
    assert most - 2.06 < sum(taken) <= most + 1e-4
    refused = {one.text_id for one in results if isinstance(one, Refusal)}
    assert refused == {f"refused-{whose}-day-credits"}


async def test_a_late_bill_corrects_what_counts(
    database: Database, store: JobStore
) -> None:
    guild_id = GuildId(5)
    await limit(database, guild_id)
    job = make_job(guild_id=guild_id, user_id=MEMBERS[0])
    quotas = SqlQuotaStore(database, with_spending=False)
    await reach(store, S.CANCELLED, job)
    other = replace(make_job(guild_id=guild_id, user_id=MEMBERS[0]))
    await reach(store, S.GENERATING, other, credits_estimated=7.0)

    async def spent() -> float:
        known = await quotas.facts(guild_id, MEMBERS[0], (), NOON)
        assert known.member.credits_day == known.server.credits_month
        return known.member.credits_day

    assert await spent() == 7.0
    await store.note({other.id: {"credits_reserved": 9.0}})
    assert await spent() == 9.0
    await store.move(other.id, S.GENERATING, S.CANCELLED, NOON)
    await store.note({other.id: {"credits_used": 8.0}})
    assert await spent() == 8.0


@pytest.mark.sqlite
async def test_what_videos_cost_is_read_from_indexes(database: Database) -> None:
    """The month's rows of the ledger, and each one's job by its id."""
    guild_id = GuildId(5)
    await limit(database, guild_id)
    with collecting(database) as asked:
        quotas = SqlQuotaStore(database, with_spending=False)
        await quotas.facts(guild_id, MEMBERS[0], (), NOON)
        steps = await plan(
            database, [one for one in asked if "credits_estimated" in one[0]]
        )

    assert uses(
        steps, "ix_ledger_guild", "ix_ledger_member", "sqlite_autoindex_jobs_1 (id=?)"
    )
