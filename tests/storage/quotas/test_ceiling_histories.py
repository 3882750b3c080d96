"""In whatever order requests are taken and billed, a ceiling in credits holds."""

import asyncio
import itertools
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.ids import GuildId, JobId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.quotas.estimates import Estimates
from bot.requests.decision import decide
from storage.database import schema
from storage.database.engine import Database
from storage.quotas.bills import SqlBills
from storage.quotas.checking import wrong_sums
from storage.sums.store import SqlSums
from tests.factories import AT_ONCE, NOON, make_job, make_rules
from tests.selection import thorough
from tests.stores import admission_store, job_store

S = JobState
CEILING = 100.0
REQUESTS = 20
BETA = "grok-imagine-text-to-video-beta"
_guilds = itertools.count(1)

LISTED_PER_S = {"480p": 0.82, "720p": 1.845}
ENDS = {
    ("cancel", S.QUEUED): S.CANCELLED,
    ("cancel", S.SUBMITTING): S.CANCELLED,
    ("cancel", S.GENERATING): S.CANCELLED,
    ("fail", S.SUBMITTING): S.FAILED,
    ("fail", S.GENERATING): S.FAILED,
    ("lose", S.SUBMITTING): S.UNCONFIRMED,
}

events = st.one_of(
    # What is done to which of the jobs, and what EvoLink takes: so many times the
    # price in the list, which is also more than what was expected.
    st.tuples(
        st.sampled_from(
            ["submit", "accept", "bill", "cancel", "fail", "lose", "ask", "add"]
        ),
        st.integers(0, REQUESTS - 1),
        st.floats(0.2, 2.0),
    )
)


class Month:
    """A server whose requests are taken, made and billed, with its own books."""

    def __init__(self, database: Database, guild_id: GuildId) -> None:
        self._database = database
        self._guild_id = guild_id
        self._jobs = job_store(database)
        self._decisions = admission_store(database, with_spending=True)
        self._estimates = Estimates(SqlBills(database))
        self._rules = make_rules(server_credits_per_month=CEILING)
        self.costs: dict[JobId, float] = {}
        self.raised = 0.0
        self.listed: dict[JobId, float] = {}
        self.states: dict[JobId, S] = {}

    async def ask(self, duration_s: int, quality: str) -> None:
        job = make_job(
            guild_id=self._guild_id, model=BETA, duration_s=duration_s, quality=quality
        )
        expected = await self._estimates.of(job.request)
        job = replace(job, credits_estimated=expected)
        assert await self._jobs.receive(job)
        fits = sum(self.costs.values()) + expected <= CEILING + 1e-4
        taken = await self._decisions.accept(
            job, NOON, lambda facts: decide(job, facts, self._rules)
        )
        assert isinstance(taken, Job) == fits
        if fits:
            self.costs[job.id] = expected
            self.listed[job.id] = LISTED_PER_S[quality] * duration_s
            self.states[job.id] = S.QUEUED

    async def happen(self, what: str, which: int, share: float) -> None:
        if what == "add":
            await SqlSums(self._database).add_changes(which)
        elif what == "ask":
            await self.ask(6 + which, "480p")
        elif self.states:
            job_id = list(self.states)[which % len(self.states)]
            await self._go_on(what, job_id, share)

    async def _go_on(self, what: str, job_id: JobId, share: float) -> None:
        state, price = self.states[job_id], self.listed[job_id] * share
        match what, state:
            case "submit", S.QUEUED:
                await self._move(job_id, S.SUBMITTING)
                await self._jobs.note({job_id: {"unsure_since": NOON}})
            case "accept", S.SUBMITTING:
                self._cost(job_id, price)
                await self._move(job_id, S.GENERATING)
                await self._jobs.note(
                    {job_id: {"accepted_at": NOON, "credits_reserved": price}}
                )
            case "bill", S.GENERATING | S.CANCELLED | S.DELIVERING:
                self._cost(job_id, price)
                await self._jobs.note({job_id: {"credits_used": price}})
                if state is S.GENERATING:
                    await self._move(job_id, S.DELIVERING)
            case _:
                await self._end(what, job_id, state)

    async def _end(self, what: str, job_id: JobId, state: S) -> None:
        new = ENDS.get((what, state))
        if new is None:
            return
        # Who lost the answer to a request cannot know whether it will be charged.
        if new is S.FAILED or state is S.QUEUED:
            self.costs[job_id] = 0.0
        await self._move(job_id, new)

    async def _move(self, job_id: JobId, new: S) -> None:
        assert await self._jobs.move(job_id, self.states[job_id], new, NOON)
        self.states[job_id] = new

    async def check(self) -> None:
        facts = await self._decisions.admission_facts(make_job(guild_id=self._guild_id))
        spent = facts.quota.server_spent
        assert spent is not None
        assert spent == pytest.approx(sum(self.costs.values()))
        # Nothing but figures above the one before goes beyond it, and by no more.
        assert spent <= CEILING + self.beyond() + 1e-4

    def beyond(self) -> float:
        """Return by how much EvoLink's figures rose above the one known before.

        Room that a lower figure left may be taken by then.
        """
        return self.raised

    def _cost(self, job_id: JobId, price: float) -> None:
        self.raised += max(0.0, price - self.costs[job_id])
        self.costs[job_id] = price


async def live_through(
    database: Database, history: Sequence[tuple[str, int, float]], lengths: list[int]
) -> None:
    month = Month(database, GuildId(next(_guilds)))
    for duration_s in lengths:
        await month.ask(duration_s, "720p")
        await month.check()
    for event in history:
        await month.happen(*event)
        await month.check()


async def live_through_all(histories: int) -> None:
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'clapper.db'}"
        await schema.upgrade(url)
        async with Database.open(
            url, commit_delay_s=AT_ONCE, may_write=None
        ) as database:

            @settings(
                max_examples=histories,
                suppress_health_check=list(HealthCheck),
            )
            @given(
                history=st.lists(events, max_size=25),
                lengths=st.one_of(
                    st.just([30] * REQUESTS),
                    st.lists(st.integers(6, 30), max_size=REQUESTS),
                ),
            )
            def each(
                history: Sequence[tuple[str, int, float]], lengths: list[int]
            ) -> None:
                living = live_through(database, history, lengths)
                asyncio.run_coroutine_threadsafe(living, loop).result()

            await asyncio.to_thread(each)
            assert await wrong_sums(database) == {}


@pytest.mark.thorough
@pytest.mark.timeout(600)
@pytest.mark.parametrize("histories", [25, *thorough(975)])
async def test_what_is_queued_never_gets_past_a_ceiling(histories: int) -> None:
    await live_through_all(histories)


async def test_of_20_long_requests_as_many_are_taken_as_the_ceiling_pays(
    database: Database,
) -> None:
    month = Month(database, GuildId(next(_guilds)))

    for _ in range(REQUESTS):
        await month.ask(30, "720p")
        await month.check()

    assert len(month.costs) == 1


async def test_a_bill_above_its_estimate_goes_beyond_by_that_and_stops_the_next(
    database: Database,
) -> None:
    month = Month(database, GuildId(next(_guilds)))
    await month.ask(30, "720p")
    await month.ask(30, "480p")
    first, second = month.costs
    assert sum(month.costs.values()) == pytest.approx(55.35 + 24.6)

    for what in ("submit", "accept", "bill"):
        await month.happen(what, 0, 1.7)
        await month.check()

    assert month.costs[first] == pytest.approx(1.7 * 55.35)
    assert month.costs[second] == pytest.approx(24.6)
    assert sum(month.costs.values()) == pytest.approx(CEILING + 18.695)
    await month.ask(6, "480p")
    assert len(month.costs) == 2
