"""Whatever happens in whatever order: usage is never negative, nor above the limit."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import text

from bot.ids import JobId, UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.quotas.settings import AdminAction
from bot.requests.decision import decide
from storage.database import schema
from storage.database.engine import Database
from storage.quotas.store import SqlQuotaStore
from tests.factories import AT_ONCE, NOON, make_job, make_rules
from tests.stores import admission_store, job_store, used_in

S = JobState
MEMBERS = (UserId(1), UserId(2))
MEMBER_LIMIT, SERVER_LIMIT, BOUND, MONTH_BOUND = 3, 5, 7, 12
GUILD = make_job().guild_id

# A job goes on, or comes to an end that settles or releases it.
PATHS = {
    S.QUEUED: (S.SUBMITTING, S.CANCELLED, S.FAILED),
    S.SUBMITTING: (S.GENERATING, S.UNCONFIRMED, S.FAILED, S.CANCELLED),
    S.GENERATING: (S.DELIVERING, S.FAILED, S.CANCELLED),
    S.DELIVERING: (S.DELIVERED, S.UNDELIVERABLE),
    S.FAILED: (S.DELIVERING,),
    S.UNCONFIRMED: (S.DELIVERING, S.FAILED),
}

who = st.integers(0, 1)
events = st.one_of(
    st.tuples(st.just("ask"), who, st.just(0)),
    st.tuples(st.just("go on"), st.integers(0, 20), st.integers(0, 3)),
    st.tuples(st.just("grant"), who, st.integers(-4, 4)),
    st.tuples(st.just("reset"), st.integers(0, 2), st.just(0)),
    st.tuples(st.just("wait"), st.just(0), st.integers(1, 30)),
    st.tuples(st.just("zone"), st.integers(0, 2), st.just(0)),
)
ZONES = ("UTC", "Asia/Tokyo", "America/New_York")


class History:
    """A server in which things happen, each checked against the ledger."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.jobs = job_store(database)
        self.decisions = admission_store(database)
        self.used = used_in(database)
        self.quotas = SqlQuotaStore(database, with_spending=False)
        self.now = NOON
        self.states: dict[JobId, JobState] = {}
        self.asked_at: dict[JobId, datetime] = {}
        self.zone_changed = False
        self.rules = make_rules(
            member_per_day=MEMBER_LIMIT,
            server_per_day=SERVER_LIMIT,
            server_most_per_day=BOUND,
            server_most_per_month=MONTH_BOUND,
        )

    async def happen(self, kind: str, first: int, second: int) -> None:
        admin_action = AdminAction(guild_id=GUILD, actor_id=UserId(9), at=self.now)
        match kind:
            case "ask":
                await self.ask(MEMBERS[first])
            case "go on":
                await self.go_on(first, second)
            case "grant":
                await self.quotas.grant(admin_action, MEMBERS[first], second, None)
            case "reset":
                await self.quotas.reset(admin_action, (*MEMBERS, None)[first])
            case "wait":
                self.now += timedelta(hours=second)
            case _:
                assert kind == "zone"
                await self.quotas.set_zone(admin_action, ZONES[first])
                # Days of two zones overlap: more than a day's videos may fall in one.
                self.zone_changed = True

    async def ask(self, user_id: UserId) -> None:
        job = make_job(user_id=user_id, requested_at=self.now)
        assert await self.jobs.receive(job)
        accepted = await self.decisions.accept(
            job, self.now, lambda facts: decide(job, facts, self.rules)
        )
        if isinstance(accepted, Job):
            self.states[job.id] = accepted.state
            self.asked_at[job.id] = job.requested_at

    async def go_on(self, which: int, where: int) -> None:
        moving = [(job, old) for job, old in self.states.items() if old in PATHS]
        if not moving:
            return
        job_id, old = moving[which % len(moving)]
        new = PATHS[old][where % len(PATHS[old])]
        assert await self.jobs.move(job_id, old, new, self.now)
        self.states[job_id] = new

    async def check(self) -> None:
        server = await self.used(GUILD, None, self.now)
        assert server.day >= 0
        assert server.month >= server.day
        if not self.zone_changed:
            assert server.day <= SERVER_LIMIT
        for member in MEMBERS:
            usage = await self.used(GUILD, member, self.now)
            assert 0 <= usage.day <= usage.month
            if not self.zone_changed:
                assert usage.day <= MEMBER_LIMIT
            facts = await self.quotas.facts(GUILD, member, (), self.now)
            assert facts.grants >= 0
        await self.check_ledger()

    async def check_ledger(self) -> None:
        """Each job's rows add up to what its state says, or less after a reset."""
        sql = (
            "SELECT job_id, sum(videos), sum(own_videos), sum(grants),"
            " sum(kind IN ('reset', 'reset_all')) FROM ledger"
            " WHERE job_id IS NOT NULL GROUP BY job_id"
        )
        rows = (
            await self.database.read(lambda connection: connection.execute(text(sql)))
        ).all()
        released = await self.database.read(
            lambda connection: connection.execute(
                text("SELECT job_id FROM ledger WHERE kind = 'release'")
            )
        )
        free = {row[0] for row in released}
        await self.check_bounds({*self.states} - free)
        assert {row[0] for row in rows} == set(self.states)
        for job_id, videos, own, granted, resets in rows:
            if job_id in free:
                assert (videos, own, granted) == (0, 0, 0)
            elif not resets:
                assert (videos, own - granted) == (1, 1)
            else:
                assert videos in {0, 1}
                assert own == 0

    async def check_bounds(self, made: set[JobId]) -> None:
        """No day or month of UTC has more than the operator lets a server make."""
        days = Counter(self.asked_at[job_id].date() for job_id in made)
        months = Counter(day.replace(day=1) for day in days.elements())
        assert max(days.values(), default=0) <= BOUND
        assert max(months.values(), default=0) <= MONTH_BOUND
        facts = await self.quotas.facts(GUILD, MEMBERS[0], (), self.now)
        today = self.now.date()
        assert facts.made.day == days[today]
        assert facts.made.month == months[today.replace(day=1)]


async def live_through(history: Sequence[tuple[str, int, int]]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        url = f"sqlite:///{folder / 'clapper.db'}"
        await schema.upgrade(url)
        async with Database.open(
            url, commit_delay_s=AT_ONCE, may_write=None
        ) as database:
            server = History(database)
            for event in history:
                await server.happen(*event)
                await server.check()
    finally:
        shutil.rmtree(folder)


@pytest.mark.thorough
@pytest.mark.timeout(300)
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(history=st.lists(events, max_size=40))
def test_any_history_keeps_the_books(history: Sequence[tuple[str, int, int]]) -> None:
    asyncio.run(live_through(history))
