"""How a process keeps its shards while looks fail, or their answers are lost."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import cast

import pytest

from bot.errors import StorageBusy
from bot.processes.shards import Holdings, ShardLease
from cogs.gateway import keeper as keeping
from cogs.gateway.keeper import ShardKeeper
from cogs.gateway.shard import ShardConnection
from tests.cogs.gateway.test_shards import Leases, LeaseTable
from tests.cogs.stage import eventually

SHARDS = 4


@dataclass(eq=False)
class Faulty(Leases):
    """Leases whose answers get lost, or come late."""

    renewals: int = 0
    loses_takes: bool = False
    loses_releases: bool = False
    taking: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_answer.set()

    async def renew(self, leases: Sequence[ShardLease]) -> Holdings:
        self.renewals += 1
        return await super().renew(leases)

    async def take(self, most: int, count: int) -> Sequence[ShardLease]:
        taken = await super().take(most, count)
        self.taking.set()
        await self.may_answer.wait()
        if self.loses_takes:
            msg = "the answer was lost"
            raise StorageBusy(msg)
        return taken

    async def release(self, leases: Collection[ShardLease], *, for_good: bool) -> None:
        if self.loses_releases:
            msg = "the database is away"
            raise StorageBusy(msg)
        await super().release(leases, for_good=for_good)


class Connection:
    """A connection that ends when it is told to, and takes a moment for it."""

    session = None
    ends_session = False

    def __init__(self, lease: ShardLease) -> None:
        self.id = lease.shard_id

    async def run(self) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)


@pytest.fixture
def leases() -> Faulty:
    table = LeaseTable()
    faulty = Faulty(table, "a")
    table.leases.append(faulty)
    return faulty


@pytest.fixture
def keeper(leases: Faulty) -> ShardKeeper:
    return ShardKeeper(
        leases,
        connect=lambda lease: cast("ShardConnection", Connection(lease)),
        dropped=lambda _: None,
        counted=lambda _: None,
        changed=lambda: None,
    )


@asynccontextmanager
async def running(keeper: ShardKeeper) -> AsyncGenerator[asyncio.Task[None]]:
    task = asyncio.create_task(keeper.run(SHARDS, over=lambda: False))
    try:
        yield task
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def held_by_row(leases: Faulty) -> int:
    return [name for name, _ in leases.table.rows.values()].count(leases.name)


async def test_a_database_that_is_away_is_asked_no_more_often_because_many_wait(
    keeper: ShardKeeper, leases: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "CERTAIN_FOR_S", 0.1)
    monkeypatch.setattr(keeping, "RETRY_S", 0.2)
    async with running(keeper):
        await eventually(lambda: len(keeper.held) == SHARDS)
        leases.broken = True
        await eventually(lambda: not any(keeper.is_certain(one) for one in keeper.held))
        waiting = [
            asyncio.create_task(keeper.until_certain(one)) for one in range(SHARDS)
        ]
        before = leases.renewals
        await asyncio.sleep(1.2)
        assert leases.renewals - before <= 8

        leases.broken = False
        await asyncio.wait_for(asyncio.gather(*waiting), 20)


async def test_leases_whose_answer_was_lost_run_out_and_nothing_is_given_away_for_them(
    keeper: ShardKeeper, leases: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "RETRY_S", 0.05)
    leases.loses_takes = True
    async with running(keeper):
        await eventually(lambda: held_by_row(leases) == SHARDS)
        leases.living = 2
        before = leases.renewals
        await eventually(lambda: leases.renewals > before + 2)
        assert keeper.held == frozenset()

        leases.loses_takes = False
        leases.table.run_out()
        await eventually(lambda: len(keeper.held) == SHARDS // 2)


async def test_a_shard_that_could_not_be_given_away_is_not_followed_by_a_second(
    keeper: ShardKeeper, leases: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "RETRY_S", 0.05)
    async with running(keeper):
        await eventually(lambda: len(keeper.held) == SHARDS)
        leases.loses_releases = True
        leases.living = 2
        keeper.wake()
        await eventually(lambda: len(keeper.held) == SHARDS - 1)

        before = leases.renewals
        await eventually(lambda: leases.renewals > before + 2)
        assert len(keeper.held) == SHARDS - 1
        leases.loses_releases = False
        await eventually(lambda: leases.renewals > before + 4)
        assert len(keeper.held) == SHARDS - 1


async def test_shards_are_given_away_while_they_are_being_lost(
    keeper: ShardKeeper, leases: Faulty
) -> None:
    async with running(keeper):
        await eventually(lambda: len(keeper.held) == SHARDS)
        leases.table.run_out()
        leases.living = 0

        await asyncio.gather(keeper.run_once(), keeper.give_all_away())

        assert keeper.held == frozenset()


async def test_shards_that_come_in_after_all_were_given_away_are_others_at_once(
    keeper: ShardKeeper, leases: Faulty
) -> None:
    leases.may_answer.clear()
    async with running(keeper):
        await asyncio.wait_for(leases.taking.wait(), 20)
        await keeper.give_all_away()
        assert held_by_row(leases) == SHARDS

        leases.may_answer.set()

        await eventually(lambda: held_by_row(leases) == 0)
        assert keeper.held == frozenset()
