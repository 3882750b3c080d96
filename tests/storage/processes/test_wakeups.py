"""What one process writes wakes the others, whatever becomes of their sessions."""

from datetime import timedelta

from bot.jobs.due import Due
from bot.jobs.jobs import JobChanges
from bot.pipeline.callback_addresses import CallbackAddresses
from bot.pipeline.callback_trust import CallbackTrust
from bot.pipeline.callbacks import CallbackDesk
from bot.pipeline.wakeups import Wakeups
from bot.workers.worker import Worker
from storage.database.engine import Database
from storage.jobs.store import SqlJobStore
from tests.clock import FakeClock
from tests.factories import make_job
from tests.storage.processes.conftest import Member, member, until
from tests.storage.processes.test_membership import end_sessions
from tests.stores import job_store

ADDRESSES = CallbackAddresses(public_url="https://clapper.example", secret=b"secret")


class Woken(Worker):
    """Writes down for when it is woken."""

    name = "woken"

    def __init__(self) -> None:
        super().__init__()
        self.waits_s: list[float | None] = []
        """Seconds of each appointment; None = at once."""

    async def run_once(self) -> float:
        raise NotImplementedError

    def wake(self) -> None:
        self.waits_s.append(None)

    def wake_in(self, wait_s: float) -> None:
        self.waits_s.append(wait_s)


class Side:
    """A process with one worker, which hears of its own changes and of others'."""

    def __init__(self, process: Member, clock: FakeClock, kind: Due) -> None:
        self._process = process
        self.wakeups = Wakeups(clock)
        self.worker = Woken()
        self.wakeups.connect(kind, self.worker)
        self.jobs: SqlJobStore = job_store(process.database, listener=self.wakeups)

    async def listen(self) -> "Side":
        process = self._process
        await self.wakeups.listen(process.processes.listen, process.session_name)
        return self


async def test_each_process_is_woken_once_for_what_one_of_them_writes(
    migrated: str, clock: FakeClock
) -> None:
    async with member(migrated) as first, member(migrated) as second:
        ours = await Side(first, clock, Due.DELIVERY).listen()
        theirs = await Side(second, clock, Due.DELIVERY).listen()
        job, another = make_job(), make_job()
        for one in (job, another):
            await ours.jobs.receive(one)

        soon = JobChanges(delivery_due_at=clock.now() + timedelta(seconds=3))
        await ours.jobs.note({job.id: soon})
        await until(lambda: bool(theirs.worker.waits_s))
        # It follows in the same channel: what came before it has been heard.
        later = JobChanges(delivery_due_at=clock.now() + timedelta(seconds=4))
        await theirs.jobs.note({another.id: later})
        await until(lambda: len(ours.worker.waits_s) > 1)

        assert ours.worker.waits_s == theirs.worker.waits_s == [3.0, 4.0]


async def test_after_a_lost_session_everything_is_woken_once_and_heard_again(
    migrated: str, database: Database, clock: FakeClock
) -> None:
    async with member(migrated) as process:
        theirs = await Side(process, clock, Due.DELIVERY).listen()
        jobs, job = job_store(database), make_job()
        await jobs.receive(job)

        await end_sessions(database, process)
        await until(lambda: bool(theirs.worker.waits_s))
        await jobs.note({job.id: JobChanges(delivery_due_at=clock.now())})
        await until(lambda: len(theirs.worker.waits_s) > 1)

        assert theirs.worker.waits_s == [None, 0.0]


async def test_a_callback_that_reaches_any_process_wakes_the_one_that_polls(
    migrated: str, database: Database, clock: FakeClock
) -> None:
    async with member(migrated) as process:
        poller, trust = Side(process, clock, Due.POLL), CallbackTrust()
        poller.wakeups.when_called_back(trust.arrived)
        await poller.listen()
        jobs, job = job_store(database), make_job()
        await jobs.receive(job)
        asked_later = clock.now() + timedelta(seconds=60)
        await jobs.note(
            {
                job.id: JobChanges(
                    callback_hash=ADDRESSES.kept(job.id), poll_due_at=asked_later
                )
            }
        )
        await until(lambda: bool(poller.worker.waits_s))
        desk = CallbackDesk(jobs, CallbackTrust(), clock, min_interval_s=2)

        assert await desk.heard(ADDRESSES.token(job.id), None)
        await until(lambda: len(poller.worker.waits_s) > 1)

        assert poller.worker.waits_s == [60.0, 0.0]
        await until(lambda: trust.works)
