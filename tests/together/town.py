"""Several processes of the real program on one PostgreSQL, between both stand-ins."""

import asyncio
import os
import re
import secrets
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.demo.stage import settings
from bot.jobs.states import OPEN_STATES
from sandbox.discord.config import SandboxConfig
from sandbox.discord.messages import Message
from sandbox.discord.rate_limits import RateLimits
from sandbox.discord.server import DiscordSandbox
from sandbox.evolink import EvolinkConfig, EvolinkSandbox
from storage.database.address import Address
from tests.crash.test_callbacks_at_work import free_port
from tests.e2e.conftest import IMPATIENT, UNLIMITED
from tests.lives.forked import ForkedBot
from tests.storage.cluster import Cluster
from tests.together.asked import BUSY, Asked, Place
from tests.together.clapper import Clapper
from tests.together.network import Network
from tests.together.posts import Posts, prompt_of

PROCESSES = int(os.environ.get("TOGETHER_PROCESSES", "3"))
SHARDS = 4
GUILDS_A_SHARD = 2
MEMBERS = 3
SLOTS = 20
"""Tasks at once, over all processes."""
CLIP_S = 2.0
PATIENCE_S = 120.0
STEP_S = 0.05
DISCORD = SandboxConfig(
    shards=SHARDS,
    rate_limits=RateLimits.none(),
    max_concurrency=SHARDS,
    requests_kept=1_000_000,
)
PATIENT = replace(DISCORD, ack_window_s=60.0)
"""Here nobody is late, on a busy machine neither."""
EVOLINK = EvolinkConfig(total_s=CLIP_S, estimated_time_s=int(CLIP_S))
_LEASES = "submit_lease, poll_lease, delivery_lease, notice_lease, status_lease"
_TRIES = "prompt, submit_attempts, delivery_attempts, post_intended_at"
_DUE = "submit_due_at, poll_due_at, delivery_due_at, notice_due_at, status_due_at"


class Town:
    """Everything there is, and what was asked for."""

    def __init__(
        self,
        discord: DiscordSandbox,
        evolink: EvolinkSandbox,
        *,
        cluster: Cluster,
        database_url: str,
        settings: dict[str, str],
    ) -> None:
        self.discord = discord
        self.evolink = evolink
        self.cluster = cluster
        self.database_url = database_url
        self.settings = settings
        self.places = [self._found(number) for number in range(SHARDS * GUILDS_A_SHARD)]
        self.operators = discord.world.add_channel(self.places[0].guild, "operators")
        self.clappers: list[Clapper] = []
        self.asked: list[Asked] = []
        self._posts = Posts(discord)

    def _found(self, number: int) -> Place:
        world = self.discord.world
        owner = world.add_user(f"Olive {number}")
        guild = world.add_guild(f"Film Club {number}", owner=owner)
        members = [world.add_user(f"Mia {number} {one}") for one in range(MEMBERS)]
        for member in members:
            world.add_member(guild, member)
        return Place(
            guild=guild, channel=world.add_channel(guild, "general"), members=members
        )

    # ---- processes -----------------------------------------------------------------

    async def start(self, clapper: Clapper, **more: str) -> None:
        """Begin a life of a process; returns as soon as it is begun."""
        await clapper.bot.start(**{**UNLIMITED, **IMPATIENT, **self.settings, **more})

    async def ready(self) -> None:
        """Wait until all shards are served and the command is registered."""
        await self.discord.wait_ready(["video"], PATIENCE_S)

    @property
    def running(self) -> list[Clapper]:
        """The processes that live."""
        return [one for one in self.clappers if one.bot.running]

    def logs(self) -> str:
        """Return what all of them have logged."""
        return "\n".join(one.bot.log() for one in self.clappers)

    # ---- people --------------------------------------------------------------------

    async def ask(
        self, about: str = "clip", place: Place | None = None, **options: Any
    ) -> Asked:
        """Type `/video` in the next place, or in this one; waits for nothing."""
        number = len(self.asked)
        place = place or self.places[number % len(self.places)]
        user = place.members[number // len(self.places) % len(place.members)]
        prompt = prompt_of(about, number)
        handle = await self.discord.slash(
            user, place.channel, "video", {"prompt": prompt, **options}
        )
        asked = Asked(
            prompt=prompt, place=place, user=user, handle=handle, at_s=time.time()
        )
        self.asked.append(asked)
        return asked

    async def have_taken(self, commands: int) -> list[Asked]:
        """Have so many videos taken, on all shards in turn, and return the last tries.

        Who is told that the database is busy, as a busy machine may be, asks again.
        """
        asked = [await self.ask() for _ in range(commands)]
        last: list[Asked] = []
        while asked:
            await self.answered(asked)
            busy = [one for one in asked if BUSY in one.outcome]
            last += [one for one in asked if one not in busy]
            asked = [await self.ask(place=one.place) for one in busy]
        return last

    def posted(self, asked: Asked) -> Sequence[Message]:
        """Return what was posted for a command beyond its own answer."""
        return self._posts.about(asked.prompt, asked.place.channel)

    async def settle(self, timeout_s: float = PATIENCE_S) -> None:
        """Wait until every command is answered and no job has anything due."""
        await self.answered(self.asked, timeout_s)
        deadline_s = time.monotonic() + timeout_s
        while left := await self.open_jobs():
            assert time.monotonic() < deadline_s, f"still open: {left}"
            await asyncio.sleep(0.2)

    async def answered(
        self, asked: Sequence[Asked], timeout_s: float = PATIENCE_S
    ) -> None:
        """Wait until each of these commands was answered, or Discord gave it up."""
        deadline_s = time.monotonic() + timeout_s
        while left := [one for one in asked if not one.answered]:
            assert time.monotonic() < deadline_s, (
                f"open: {[one.outcome for one in left]}"
            )
            await asyncio.sleep(STEP_S)

    async def open_jobs(self) -> list[dict[str, Any]]:
        """Return the jobs that have not ended, or have anything due."""
        states = ", ".join(f"'{one.value}'" for one in OPEN_STATES)
        return await self.rows(
            f"SELECT id, state, {_TRIES}, {_DUE}, {_LEASES} FROM jobs"  # noqa: S608 - our own names
            f" WHERE state IN ({states}) OR num_nonnulls({_DUE}) > 0"
        )

    async def until(
        self, condition: Callable[[], bool], timeout_s: float = PATIENCE_S
    ) -> None:
        """Wait until something is true, however long a busy machine takes."""
        async with asyncio.timeout(timeout_s):
            while not condition():  # noqa: ASYNC110 - it is about several services
                await asyncio.sleep(STEP_S)

    # ---- the database --------------------------------------------------------------

    @cached_property
    def engine(self) -> AsyncEngine:
        """Past all networks."""
        return create_async_engine(
            Address.parse(self.database_url).url, poolclass=NullPool
        )

    async def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """Read the database as it is, whatever the processes' networks do."""
        async with self.engine.connect() as connection:
            found = await connection.execute(text(statement), values)
            return [dict(row) for row in found.mappings()]


@asynccontextmanager
async def open_town(
    cluster: Cluster,
    zygote_path: Path,
    folder: Path,
    *,
    discord: SandboxConfig = DISCORD,
    evolink: EvolinkConfig = EVOLINK,
    processes: int = PROCESSES,
    **more: str,
) -> AsyncGenerator[Town]:
    """Open everything and begin the processes; end all at the end.

    In the end no request may have been one that no correct client sends, and nothing
    may have gone wrong that nobody thought of.
    """
    folder = Path(tempfile.mkdtemp(dir=folder))
    database_url = await _new_database(cluster)
    async with (
        DiscordSandbox(discord) as there,
        EvolinkSandbox(evolink) as maker,
        AsyncExitStack() as stack,
    ):
        town = Town(
            there,
            maker,
            cluster=cluster,
            database_url=database_url,
            settings={"CLAPPER_EVOLINK__MAX_ACTIVE_TASKS": str(SLOTS), **more},
        )
        stack.push_async_callback(town.engine.dispose)
        for number in range(processes):
            network = await stack.enter_async_context(Network(cluster.port).opened())
            town.clappers.append(_clapper(town, number, network, folder, zygote_path))
        try:
            for clapper in town.clappers:
                await town.start(clapper)
            await town.ready()
            yield town
        finally:
            for clapper in town.running:
                clapper.thaw()
                await clapper.bot.kill()
        assert there.violations == []
        assert not re.search(r"Traceback \(most recent", town.logs())


def _clapper(
    town: Town, number: int, network: Network, folder: Path, zygote_path: Path
) -> Clapper:
    home = folder / f"clapper-{number}"
    home.mkdir()
    given = settings(town.discord, town.evolink, home)
    url = town.database_url.replace(f":{town.cluster.port}/", f":{network.port}/")
    given["CLAPPER_STORAGE__URL"] = url
    listen = given["CLAPPER_HTTP__LISTEN"] = f"127.0.0.1:{free_port()}"
    bot = ForkedBot(zygote_path, given, home / "clapper.log")
    spool = Path(given["CLAPPER_STORAGE__SPOOL_DIR"])
    return Clapper(number, bot, network, spool, listen)


async def _new_database(cluster: Cluster) -> str:
    name = f"together_{secrets.token_hex(4)}"
    engine = create_async_engine(
        Address.parse(cluster.url).url, poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()
    return f"{cluster.url.rpartition('/')[0]}/{name}"
