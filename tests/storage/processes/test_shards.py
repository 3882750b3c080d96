"""Shards are shared out over processes, and taken over from those that died."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, text

from bot.processes.shards import GatewaySession, ShardLease, ShardLeases, balance
from storage.database.engine import Database
from storage.processes import shard_statements as sql
from storage.processes.all_shards import AllShards
from storage.processes.shards import shard_leases
from tests.storage.processes.conftest import Member, member, until

SHARDS = 4
SESSION = GatewaySession(id="abc", resume_url="wss://gateway.example", sequence=7)


async def run_out(database: Database) -> None:
    """Let all leases run out, as 15 s without a renewal do."""
    await database.write(
        lambda connection: connection.execute(text("UPDATE shards SET until = 0"))
    )


async def taken(leases: ShardLeases, held: list[ShardLease]) -> list[ShardLease]:
    """Do what a process does at each look, without anybody to give away to."""
    holdings = await leases.renew(held)
    kept = [one for one in held if one.shard_id in holdings.ours]
    wanted = balance(holdings)
    if wanted < 0:
        *kept, given = kept
        await leases.release([given], for_good=False)
    if wanted > 0:
        kept += await leases.take(wanted, holdings.count)
    return kept


def leases_of(one: Member) -> ShardLeases:
    return shard_leases(one.processes, one.database)


async def test_two_processes_share_the_shards_fairly(migrated: str) -> None:
    async with member(migrated) as first, member(migrated) as second:
        one, two = leases_of(first), leases_of(second)
        assert await one.settle(SHARDS) == SHARDS
        ours = await taken(one, [])
        theirs: list[ShardLease] = []
        await until(lambda: first.processes.living == second.processes.living == 2)
        for _ in range(4):
            theirs = await taken(two, theirs)
            ours = await taken(one, ours)

        numbers = [{held.shard_id for held in holder} for holder in (ours, theirs)]
        assert [len(held) for held in numbers] == [2, 2]
        assert numbers[0] | numbers[1] == set(range(SHARDS))


async def test_the_only_one_takes_all_shards_of_a_server(
    database: Database, migrated: str
) -> None:
    async with member(migrated) as only:
        leases = leases_of(only)
        await leases.settle(SHARDS)

        held = await taken(leases, [])

        assert [one.shard_id for one in held] == list(range(SHARDS))
        assert {one.session for one in held} == {None}
        assert not leases.shared
    assert await database.read(
        lambda connection: connection.scalar(text("SELECT count(*) FROM shards"))
    )


async def test_who_takes_a_shard_over_learns_its_session(migrated: str) -> None:
    async with member(migrated) as first, member(migrated) as second:
        one, two = leases_of(first), leases_of(second)
        await one.settle(1)
        [held] = await one.take(1, 1)
        assert await two.take(1, 1) == []

        told = ShardLease(shard_id=0, fence=held.fence, session=SESSION)
        assert (await one.renew([told])).ours == {0}
        await run_out(first.database)
        [over] = await two.take(1, 1)

        assert over.session == SESSION
        assert over.fence > held.fence
        assert (await one.renew([told])).ours == frozenset()
        await one.release([told], for_good=False)
        assert (await two.renew([over])).ours == {0}


async def test_a_released_shard_is_told_of_at_once(migrated: str) -> None:
    heard = asyncio.Event()
    async with member(migrated) as first, member(migrated) as second:
        one, two = leases_of(first), leases_of(second)
        await two.when_free(heard.set)
        await one.settle(1)
        [held] = await one.take(1, 1)
        heard.clear()
        await one.release([held], for_good=False)

        await asyncio.wait_for(heard.wait(), 20)
        assert len(await two.take(1, 1)) == 1


async def test_what_a_process_that_ends_gives_away_others_may_take_at_once(
    migrated: str,
) -> None:
    """Though it lives on for as long as its workers need."""
    async with member(migrated) as first, member(migrated) as second:
        one, two = leases_of(first), leases_of(second)
        await one.settle(SHARDS)
        await until(lambda: first.processes.living == second.processes.living == 2)
        ours, theirs = await taken(one, []), await taken(two, [])
        assert [len(ours), len(theirs)] == [2, 2]

        await one.release(ours, for_good=True)

        assert len(await taken(two, theirs)) == SHARDS
        assert first.processes.living == 2


async def test_the_number_of_shards_changes_only_while_nobody_holds_one(
    migrated: str,
) -> None:
    async with member(migrated) as first:
        leases = leases_of(first)
        assert await leases.settle(2) == 2
        [held] = await leases.take(1, 2)
        assert await leases.settle(5) == 2
        assert await leases.take(5, 5) == []

        await leases.release([held], for_good=False)

        assert await leases.settle(5) == 5
        assert (await leases.renew([])).count == 5


@pytest.fixture
async def nested_loops(database: Database, migrated: str) -> AsyncIterator[None]:
    """Let PostgreSQL run each join as a nested loop."""
    name = migrated.rpartition("/")[2]

    def plan_no_other(connection: Connection) -> None:
        for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
            connection.execute(text(f"ALTER DATABASE {name} SET enable_{way} = off"))

    def plan_anything(connection: Connection) -> None:
        connection.execute(text(f"ALTER DATABASE {name} RESET ALL"))

    await database.write(plan_no_other)
    yield
    await database.write(plan_anything)


@pytest.mark.usefixtures("nested_loops")
async def test_no_more_shards_are_taken_than_wanted_whatever_the_plan(
    migrated: str,
) -> None:
    async with member(migrated) as only:
        leases = leases_of(only)
        await leases.settle(SHARDS)

        assert len(await leases.take(1, SHARDS)) == 1


async def test_the_number_of_shards_does_not_change_while_somebody_takes_one(
    database: Database, migrated: str
) -> None:
    def take_slowly(connection: Connection) -> None:
        taking = {"this_process": "another", "at_most": 1, "of_all": 2}
        assert connection.execute(sql.TAKE, taking).all()
        connection.execute(text("SELECT pg_sleep(1)"))

    def is_taking(connection: Connection) -> bool:
        sleeping = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        return bool(connection.scalar(text(sleeping)) == 1)

    async with member(migrated) as first:
        leases = leases_of(first)
        assert await leases.settle(2) == 2
        taking = asyncio.create_task(database.write(take_slowly), name="taking")
        await until(lambda: database.read(is_taking))

        assert await leases.settle(5) == 2

        await taking
        assert (await leases.renew([])).count == 2


async def test_sessions_of_a_bucket_begin_five_seconds_apart_over_all_processes(
    migrated: str,
) -> None:
    async with member(migrated) as first, member(migrated) as second:
        one, two = leases_of(first), leases_of(second)
        assert await one.identify_wait_s(0) == 0
        assert 0 < await two.identify_wait_s(0) <= 5
        assert await two.identify_wait_s(1) == 0
        await first.database.write(
            lambda connection: connection.execute(
                text("UPDATE identify_slots SET next_at = 0")
            )
        )

        waits = await asyncio.gather(
            *(leases.identify_wait_s(0) for leases in (one, two) * 4)
        )
        assert waits.count(0) == 1


async def test_a_process_that_begins_again_has_lost_its_shards(migrated: str) -> None:
    async with member(migrated) as first:
        leases = leases_of(first)
        await leases.settle(1)
        held = await taken(leases, [])
        before = first.processes.id
        await first.database.write(
            lambda connection: connection.execute(text("DELETE FROM processes"))
        )
        await until(lambda: first.processes.id != before)

        assert (await leases.renew(held)).ours == frozenset()


async def test_the_only_process_on_a_file_has_all_shards_and_no_statement() -> None:
    leases = AllShards()
    assert await leases.settle(3) == 3
    held = await taken(leases, [])

    assert [one.shard_id for one in held] == [0, 1, 2]
    assert await taken(leases, held) == held
    assert await leases.settle(5) == 3
