"""What a process costs as an installation grows: `docs/scaling.md` reckons with it.

Its memory with so many servers; and on PostgreSQL, where this machine has it, its
connections, and the statements and transactions of a process that idles and of a job.
They are figures, and no bounds: a server costs what it has of channels and roles.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from benchmarks.acknowledgement import UNLIMITED
from benchmarks.many_channels import memory_bytes
from benchmarks.report import Row, show
from bot.demo.bot_process import BotProcess
from bot.demo.stage import Stage, open_stage
from sandbox.discord.config import SandboxConfig
from sandbox.discord.world import World
from sandbox.evolink import EvolinkConfig
from storage.database.address import Address
from tests.storage.cluster import Cluster, programs

MIB = 1024 * 1024
SERVERS = (0, 1_000, 5_000)
OF_A_SHARD = 1_000
"""Servers; so many shards the gateway recommends."""
QUICK_SERVERS = (0, 100)
CHANNELS = 25
ROLES = 15
"""Of a server, beside @everyone: a middling one. Members are not kept."""
SETTLE_S = 10.0
"""Until a process that is ready has read all servers."""
IDLE_S = 30.0
JOBS = 60
QUICK_JOBS = 10
CLIP_S = 60.0
WITHIN_S = 20.0
"""In which the jobs are asked for, evenly."""
PATIENCE_S = 300.0
_PRELOAD = "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'"
_EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_stat_statements"
_COUNTED = text(
    "SELECT (SELECT sum(calls) FROM pg_stat_statements JOIN pg_database"
    " ON dbid = pg_database.oid WHERE datname = current_database()) AS statements,"
    " xact_commit AS transactions,"
    " (SELECT sum(calls) FROM pg_stat_statements JOIN pg_database"
    "  ON dbid = pg_database.oid WHERE datname = current_database()"
    "  AND query LIKE 'COMMIT%') AS commits,"
    " (SELECT wal_bytes FROM pg_stat_wal) AS wal_bytes,"
    " (SELECT count(*) FROM pg_stat_activity"
    "  WHERE application_name LIKE 'clapper %') AS connections"
    " FROM pg_stat_database WHERE datname = current_database()"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a database server has counted so far."""

    statements: int
    transactions: int
    """Of a read, too, which has one of its own."""
    commits: int
    """Of what may have written."""
    wal_bytes: int
    connections: int

    @classmethod
    async def now(cls, connection: AsyncConnection) -> Self:
        """Ask the server; what is counted is up to a second old."""
        row = (await connection.execute(_COUNTED)).one()
        return cls(
            statements=int(row.statements or 0),
            transactions=int(row.transactions),
            commits=int(row.commits or 0),
            wal_bytes=int(row.wal_bytes),
            connections=int(row.connections),
        )


async def run(*, quick: bool = False) -> bool:
    """Measure and show; there is nothing to hold it to."""
    show("scale: memory", await _memory(QUICK_SERVERS if quick else SERVERS))
    found = programs()
    if found is None:
        print("  There is no PostgreSQL on this machine: nothing is measured there.")
        return True
    cluster = Cluster(found)
    try:
        cluster.start()
        show("scale: PostgreSQL", await _on_postgresql(cluster, quick=quick))
    finally:
        cluster.remove()
    return True


async def _memory(sizes: tuple[int, ...]) -> list[Row]:
    rows: list[Row] = []
    base = 0
    for servers in sizes:
        used = await _memory_with(servers)
        base = base or used
        more = used - base
        rows.append(
            {
                "servers": servers,
                "shards": max(1, servers // OF_A_SHARD),
                "channels": servers * CHANNELS,
                "roles": servers * ROLES,
                "mib": used / MIB,
                "mib_per_1000_servers": more / MIB / servers * 1000 if servers else 0.0,
            }
        )
    return rows


async def _memory_with(servers: int) -> int:
    discord = SandboxConfig(shards=max(1, servers // OF_A_SHARD))
    async with open_stage(discord, make_bot=BotProcess) as stage:
        _add_servers(stage.discord.world, servers)
        await stage.bot.start(**UNLIMITED)
        await stage.discord.wait_ready(["video"], timeout_s=PATIENCE_S)
        used = 0
        while (now := memory_bytes(stage.bot.pid)) > used:
            used = now
            await asyncio.sleep(SETTLE_S)
        return now


def _add_servers(world: World, servers: int) -> None:
    owner = world.add_user("Somebody")
    for number in range(servers):
        guild = world.add_guild(f"Server {number}", owner=owner)
        for one in range(ROLES):
            world.add_role(guild, f"Role number {one}")
        for one in range(CHANNELS):
            world.add_channel(guild, f"channel-number-{one}")


async def _on_postgresql(cluster: Cluster, *, quick: bool) -> list[Row]:
    jobs = QUICK_JOBS if quick else JOBS
    evolink = EvolinkConfig(
        total_s=CLIP_S, estimated_time_s=int(CLIP_S), latency_s=0.05
    )
    async with (
        _counting(cluster) as connection,
        open_stage(SandboxConfig(), evolink, make_bot=BotProcess) as stage,
    ):
        stage.bot.settings["CLAPPER_STORAGE__URL"] = cluster.url
        await stage.bot.start(**UNLIMITED, CLAPPER_EVOLINK__MAX_ACTIVE_TASKS=str(jobs))
        await stage.discord.wait_ready(["video"], timeout_s=PATIENCE_S)
        await asyncio.sleep(SETTLE_S)
        idle, idle_s = await _during(connection, asyncio.sleep(IDLE_S))
        busy, busy_s = await _during(connection, _work(stage, jobs))
        after = await Counted.now(connection)
    rest = busy_s / idle_s
    return [
        {
            "connections": after.connections,
            "idle_statements_s": idle.statements / idle_s,
            "idle_transactions_s": idle.transactions / idle_s,
            "jobs": jobs,
            # Less what it would have asked in that time without any.
            "statements_per_job": (busy.statements - idle.statements * rest) / jobs,
            "transactions_per_job": (busy.transactions - idle.transactions * rest)
            / jobs,
            "commits_per_job": (busy.commits - idle.commits * rest) / jobs,
            "wal_kib_per_job": busy.wal_bytes / 1024 / jobs,
        }
    ]


@asynccontextmanager
async def _counting(cluster: Cluster) -> AsyncGenerator[AsyncConnection]:
    """Connect to a server that counts statements, and let it count from here on."""
    address = Address.parse(cluster.url)
    engine = create_async_engine(address.url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(_PRELOAD))
    await engine.dispose()
    await asyncio.to_thread(cluster.stop)
    await asyncio.to_thread(cluster.start)
    try:
        async with engine.connect() as connection:
            await connection.execute(text(_EXTENSION))
            yield connection
    finally:
        await engine.dispose()


async def _during(
    connection: AsyncConnection, work: Coroutine[None, None, None]
) -> tuple[Counted, float]:
    """Return what was counted while a work ran, and how many seconds it took."""
    before, began_at = await Counted.now(connection), time.monotonic()
    await work
    # Sessions tell what they have done when they idle, after a second at the latest.
    await asyncio.sleep(1.5)
    after = await Counted.now(connection)
    return (
        Counted(
            statements=after.statements - before.statements,
            transactions=after.transactions - before.transactions,
            commits=after.commits - before.commits,
            wal_bytes=after.wal_bytes - before.wal_bytes,
            connections=after.connections,
        ),
        time.monotonic() - began_at,
    )


async def _work(stage: Stage, jobs: int) -> None:
    """Ask for so many clips, and wait until all are posted."""

    async def ask(number: int) -> None:
        await asyncio.sleep(number * WITHIN_S / jobs)
        handle = await stage.discord.slash(
            stage.world.member,
            stage.world.general,
            "video",
            {"prompt": f"number {number}"},
        )
        await handle.response()

    await asyncio.gather(*(ask(number) for number in range(jobs)))

    def posted() -> bool:
        messages = stage.discord.messages(stage.world.general)
        return sum(bool(one.videos) for one in messages) >= jobs

    await stage.discord.wait_until(posted, PATIENCE_S)
