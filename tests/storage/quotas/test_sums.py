"""What is kept as a sum is what everything adds up to, whatever happens to the jobs."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import Connection, delete, func, select, text, update

from bot.ids import GuildId, JobId
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.servers.windows import windows_at
from storage.database import schema
from storage.database.engine import Database
from storage.quotas.checking import wrong_sums
from storage.quotas.spending import CHARGED, spent
from storage.sums.store import SqlSums
from storage.tables.jobs import jobs
from storage.tables.sums import job_changes
from tests.factories import AT_ONCE, NOON, make_job, reach
from tests.selection import thorough
from tests.storage.quotas.test_quota_histories import PATHS
from tests.stores import job_store

S = JobState
GUILDS = (GuildId(1), GuildId(2))
# Of those, one is always at another date than UTC for most of the day.
ZONES = ("UTC", "Pacific/Kiritimati", "America/New_York", "Asia/Kathmandu")

events = st.one_of(
    st.tuples(st.just("ask"), st.integers(0, 1), st.integers(0, 800)),
    st.tuples(st.just("go on"), st.integers(0, 20), st.integers(0, 3)),
    st.tuples(st.just("price"), st.integers(0, 20), st.integers(0, 5)),
    st.tuples(st.just("charge"), st.integers(0, 20), st.integers(0, 5)),
    st.tuples(st.just("doubt"), st.integers(0, 20), st.integers(0, 1)),
    st.tuples(st.just("take"), st.integers(0, 20), st.integers(0, 1)),
    st.tuples(st.just("follow"), st.integers(0, 20), st.integers(0, 1)),
    st.tuples(st.just("add up"), st.integers(1, 6), st.just(0)),
    st.tuples(st.just("erase"), st.integers(0, 20), st.just(0)),
)


class Life:
    """Two servers in which things happen, with all sums checked after each."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.store = job_store(database)
        self.states: dict[JobId, JobState] = {}

    async def happen(self, kind: str, first: int, second: int) -> None:
        if kind == "ask":
            at = NOON + timedelta(hours=second)
            job = make_job(
                guild_id=GUILDS[first], requested_at=at, credits_estimated=second / 10
            )
            await self.store.receive(job)
            await self.store.move(job.id, S.RECEIVED, S.QUEUED, NOON)
            self.states[job.id] = S.QUEUED
        elif kind == "add up":
            await SqlSums(self.database).add_changes(first)
        elif self.states:
            job_id = list(self.states)[first % len(self.states)]
            await self.change(kind, job_id, second)

    async def change(self, kind: str, job_id: JobId, number: int) -> None:
        if kind == "go on":
            paths = PATHS.get(self.states[job_id], ())
            if paths:
                new = paths[number % len(paths)]
                await self.store.move(job_id, self.states[job_id], new, NOON)
                self.states[job_id] = new
        elif kind == "price":
            await self.store.note({job_id: {"credits_reserved": number / 10}})
        elif kind == "charge":
            await self.store.note({job_id: {"credits_used": number / 10}})
        elif kind == "doubt":
            await self.store.note({job_id: {"unsure_since": NOON if number else None}})
        elif kind == "take":
            await self.store.note({job_id: {"accepted_at": NOON if number else None}})
        elif kind == "follow":
            await self.store.note({job_id: {"poll_due_at": NOON if number else None}})
        else:
            erase = delete(jobs).where(jobs.c.id == job_id)
            await self.database.write(lambda connection: connection.execute(erase))
            del self.states[job_id]

    async def check(self) -> None:
        assert await wrong_sums(self.database) == {}
        assert await self.store.counts() == Counter(self.states.values())
        for zone in ZONES:
            for at in (NOON, NOON + timedelta(days=30)):
                month = windows_at(at, zone)
                window = (month.month_starts_at, month.month_ends_at)
                for guild_id in (*GUILDS, None):
                    found = await self.database.read(
                        lambda connection, guild_id=guild_id, window=window: (  # type: ignore[misc]
                            spent(connection, guild_id, *window),
                            _by_hand(connection, guild_id, *window),
                        )
                    )
                    assert found[0] == pytest.approx(found[1])


def _by_hand(
    connection: Connection,
    guild_id: GuildId | None,
    since: datetime,
    until: datetime,
) -> float:
    in_time = (jobs.c.requested_at >= since, jobs.c.requested_at < until)
    whose = () if guild_id is None else (jobs.c.guild_id == guild_id,)
    charged = select(func.sum(CHARGED)).select_from(jobs).where(*in_time, *whose)
    return float(connection.scalar(charged) or 0.0)


async def live_through(history: Sequence[tuple[str, int, int]]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        url = f"sqlite:///{folder / 'clapper.db'}"
        await schema.upgrade(url)
        async with Database.open(
            url, commit_delay_s=AT_ONCE, may_write=None
        ) as database:
            life = Life(database)
            for event in history:
                await life.happen(*event)
            await life.check()
            while await SqlSums(database).add_changes(5):
                """There is more."""
            await life.check()
    finally:
        shutil.rmtree(folder)


@pytest.mark.thorough
@pytest.mark.timeout(300)
@pytest.mark.parametrize("histories", [8, *thorough(30)])
def test_whatever_happens_the_sums_are_what_everything_adds_up_to(
    histories: int,
) -> None:
    @settings(
        max_examples=histories,
        suppress_health_check=list(HealthCheck),
    )
    @given(history=st.lists(events, max_size=40))
    def live(history: Sequence[tuple[str, int, int]]) -> None:
        asyncio.run(live_through(history))

    live()


async def test_adding_changes_to_the_sums_says_nothing_else(
    store: JobStore, database: Database
) -> None:
    await reach(store, S.DELIVERED, credits_reserved=5.0, credits_used=4.5)
    await reach(store, S.FAILED, credits_reserved=5.0)
    await reach(store, S.GENERATING, credits_reserved=6.0)
    await reach(store, S.QUEUED, credits_estimated=3.0)
    await reach(store, S.REFUSED)
    job = make_job()
    month = windows_at(NOON, "UTC")

    async def told() -> tuple[object, float]:
        charged = await database.read(
            lambda connection: spent(
                connection, job.guild_id, month.month_starts_at, month.month_ends_at
            )
        )
        return await store.counts(), charged

    before = await told()
    assert before[1] == 13.5
    while await SqlSums(database).add_changes(2):
        assert await told() == before
        assert await wrong_sums(database) == {}

    left = select(func.count()).select_from(job_changes)
    assert await database.read(lambda connection: connection.scalar(left)) == 0


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE job_counts SET jobs = jobs + 1", "counts of ended jobs"),
        (
            "UPDATE month_prices SET jobs = jobs + 1 WHERE guild_id <> 0",
            "prices of servers' months",
        ),
        (
            "UPDATE month_prices SET jobs = jobs + 1 WHERE guild_id = 0",
            "prices of all servers' months",
        ),
        (
            "UPDATE jobs SET state = 'cancelled' WHERE state = 'queued'",
            "ended jobs with an open reservation",
        ),
    ],
)
async def test_what_is_kept_wrongly_is_found(
    store: JobStore, database: Database, damage: str, found: str
) -> None:
    await reach(store, S.DELIVERED, credits_used=4.5)
    await reach(store, S.QUEUED)
    while await SqlSums(database).add_changes(100):
        """There is more."""
    assert await wrong_sums(database) == {}

    await database.write(lambda connection: connection.execute(text(damage)))

    assert await wrong_sums(database) == {found: 1}


@pytest.mark.parametrize("estimate", [None, 4.0])
async def test_an_estimate_that_is_not_the_reserved_one_is_found(
    store: JobStore, database: Database, estimate: float | None
) -> None:
    await reach(store, S.SUBMITTING, make_job(credits_estimated=3.0))
    # Reserved before there were estimates: filled in later, which is right.
    await reach(store, S.SUBMITTING, credits_estimated=3.0)
    assert await wrong_sums(database) == {}

    damage = update(jobs).values(credits_estimated=estimate)
    await database.write(lambda connection: connection.execute(damage))

    found = "reservations at another estimate than their job's"
    assert await wrong_sums(database) == {found: 1}
