"""Limits in credits: never above, never negative, and what the ledger says."""

import asyncio
import itertools
import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.ids import GuildId, UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.quotas.estimates import Estimates
from bot.quotas.limits import NO_LIMIT, LimitSet, Scope
from bot.quotas.rules import QuotaFacts
from bot.quotas.settings import AdminAction, Target
from bot.requests.decision import Refusal, decide
from storage.database import schema
from storage.database.engine import Database
from storage.privacy.store import SqlPrivacyStore
from storage.quotas.bills import SqlBills
from storage.quotas.store import SqlQuotaStore
from tests.factories import AT_ONCE, NOON, make_job, make_rules, reach
from tests.selection import thorough
from tests.storage.plans import collecting, plan, uses
from tests.storage.quotas.test_quota_histories import PATHS
from tests.stores import admission_store, job_store

S = JobState
MEMBERS = (UserId(1), UserId(2))
MEMBER_LIMIT, SERVER_LIMIT = 30, 50
MONTHS = 2
"""A month's limit is so many times a day's."""
RULES = make_rules()
BETA = "grok-imagine-text-to-video-beta"
_guilds = itertools.count(1)

who = st.integers(0, 1)
events = st.one_of(
    st.tuples(st.just("ask"), who, st.floats(0.1, 20.0)),
    st.tuples(st.just("go on"), st.integers(0, 20), st.floats(0, 1)),
    # Also more than was expected.
    st.tuples(st.just("bill"), st.integers(0, 20), st.floats(0, 2)),
    st.tuples(st.just("reset"), st.integers(0, 2), st.just(0.0)),
    st.tuples(st.just("grant"), who, st.floats(1, 3)),
    st.tuples(st.just("limit"), st.integers(0, 2), st.sampled_from([-1, 0, 9, 40])),
    st.tuples(st.just("wait"), st.integers(1, 30), st.just(0.0)),
)


async def limit(database: Database, guild_id: GuildId) -> None:
    """Let each member, and the server, have so many credits a day and a month."""
    quotas = SqlQuotaStore(database, with_spending=False)
    action = AdminAction(guild_id=guild_id, actor_id=UserId(9), at=NOON)
    for scope, most in ((Scope.MEMBERS, MEMBER_LIMIT), (Scope.SERVER, SERVER_LIMIT)):
        limits = LimitSet(credits_per_day=most, credits_per_month=MONTHS * most)
        await quotas.set_limits(action, Target(scope=scope), limits)


@dataclass(kw_only=True)
class Video:
    """One video in the books."""

    job: Job
    state: S
    expected: float
    cost: float
    counts: bool = True
    counts_for_member: bool
    granted: bool

    @property
    def beyond(self) -> float:
        """What it costs more than was expected."""
        return max(0.0, self.cost - self.expected)


class Life:
    """A server in which things happen, with books of what each video costs."""

    def __init__(self, database: Database, guild_id: GuildId) -> None:
        self._guild_id = guild_id
        self._jobs = job_store(database)
        self._decisions = admission_store(database)
        self._quotas = SqlQuotaStore(database, with_spending=False)
        self._now = NOON
        self._videos: list[Video] = []
        self._grants = dict.fromkeys(MEMBERS, 0)
        self._server_day = SERVER_LIMIT
        self._highest_server_day: float = SERVER_LIMIT

    async def happen(self, what: str, which: int, amount: float) -> None:
        action = AdminAction(guild_id=self._guild_id, actor_id=UserId(9), at=self._now)
        if what == "ask":
            await self._ask(MEMBERS[which], round(amount, 2))
        elif what == "reset":
            await self._reset(action, (*MEMBERS, None)[which])
        elif what == "grant":
            await self._quotas.grant(action, MEMBERS[which], int(amount), None)
            self._grants[MEMBERS[which]] += int(amount)
        elif what == "limit":
            self._server_day = int(amount)
            limits = LimitSet(credits_per_day=self._server_day)
            await self._quotas.set_limits(action, Target(scope=Scope.SERVER), limits)
            highest = math.inf if amount < 0 else amount
            self._highest_server_day = max(self._highest_server_day, highest)
        elif what == "wait":
            self._now += timedelta(hours=which)
        elif self._videos:
            video = self._videos[which % len(self._videos)]
            if what == "bill":
                video.cost = video.expected * amount
                await self._jobs.note({video.job.id: {"credits_used": video.cost}})
            else:
                await self._go_on(video, int(amount / 2 * 3.99))

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
        of_server = (self._server_day, MONTHS * SERVER_LIMIT)
        fits_server = self._fits(None, cost, *of_server)
        fits_member = self._fits(user_id, cost, MEMBER_LIMIT, MONTHS * MEMBER_LIMIT)
        granted = not fits_member and self._grants[user_id] > 0
        assert isinstance(taken, Job) == (fits_server and (fits_member or granted))
        if isinstance(taken, Job):
            self._grants[user_id] -= granted
            self._videos.append(
                Video(
                    job=taken,
                    state=taken.state,
                    expected=cost,
                    cost=cost,
                    counts_for_member=not granted,
                    granted=granted,
                )
            )

    def _fits(self, user_id: UserId | None, cost: float, *limits: int) -> bool:
        return all(
            most == NO_LIMIT
            or sum(one.cost for one in videos) + cost <= most * (1 + 1e-9)
            for most, videos in zip(limits, self._counting(user_id), strict=True)
        )

    async def _go_on(self, video: Video, where: int) -> None:
        old = video.state
        if old not in PATHS:
            return
        new = PATHS[old][where % len(PATHS[old])]
        assert await self._jobs.move(video.job.id, old, new, self._now)
        video.state = new
        is_free = new in {S.FAILED, S.UNCONFIRMED, S.UNDELIVERABLE}
        if is_free or (new is S.CANCELLED and old is S.QUEUED):
            video.counts = video.counts_for_member = False
            self._grants[video.job.user_id] += video.granted
            video.granted = False

    async def _reset(self, action: AdminAction, user_id: UserId | None) -> None:
        await self._quotas.reset(action, user_id)
        (_, of_month) = self._counting(user_id)
        for video in of_month:
            video.counts_for_member = False
            if user_id is None:
                video.counts = False

    def _counting(self, user_id: UserId | None) -> tuple[list[Video], list[Video]]:
        """Return the videos of the day, and of the month, that count for somebody."""
        all_ = [
            one
            for one in self._videos
            if (one.counts if user_id is None else one.counts_for_member)
            and user_id in {None, one.job.user_id}
        ]
        today, month = self._now.date(), (self._now.year, self._now.month)
        asked = [one.job.requested_at for one in all_]
        return (
            [one for one, at in zip(all_, asked, strict=True) if at.date() == today],
            [
                one
                for one, at in zip(all_, asked, strict=True)
                if (at.year, at.month) == month
            ],
        )

    async def check(self) -> None:
        for member in MEMBERS:
            known = await self._known(member)
            assert known.grants == self._grants[member]
            for used, whose, day_most, month_most in (
                (known.member, member, MEMBER_LIMIT, MONTHS * MEMBER_LIMIT),
                (known.server, None, self._highest_server_day, MONTHS * SERVER_LIMIT),
            ):
                day, month = self._counting(whose)
                for spent, videos, most in (
                    (used.credits_day, day, day_most),
                    (used.credits_month, month, month_most),
                ):
                    costs = sum(one.cost for one in videos)
                    assert spent == pytest.approx(costs, abs=1e-3)
                    # Only bills above their estimates go beyond it, by no more.
                    beyond = sum(one.beyond for one in videos)
                    assert 0 <= spent <= most + beyond + 1e-3

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
                suppress_health_check=list(HealthCheck),
            )
            @given(history=st.lists(events, max_size=30))
            def each(history: Sequence[tuple[str, int, float]]) -> None:
                living = live_through(history)
                asyncio.run_coroutine_threadsafe(living, loop).result()

            await asyncio.to_thread(each)


@pytest.mark.thorough
@pytest.mark.timeout(600)
@pytest.mark.parametrize("histories", [25, *thorough(975)])
async def test_any_history_keeps_within_limits_in_credits(histories: int) -> None:
    await live_through_all(histories)


@pytest.mark.parametrize("scope", [Scope.MEMBERS, Scope.SERVER])
@pytest.mark.parametrize("window", ["credits_per_day", "credits_per_month"])
async def test_of_20_long_requests_as_many_wait_as_the_limit_pays(
    database: Database, store: JobStore, scope: Scope, window: str
) -> None:
    """Each is expected to cost 55.35 credits: one fits into 100."""
    guild_id = GuildId(5)
    quotas = SqlQuotaStore(database, with_spending=False)
    action = AdminAction(guild_id=guild_id, actor_id=UserId(9), at=NOON)
    await quotas.set_limits(action, Target(scope=scope), LimitSet(**{window: 100}))
    estimates = Estimates(SqlBills(database))

    async def ask() -> Job | Refusal | None:
        job = make_job(
            guild_id=guild_id,
            user_id=MEMBERS[0],
            model=BETA,
            quality="720p",
            duration_s=30,
        )
        job = replace(job, credits_estimated=await estimates.of(job.request))
        assert await store.receive(job)
        return await admission_store(database).accept(
            job, NOON, lambda facts: decide(job, facts, RULES)
        )

    taken = 0
    for _ in range(20):
        taken += isinstance(await ask(), Job)
        known = await quotas.facts(guild_id, MEMBERS[0], (), NOON)
        assert known.server.credits_month == pytest.approx(55.35)

    assert taken == 1


@pytest.mark.usefixtures("patience")
@pytest.mark.thorough
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


async def test_credits_follow_the_servers_clock_also_when_it_changes(
    database: Database, store: JobStore
) -> None:
    """What was asked for in January is asked for in February where that has begun."""
    guild_id = GuildId(5)
    await limit(database, guild_id)
    quotas = SqlQuotaStore(database, with_spending=False)
    action = AdminAction(guild_id=guild_id, actor_id=UserId(9), at=NOON)
    evening = NOON.replace(day=31, hour=20)
    for at, cost in ((evening - timedelta(days=1), 3.0), (evening, 5.0)):
        job = make_job(guild_id=guild_id, user_id=MEMBERS[0], requested_at=at)
        await reach(store, S.QUEUED, replace(job, credits_estimated=cost))

    async def spent(at: datetime) -> tuple[float, float]:
        known = (await quotas.facts(guild_id, MEMBERS[0], (), at)).member
        return known.credits_day, known.credits_month

    assert await spent(evening) == (5.0, 8.0)
    assert await spent(evening + timedelta(hours=4)) == (0.0, 0.0)

    await quotas.set_zone(action, "Pacific/Auckland")
    assert await spent(evening) == (5.0, 5.0)
    assert await spent(evening + timedelta(hours=4)) == (5.0, 5.0)
    assert await spent(evening - timedelta(days=1)) == (3.0, 3.0)


async def test_who_is_forgotten_keeps_what_they_have_spent(
    database: Database, store: JobStore
) -> None:
    guild_id = GuildId(5)
    await limit(database, guild_id)
    job = make_job(guild_id=guild_id, user_id=MEMBERS[0])
    await reach(store, S.DELIVERED, job, credits_used=7.0)
    privacy = SqlPrivacyStore(database)

    await privacy.forget(MEMBERS[0], NOON)

    quotas = SqlQuotaStore(database, with_spending=False)
    known = await quotas.facts(guild_id, MEMBERS[0], (), NOON)
    assert known.member.credits_day == known.server.credits_day == 7.0


@pytest.mark.parametrize("scope", [Scope.MEMBERS, Scope.SERVER])
@pytest.mark.parametrize(
    ("most", "fits"), [(0, False), (-1, True), (5, True), (4, False)]
)
async def test_a_limit_that_changes_holds_from_the_next_request_on(
    database: Database, store: JobStore, scope: Scope, most: int, *, fits: bool
) -> None:
    """What waits already goes on waiting, and counts."""
    guild_id = GuildId(5)
    quotas = SqlQuotaStore(database, with_spending=False)
    action = AdminAction(guild_id=guild_id, actor_id=UserId(9), at=NOON)

    async def ask() -> Job | Refusal | None:
        job = make_job(guild_id=guild_id, user_id=MEMBERS[0], credits_estimated=2.5)
        assert await store.receive(job)
        return await admission_store(database).accept(
            job, NOON, lambda facts: decide(job, facts, RULES)
        )

    async def set_to(credits_per_day: int) -> None:
        limits = LimitSet(credits_per_day=credits_per_day)
        await quotas.set_limits(action, Target(scope=scope), limits)

    await set_to(100)
    first = await ask()
    assert isinstance(first, Job)
    await set_to(most)

    assert isinstance(await ask(), Job) == fits
    now = await store.get(first.id)
    assert now is not None
    assert now.state is S.QUEUED


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
