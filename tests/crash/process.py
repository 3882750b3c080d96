"""A process that can die: the program's own workers and store in a fake world."""

import asyncio
from pathlib import Path

from bot.delivery.spool import Spool
from bot.ids import TaskId
from bot.pipeline.callback_addresses import PATH
from bot.wiring.pipeline import Outside, callback_addresses
from storage.database.engine import Database
from storage.jobs.store import SqlJobStore
from storage.leases import clear_leases
from tests.clock import FakeClock
from tests.crash.shadow import (
    ShadowEvolink,
    ShadowFetcher,
    ShadowMessenger,
    SilentOperator,
)
from tests.pictures.files import ScriptedFiles
from tests.processes import Process, begin, make_config
from tests.stores import used_in

SLOTS = 3


class World:
    """What outlives every process: the database, the disk, the outside."""

    def __init__(self, folder: Path, *, honours_keys: bool, callbacks: bool) -> None:
        self.clock = FakeClock()
        self.evolink = ShadowEvolink(self.clock, honours_keys=honours_keys)
        self.messenger = ShadowMessenger(self.clock)
        self.fetcher = ShadowFetcher()
        self.files = ScriptedFiles(self.clock)
        self.operator = SilentOperator()
        self.config = make_config(
            public_url="https://c.example" if callbacks else None,
            max_active_tasks=SLOTS,
        )
        self.addresses = callback_addresses(self.config)
        self.outside = Outside(
            evolink=self.evolink,
            files=self.files,
            fetcher=self.fetcher,
            messenger=self.messenger,
            spool=Spool(folder),
            shrinker=None,
        )


class LivingProcess:
    """The workers of one life, looked after by hand."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.workers = process.workers
        self.store: SqlJobStore = process.core.jobs
        self.used = used_in(process.core.database)

    @classmethod
    async def begin(cls, world: World, database: Database) -> "LivingProcess":
        """Begin a life, with what the installation has learned."""
        await clear_leases(database)
        return cls(
            await begin(
                world.config,
                world.clock,
                database,
                outside=world.outside,
                operator=world.operator,
            )
        )

    async def work(self) -> None:
        """Let every worker look once and finish what it began."""
        for worker in self.workers:
            await worker.run_once()
            await worker.drain()

    async def die(self, after_steps: int) -> None:
        """Begin to work, and die after so many turns of the event loop."""
        looks = asyncio.gather(*(worker.run_once() for worker in self.workers))
        for _ in range(after_steps):
            await asyncio.sleep(0)
        looks.cancel()
        await asyncio.gather(looks, return_exceptions=True)
        for worker in self.workers:
            await worker.abandon()

    async def hear(self, callback_url: str, task_id: str | None) -> bool:
        """Take a callback as the web endpoint does."""
        token = callback_url.rpartition(PATH)[2]
        desk = self._process.callbacks
        assert desk is not None
        return await desk.heard(token, TaskId(task_id) if task_id else None)
