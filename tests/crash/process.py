"""A process that can die: real workers and a real store in a fake world."""

import asyncio
from pathlib import Path

from bot.delivery.spool import Spool
from bot.ids import TaskId
from bot.jobs.jobs import Job
from bot.jobs.tasks import TaskReport
from bot.jobs.video import PROFILES
from bot.operations.account import AccountGate
from bot.operations.ports import Pause
from bot.pipeline.callback_addresses import PATH, CallbackAddresses
from bot.pipeline.callback_tasks import CallbackTasks
from bot.pipeline.callback_trust import CallbackTrust
from bot.pipeline.callbacks import CallbackDesk
from bot.pipeline.deliverer import Deliverer
from bot.pipeline.dispatcher import Dispatcher
from bot.pipeline.idempotency import Idempotency
from bot.pipeline.notifier import Notifier
from bot.pipeline.pace import Pace
from bot.pipeline.poller import Poller
from bot.pipeline.status_board import StatusBoard
from bot.pipeline.submitter import SubmitPolicy, Submitter
from bot.pipeline.task_results import PollPolicy, Readings
from bot.workers.limits import new_limits
from bot.workers.worker import Worker
from storage.database.engine import Database
from storage.leases import clear_leases
from storage.operations.installation import SqlInstallation
from storage.operations.pauses import SqlPauses
from tests.channels import ScriptedGate
from tests.clock import FakeClock
from tests.crash.shadow import (
    ShadowEvolink,
    ShadowFetcher,
    ShadowMessenger,
    SilentOperator,
)
from tests.factories import MODEL
from tests.stores import job_store, used_in

SLOTS = 3
MIN_INTERVAL_S = 2.0
GIVE_UP_S = 3600.0


class World:
    """What outlives every process: the database, the disk, the outside."""

    def __init__(self, folder: Path, *, honours_keys: bool, callbacks: bool) -> None:
        self.clock = FakeClock()
        self.evolink = ShadowEvolink(self.clock, honours_keys=honours_keys)
        self.messenger = ShadowMessenger(self.clock)
        self.fetcher = ShadowFetcher()
        self.operator = SilentOperator()
        self.spool = Spool(folder)
        self.addresses = (
            CallbackAddresses(public_url="https://c.example", secret=b"key")
            if callbacks
            else None
        )


class LivingProcess:
    """The workers of one life, looked after by hand."""

    def __init__(
        self,
        world: World,
        database: Database,
        replays: Idempotency,
        pause: Pause | None,
    ) -> None:
        store, clock = job_store(database), world.clock
        self.store = store
        self.used = used_in(database)
        self.trust = CallbackTrust()
        pace = Pace(MIN_INTERVAL_S, self.trust)
        account = AccountGate(
            world.evolink,
            world.operator,
            clock,
            SqlPauses(database),
            reserve=0,
            model=MODEL,
            pause=pause,
        )
        policy = SubmitPolicy(
            replay=True,
            give_up_after_s=GIVE_UP_S,
            min_poll_s=MIN_INTERVAL_S,
            profile=PROFILES[MODEL],
            callbacks=world.addresses,
            pace=pace,
        )
        submitter = Submitter(
            store,
            world.evolink,
            account,
            world.operator,
            clock,
            policy,
            replays=replays,
        )
        readings = Readings(
            store,
            clock,
            PollPolicy(min_interval_s=MIN_INTERVAL_S, give_up_after_s=GIVE_UP_S),
            pace=pace,
            ended=self._ended,
        )
        self.desk = CallbackDesk(
            store, self.trust, clock, min_interval_s=MIN_INTERVAL_S
        )
        limits = new_limits(clock)
        self.workers: list[Worker] = [
            Dispatcher(
                store,
                submitter,
                account,
                clock,
                creates=limits.creates,
                max_active_tasks=SLOTS,
                give_up_after_s=GIVE_UP_S,
            ),
            Poller(
                store,
                world.evolink,
                readings,
                clock,
                reads=limits.reads,
                seen=lambda _reads: None,
                account=account,
                callback_tasks=CallbackTasks(store, replays, clock),
            ),
            Deliverer(
                store,
                world.evolink,
                world.fetcher,
                world.messenger,
                world.spool.path,
                ScriptedGate(),
                clock,
                results=limits.results,
                messages=limits.messages,
                operator=world.operator,
            ),
            Notifier(store, world.messenger, clock, messages=limits.messages),
            StatusBoard(
                store,
                world.messenger,
                clock,
                edits=limits.edits,
                slots=SLOTS,
                queue_moves=lambda: True,
            ),
        ]

    @classmethod
    async def begin(cls, world: World, database: Database) -> "LivingProcess":
        """Begin a life, with what the installation has learned."""
        installation = SqlInstallation(database)
        replays = Idempotency(
            world.operator,
            world.clock,
            allowed=True,
            installation=installation,
            facts=await installation.facts(),
        )
        await clear_leases(database)
        pause = await SqlPauses(database).load()
        return cls(world, database, replays, pause)

    def _ended(self, job: Job, _report: TaskReport) -> None:
        self.trust.ended(job.id)

    async def work(self) -> None:
        """Let every worker look once and finish what it began."""
        for worker in self.workers:
            await worker.look()
            await worker.drain()

    async def die(self, after_steps: int) -> None:
        """Begin to work, and die after so many turns of the event loop."""
        looks = asyncio.gather(*(worker.look() for worker in self.workers))
        for _ in range(after_steps):
            await asyncio.sleep(0)
        looks.cancel()
        await asyncio.gather(looks, return_exceptions=True)
        for worker in self.workers:
            await worker.abandon()

    async def hear(self, callback_url: str, task_id: str | None) -> bool:
        """Take a callback as the web endpoint does."""
        token = callback_url.rpartition(PATH)[2]
        return await self.desk.heard(token, TaskId(task_id) if task_id else None)
