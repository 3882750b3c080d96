"""Bots share the shards of one token; what one lets go, another goes on with."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo

import pytest
from structlog.testing import capture_logs

from bot.errors import StorageBusy
from bot.processes.shards import Holdings, ShardLease
from cogs.bot import ClapperBot
from sandbox.discord.config import SandboxConfig
from sandbox.discord.records import Guild
from sandbox.discord.sharding import shard_of
from tests.cogs.gateway.test_bad_frames import is_served
from tests.cogs.stage import Stage, eventually

SHARDS = 2
AHEAD_S = 60.0


class Ahead(datetime):
    """The time, as a machine has it whose clock is ahead."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Ahead":
        return super().now(tz) + timedelta(seconds=AHEAD_S)


@dataclass(eq=False)
class LeaseTable:
    """Who holds which shard, for some bots of one process."""

    count: int = 0
    rows: dict[int, tuple[str | None, ShardLease]] = field(default_factory=dict)
    leases: list["Leases"] = field(default_factory=list)

    def run_out(self) -> None:
        """Let every lease be over, as when nobody could renew for 15 s."""
        self.rows = {one: (None, lease) for one, (_, lease) in self.rows.items()}
        for one in self.leases:
            one.tell()


@dataclass(eq=False)
class Leases:
    """Implements `bot.processes.shards.ShardLeases` on such a table."""

    table: LeaseTable
    name: str
    living: int = 1
    broken: bool = False
    permits: bool = True
    clock_ahead_s: float = 0.0
    tell: Callable[[], None] = lambda: None

    @property
    def shared(self) -> bool:
        return True

    async def settle(self, count: int) -> int:
        if not self.table.rows:
            self.table.count = count
            for one in range(count):
                free = ShardLease(shard_id=one, fence=0, session=None)
                self.table.rows[one] = (None, free)
        return self.table.count

    async def renew(self, leases: Sequence[ShardLease]) -> Holdings:
        self._require()
        ours = {one.shard_id for one in leases if self._has(one)}
        for one in leases:
            if one.shard_id in ours:
                self.table.rows[one.shard_id] = (self.name, one)
        holders = [name for name, _ in self.table.rows.values() if name]
        return Holdings(
            count=self.table.count,
            ours=frozenset(ours),
            this_process=self.name,
            staying=self.living,
            held={name: holders.count(name) for name in holders},
        )

    async def take(self, most: int, count: int) -> Sequence[ShardLease]:
        self._require()
        assert count == self.table.count
        free = [lease for name, lease in self.table.rows.values() if name is None]
        taken = [replace(one, fence=one.fence + 1) for one in free[:most]]
        for one in taken:
            self.table.rows[one.shard_id] = (self.name, one)
        return taken

    async def release(self, leases: Collection[ShardLease], *, for_good: bool) -> None:
        self._require()
        if for_good:
            self.living = 0
        for one in leases:
            if self._has(one):
                self.table.rows[one.shard_id] = (None, one)
        for other in self.table.leases:
            other.tell()

    async def identify_wait_s(self, bucket: int) -> float:
        assert bucket >= 0
        return 0.0 if self.permits else 0.05

    async def when_free(self, tell: Callable[[], None]) -> None:
        self.tell = tell

    def _has(self, lease: ShardLease) -> bool:
        name, held = self.table.rows[lease.shard_id]
        return name == self.name and held.fence == lease.fence

    def _require(self) -> None:
        if self.broken:
            msg = "the database is away"
            raise StorageBusy(msg)


@pytest.fixture
def discord_config() -> SandboxConfig:
    return SandboxConfig(identify_interval_s=0.0, shards=SHARDS)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, stage: Stage) -> None:
    """Let bots look more often than they do, and people ask by the real time."""
    monkeypatch.setattr("cogs.gateway.keeper.RENEW_S", 0.1)
    monkeypatch.setattr("cogs.gateway.keeper.RETRY_S", 0.1)
    stage.discord.clock.run()


@pytest.fixture
def table() -> LeaseTable:
    return LeaseTable()


@pytest.fixture
def guilds(stage: Stage) -> list[Guild]:
    """One server for each shard, by its number."""
    other = stage.discord.world.add_guild("Other", owner=stage.world.owner)
    both = [stage.world.guild, other]
    return sorted(both, key=lambda one: shard_of(one.id, SHARDS))


@asynccontextmanager
async def bot_of(
    stage: Stage, table: LeaseTable, name: str, *, living: int = 1
) -> AsyncGenerator[tuple[ClapperBot, Leases]]:
    leases = Leases(table, name, living)
    table.leases.append(leases)
    stage.leases = lambda: leases
    bot = await stage.new_bot()
    serving = asyncio.create_task(bot.serve(stage.discord.config.token), name=name)
    try:
        yield bot, leases
        assert not serving.done()
    finally:
        await bot.close()
        serving.cancel()
        await asyncio.wait({serving})


async def test_one_bot_holds_all_shards_and_is_ready_when_all_are(
    stage: Stage, table: LeaseTable, guilds: list[Guild]
) -> None:
    async with bot_of(stage, table, "a") as (bot, _):
        await eventually(lambda: bot.held_shards == {0, 1})
        await eventually(bot.is_ready)

        assert {one.id for one in bot.guilds} == {one.id for one in guilds}
        assert bot.known_shards.numbers == {0, 1}
        assert set(bot.shards) == {0, 1}
        await eventually(lambda: stage.gateway_is_up == [True])
        assert stage.shards_known[-1].numbers == {0, 1}
        assert stage.discord.gateway.hasty_identifies == 0


@pytest.mark.thorough
@pytest.mark.usefixtures("guilds")
async def test_a_bot_that_stands_by_is_up_without_a_connection(
    stage: Stage, table: LeaseTable
) -> None:
    async with bot_of(stage, table, "a") as (first, _):
        await eventually(first.is_ready)
        async with bot_of(stage, table, "b") as (second, _):
            await eventually(lambda: second.stands_by)

            assert second.user is not None
            assert not second.is_ready()
            assert list(second.guilds) == []
            await second.fetch_channel(stage.world.general.id)
            assert stage.gateway_is_up == [True, True]
    assert stage.discord.gateway.identifies == SHARDS


async def test_a_bot_that_slept_tells_nothing_of_the_servers_of_a_lost_shard(
    stage: Stage,
    table: LeaseTable,
    guilds: list[Guild],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They may have come or gone since, which another process was told."""
    monkeypatch.setattr("cogs.gateway.keeper.CERTAIN_FOR_S", 0.5)
    monkeypatch.setattr("cogs.servers.membership.TELL_AGAIN_S", 0.1)
    async with bot_of(stage, table, "a") as (bot, leases):
        await eventually(lambda: len(stage.shards_known) == SHARDS)
        leases.broken = True
        await eventually(lambda: not any(map(bot._keeper.is_certain, (0, 1))))
        new = stage.discord.world.add_guild("New", owner=stage.world.owner)
        stage.discord.world.announce_guild(new)
        await eventually(lambda: bot.get_guild(new.id) is not None)
        await asyncio.sleep(0.3)
        assert len(stage.shards_known) == SHARDS

        lost = 1 - shard_of(new.id, SHARDS)
        table.rows[lost] = ("b", table.rows[lost][1])
        leases.broken = False
        await eventually(lambda: len(stage.shards_known) > SHARDS)

        kept = 1 - lost
        assert stage.shards_known[-1].numbers == {kept}
        assert set(stage.guilds_seen[-1]) == {guilds[kept].id, new.id}


async def test_surplus_is_given_to_who_has_come_and_its_session_goes_on(
    stage: Stage, table: LeaseTable, guilds: list[Guild]
) -> None:
    async with bot_of(stage, table, "a") as (first, of_first):
        await eventually(first.is_ready)
        told = len(stage.guilds_seen)
        async with bot_of(stage, table, "b", living=2) as (second, _):
            of_first.living = 2
            await eventually(lambda: len(first.held_shards) == 1)
            await eventually(lambda: len(second.held_shards) == 1)
            await stage.discord.wait_until(lambda: stage.discord.gateway.is_ready)

            [kept] = first.held_shards
            assert [one.id for one in first.guilds] == [guilds[kept].id]
            assert first.known_shards.numbers == {kept}
            assert second.known_shards.numbers == frozenset()
            assert stage.discord.gateway.identifies == SHARDS
            assert stage.discord.gateway.resumes == 1
            assert await is_served(stage)
    assert stage.guilds_left == []
    assert len(stage.guilds_seen) == told


@pytest.mark.thorough
@pytest.mark.usefixtures("guilds")
async def test_who_loses_its_shards_lets_go_without_ending_their_sessions(
    stage: Stage, table: LeaseTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a process that was stopped for a minute, and wakes with its connections."""
    monkeypatch.setattr("cogs.gateway.keeper.CERTAIN_FOR_S", 0.5)
    async with bot_of(stage, table, "a") as (first, of_first):
        await eventually(first.is_ready)
        of_first.living = 0
        async with bot_of(stage, table, "b") as (second, _):
            await eventually(lambda: second.stands_by)
            # The row says how far the first came.
            await asyncio.sleep(0.3)
            of_first.broken = True
            await eventually(
                lambda: not any(first._keeper.is_certain(one) for one in (0, 1))
            )
            table.run_out()
            await eventually(lambda: second.held_shards == {0, 1})
            gateway = stage.discord.gateway
            await stage.discord.wait_until(lambda: gateway.resumes == SHARDS)
            of_first.broken = False
            await eventually(lambda: first.held_shards == frozenset())
            await eventually(lambda: first.stands_by)

            assert await is_served(stage)
            assert gateway.resumes == SHARDS
            assert gateway.identifies == SHARDS


@pytest.mark.thorough
@pytest.mark.usefixtures("guilds")
async def test_a_bot_whose_database_is_away_serves_on_but_comes_back_to_nothing(
    stage: Stage, table: LeaseTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cogs.gateway.keeper.CERTAIN_FOR_S", 0.5)
    async with bot_of(stage, table, "a") as (bot, leases):
        await eventually(bot.is_ready)
        leases.broken = True
        await asyncio.sleep(1)
        assert await is_served(stage)

        stage.discord.gateway.drop(4000)
        await eventually(lambda: not stage.discord.gateway.connected_shards)
        await asyncio.sleep(1)
        assert stage.discord.gateway.resumes == 0

        leases.broken = False
        await stage.discord.wait_until(lambda: stage.discord.gateway.is_ready)
        assert stage.discord.gateway.resumes == SHARDS
        assert await is_served(stage)


@pytest.mark.thorough
@pytest.mark.usefixtures("guilds")
async def test_a_session_that_is_refused_to_the_next_holder_is_begun_again(
    stage: Stage, table: LeaseTable
) -> None:
    async with bot_of(stage, table, "a") as (first, _):
        await eventually(first.is_ready)
    assert {lease.session is None for _, lease in table.rows.values()} == {False}
    stage.discord.gateway.forget_sessions()

    async with bot_of(stage, table, "b") as (second, _):
        await eventually(second.is_ready)

        assert stage.discord.gateway.identifies == 2 * SHARDS
        assert await is_served(stage)


@pytest.mark.thorough
async def test_a_command_that_comes_again_to_the_next_holder_is_answered_once(
    stage: Stage, table: LeaseTable, guilds: list[Guild]
) -> None:
    """The first had answered it, but died before it wrote down how far it came."""
    async with bot_of(stage, table, "a") as (first, leases):
        await eventually(first.is_ready)
        await asyncio.sleep(0.3)
        before = dict(table.rows)
        leases.broken = True
        assert await is_served(stage)
    for number, (_, lease) in before.items():
        table.rows[number] = (None, lease)
    await asyncio.sleep(4.5)
    stage.discord.violations.clear()

    async with bot_of(stage, table, "b") as (second, _):
        await eventually(lambda: second.held_shards == {0, 1})
        gateway = stage.discord.gateway
        await stage.discord.wait_until(lambda: gateway.resumes == SHARDS)
        assert await is_served(stage)

        assert not second.known_shards.numbers
        answers = stage.discord.requests_to("POST", r"/interactions/\d+/[^/]+/callback")
        assert len(answers) == 2
    assert len(guilds) == SHARDS


@pytest.mark.thorough
@pytest.mark.usefixtures("guilds")
async def test_a_clock_that_is_ahead_makes_no_command_an_old_one(
    stage: Stage, table: LeaseTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process may have our shards, old commands are left out."""
    monkeypatch.setattr("cogs.gateway.keeper.CERTAIN_FOR_S", 0.5)
    monkeypatch.setattr("cogs.gateway.shard_events.datetime", Ahead)
    async with bot_of(stage, table, "a") as (bot, leases):
        await eventually(bot.is_ready)
        leases.clock_ahead_s = AHEAD_S
        leases.broken = True
        await asyncio.sleep(1)

        assert await is_served(stage)


@pytest.mark.thorough
async def test_a_server_that_removes_us_is_told_of_where_a_session_was_gone_on_with(
    stage: Stage, table: LeaseTable, guilds: list[Guild]
) -> None:
    async with bot_of(stage, table, "a") as (first, _):
        await eventually(first.is_ready)
    told = len(stage.guilds_seen)

    async with bot_of(stage, table, "b") as (second, _):
        await stage.discord.wait_until(lambda: stage.discord.gateway.resumes == SHARDS)
        assert list(second.guilds) == []
        stage.discord.world.remove_bot(guilds[0])
        await eventually(lambda: stage.guilds_left == [guilds[0].id])

    assert len(stage.guilds_seen) == told


@pytest.mark.thorough
async def test_requests_are_understood_where_a_session_was_gone_on_with(
    stage: Stage, table: LeaseTable, guilds: list[Guild]
) -> None:
    """The next holder was told of no server, channel or role."""
    world = stage.discord.world
    role = world.add_role(stage.world.guild, "Painters")
    world.set_roles(stage.world.guild, stage.world.member, [role])
    async with bot_of(stage, table, "a") as (first, _):
        await eventually(first.is_ready)

    async with bot_of(stage, table, "b") as (second, _):
        await stage.discord.wait_until(lambda: stage.discord.gateway.resumes == SHARDS)
        for channel, restricted in (
            (stage.world.general, False),
            (stage.world.restricted_thread, True),
        ):
            handle = await stage.discord.slash(
                stage.member, channel, "video", {"prompt": "a fox"}
            )
            await handle.answer()
            asked = stage.intake.asked[-1]
            assert asked.place.is_in_server
            assert asked.place.is_age_restricted == restricted
            assert role.id in asked.actor.role_ids
        assert list(second.guilds) == []
    assert len(guilds) == SHARDS


@pytest.mark.thorough
@pytest.mark.usefixtures("guilds")
async def test_who_waits_long_to_begin_a_session_connects_only_then(
    stage: Stage, table: LeaseTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would read from a connection meanwhile, and it would be cut off."""
    monkeypatch.setattr("cogs.gateway.shard.CONNECT_WITHIN_S", 3.0)
    with capture_logs() as lines:
        async with bot_of(stage, table, "a") as (bot, leases):
            leases.permits = False
            await eventually(lambda: len(bot.held_shards) == SHARDS)
            await asyncio.sleep(4)
            leases.permits = True
            await eventually(bot.is_ready)

    assert not [one for one in lines if one["event"] == "discord unreachable"]
    assert stage.discord.gateway.identifies == SHARDS
