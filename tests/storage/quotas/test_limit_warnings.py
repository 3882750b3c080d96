"""A server's log is told when most of its own month's limit in credits is used."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.ids import GuildId, UserId
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.quotas.limits import LimitSet, Scope
from bot.quotas.settings import AdminAction, Target
from storage.database.engine import Database
from storage.quotas.spend_warnings import SqlSpendStore
from storage.quotas.store import SqlQuotaStore
from storage.sums.store import SqlSums
from tests.factories import NOON, make_job, reach
from tests.storage.conftest import Select

S = JobState
GUILD = GuildId(5)
SERVER = Target(scope=Scope.SERVER)
ACTION = AdminAction(guild_id=GUILD, actor_id=UserId(9), at=NOON)


class Server:
    """A server with limits, whose videos cost something."""

    def __init__(self, database: Database, store: JobStore) -> None:
        self._database = database
        self._store = store
        self.quotas = SqlQuotaStore(database, with_spending=False)

    async def limit(self, most: int, target: Target = SERVER) -> None:
        limits = LimitSet(credits_per_month=most)
        await self.quotas.set_limits(ACTION, target, limits)

    async def make(
        self, state: S, cost: float, at: datetime = NOON, **changes: Any
    ) -> None:
        job = make_job(guild_id=GUILD, requested_at=at, credits_estimated=cost)
        await reach(self._store, state, job, **changes)

    async def warned(self, at: datetime = NOON) -> dict[GuildId, float]:
        # Whether what happened has been added to the sums makes no difference.
        before = await SqlSpendStore(self._database).warn_limited(0.8, at)
        await SqlSums(self._database).add_changes(500)
        again = await SqlSpendStore(self._database).warn_limited(0.8, at)
        assert again == {}
        return before


@pytest.fixture
def server(database: Database, store: JobStore) -> Server:
    return Server(database, store)


async def test_it_is_told_once_in_its_audit(server: Server, rows: Select) -> None:
    await server.limit(100)
    await server.make(S.DELIVERED, 60.0)
    assert await server.warned() == {}
    await server.make(S.QUEUED, 20.0)

    assert await server.warned() == {GUILD: pytest.approx(0.8)}
    await server.make(S.QUEUED, 15.0)
    assert await server.warned() == {}
    query = "SELECT guild_id, actor_id, subject, after FROM audit WHERE action LIKE"
    assert await rows(f"{query} '%warning'") == [
        (GUILD, None, "server", '{"percent": 80, "limit": 100}')
    ]


async def test_another_limit_is_warned_of_again_and_the_same_is_not(
    server: Server,
) -> None:
    await server.make(S.DELIVERED, 90.0)
    assert await server.warned() == {}
    await server.limit(100)
    assert GUILD in await server.warned()
    await server.limit(110)
    assert GUILD in await server.warned()
    await server.limit(200)
    assert await server.warned() == {}
    await server.limit(100)
    assert await server.warned() == {}


@pytest.mark.parametrize("most", [0, -1])
async def test_none_and_no_limit_are_nothing_to_warn_of(
    server: Server, most: int
) -> None:
    await server.make(S.DELIVERED, 90.0)
    await server.limit(most)
    assert await server.warned() == {}


async def test_limits_of_members_are_not_the_servers(server: Server) -> None:
    await server.make(S.DELIVERED, 90.0)
    await server.limit(100, Target(scope=Scope.MEMBERS))
    await server.limit(100, Target(scope=Scope.MEMBER, subject_id=7))
    assert await server.warned() == {}


async def test_what_does_not_count_against_it_warns_of_nothing(server: Server) -> None:
    """A failed video that EvoLink kept is charged, and free for the server."""
    await server.limit(100)
    await server.make(S.FAILED, 90.0, credits_used=90.0)
    await server.make(S.UNCONFIRMED, 90.0)
    assert await server.warned() == {}

    await server.make(S.DELIVERED, 85.0)
    await server.quotas.reset(ACTION, None)
    assert await server.warned() == {}


async def test_a_month_is_one_of_the_servers_own_clock(server: Server) -> None:
    """It is February in Auckland for eleven hours before it is in UTC."""
    await server.quotas.set_zone(ACTION, "Pacific/Auckland")
    await server.limit(100)
    eve = datetime.fromisoformat("2026-01-31T10:30:00+00:00")
    await server.make(S.DELIVERED, 85.0, eve)
    assert GUILD in await server.warned(eve)

    february = eve + timedelta(hours=1)
    assert await server.warned(february) == {}
    await server.make(S.DELIVERED, 81.0, february)
    assert await server.warned(february) == {GUILD: pytest.approx(0.81)}
    assert await server.warned(february + timedelta(days=20)) == {}
