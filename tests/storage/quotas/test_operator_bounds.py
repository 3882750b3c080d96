"""What the operator lets a server make at most, whatever its admins do about it."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.ids import GuildId, UserId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.quotas.limits import LimitSet, Scope
from bot.quotas.settings import AdminAction, Target
from bot.requests.decision import Refusal, decide
from storage.database.engine import Database
from storage.quotas.store import SqlQuotaStore
from tests.factories import NOON, make_job, make_rules
from tests.stores import admission_store, job_store

HOME = GuildId(1)
MIA = UserId(7)
BOUND = 20
REQUESTS = 500


class Server:
    """A server with an operator's bounds, and an admin who wants more."""

    def __init__(self, database: Database, **limits: int) -> None:
        self.quotas = SqlQuotaStore(database, with_spending=False)
        self.jobs = job_store(database)
        self.now = NOON
        self._decisions = admission_store(database)
        self._rules = make_rules(**limits)

    @property
    def action(self) -> AdminAction:
        return AdminAction(guild_id=HOME, actor_id=UserId(9), at=self.now)

    async def ask(self, user_id: UserId = MIA) -> Job | Refusal | None:
        job = make_job(guild_id=HOME, user_id=user_id, requested_at=self.now)
        assert await self.jobs.receive(job)
        return await self._decisions.accept(
            job, self.now, lambda facts: decide(job, facts, self._rules)
        )

    async def taken(self, most: int = 100) -> int:
        """Ask until a request is refused; return how many were taken."""
        for number in range(most):
            if isinstance(await self.ask(), Refusal):
                return number
        return most

    async def made(self) -> tuple[int, int]:
        made = (await self.quotas.facts(HOME, MIA, (), self.now)).made
        return made.day, made.month


async def refusal(server: Server) -> tuple[str, Any]:
    refused = await server.ask()
    assert isinstance(refused, Refusal)
    return refused.text_id, refused.values.get("when")


async def test_resets_lift_the_servers_limits_and_not_the_operators_bounds(
    database: Database,
) -> None:
    server = Server(
        database, server_per_day=2, server_most_per_day=5, server_most_per_month=7
    )

    assert await server.taken() == 2
    assert (await refusal(server))[0] == "refused-server-day"
    for more in (2, 1, 0):
        await server.quotas.reset(server.action, None)
        assert await server.taken() == more
    assert await refusal(server) == ("refused-operator-day", NOON + timedelta(hours=12))
    assert await server.made() == (5, 5)

    server.now += timedelta(days=1)
    assert await server.taken() == 2
    await server.quotas.reset(server.action, None)
    assert await refusal(server) == (
        "refused-operator-month",
        datetime(2026, 2, 1, tzinfo=NOON.tzinfo),
    )
    assert await server.made() == (2, 7)


async def test_what_admins_set_and_grant_lies_within_the_bound(
    database: Database,
) -> None:
    server = Server(database, member_per_day=1, server_most_per_day=3)
    everything = LimitSet(per_day=-1, per_month=-1)
    await server.quotas.set_limits(
        server.action, Target(scope=Scope.SERVER), everything
    )
    await server.quotas.grant(server.action, MIA, 50, None)

    assert await server.taken() == 3
    assert (await refusal(server))[0] == "refused-operator-day"


async def test_no_time_zone_begins_a_new_day_for_the_bound(database: Database) -> None:
    server = Server(database, server_per_day=2, server_most_per_day=3)
    assert await server.taken() == 2

    await server.quotas.set_zone(server.action, "Pacific/Kiritimati")
    assert await server.taken() == 0
    server.now += timedelta(hours=9)
    await server.quotas.set_zone(server.action, "Asia/Tokyo")
    assert await server.taken() == 1

    assert (await refusal(server))[0] == "refused-operator-day"


@pytest.mark.parametrize("of", ["everybody", "the member"])
async def test_what_comes_to_nothing_leaves_its_place_also_after_a_reset(
    database: Database, of: str
) -> None:
    server = Server(database, server_most_per_day=2)
    first, second = await server.ask(), await server.ask()
    assert isinstance(first, Job)
    assert isinstance(second, Job)

    await server.quotas.reset(server.action, None if of == "everybody" else MIA)
    assert await server.made() == (2, 2)
    await server.jobs.move(first.id, JobState.QUEUED, JobState.FAILED, NOON)

    assert await server.made() == (1, 1)
    assert await server.taken() == 1


async def test_what_was_made_before_the_bound_was_lowered_counts(
    database: Database,
) -> None:
    assert await Server(database, server_most_per_day=5).taken() == 5

    assert await Server(database, server_most_per_day=2).taken() == 0
    assert await Server(database, server_most_per_day=6).taken() == 1


@pytest.mark.usefixtures("patience")
async def test_the_bound_holds_while_admins_reset_everything(
    database: Database, database_url: str
) -> None:
    """Of 500 requests at once on two connections, with resets in between."""
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(
            Database.open(database_url, may_write=None)
        )
        servers = [
            Server(one, server_per_day=BOUND // 2, server_most_per_day=BOUND)
            for one in (database, other)
        ]

        async def ask(number: int) -> Job | Refusal | None:
            server = servers[number % 2]
            taken = await server.ask(UserId(number + 1))
            if number % 20 == 0:
                await servers[number // 20 % 2].quotas.reset(server.action, None)
            return taken

        results = await asyncio.gather(*(ask(number) for number in range(REQUESTS)))

        taken = sum(isinstance(one, Job) for one in results)
        assert taken <= BOUND
        for server in servers:
            await server.quotas.reset(server.action, None)
            taken += await server.taken()
        assert taken == BOUND
        assert await servers[0].made() == (BOUND, BOUND)
