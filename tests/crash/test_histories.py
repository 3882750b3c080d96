"""Crash, retry, callback, cancel and late success in any order, a thousand times.

Hypothesis makes up the histories. `CRASH_HISTORIES` says how many; the soak asks for
ten thousand.
"""

import asyncio
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, delete, exists, or_, select, text
from structlog.testing import capture_logs

from bot.errors import TooLate
from bot.ids import GuildId, MessageId, UserId
from bot.jobs.due import Due
from bot.jobs.jobs import Job
from bot.jobs.states import OPEN_STATES, JobState
from bot.pipeline.ports import Posting
from bot.requests.cancelling import Cancelling
from storage.database import schema
from storage.database.engine import Database
from storage.tables.jobs import jobs as job_rows
from storage.tables.operations import facts, second_tasks
from storage.tables.quotas import ledger
from tests.clock import FakeClock
from tests.crash.process import LivingProcess, World
from tests.factories import AT_ONCE, make_job
from tests.servers.people import make_actor

MEMORY = Path("/dev/shm")  # noqa: S108 - where a sync of a file costs nothing
SOAKED = 10_000
HISTORIES = int(os.environ.get("CRASH_HISTORIES", "1000"))
PARTS = 20
STEPS = 8
"""In a history of the tests; those of the soak are twice as long."""
MOST_ROUNDS = 400
WAITS_S = (0.5, 3.0, 20.0, 61.0, 400.0, 4000.0)
TROUBLES = (
    *("none",) * 4,
    *("evolink lost",) * 2,
    "evolink unreached",
    "evolink busy",
    *("discord lost",) * 3,
    "discord down",
    "reads fail",
    *("reads work",) * 2,
    "channel crowded",
    "channel quiet",
    "download fails",
)
MOSTLY = (True, True, False)
ANYTHING_LEFT = select(
    exists().where(
        or_(
            job_rows.c.state.in_(OPEN_STATES),
            *(job_rows.c[kind.value].is_not(None) for kind in Due),
        )
    )
)
MEMBERS = (UserId(1), UserId(2))


class Ground:
    """What all histories have in common: a loop, a folder, and a database, emptied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runner = asyncio.Runner()
        url = f"sqlite:///{folder / 'clapper.db'}"
        self.runner.run(schema.upgrade(url))
        with closing(sqlite3.connect(folder / "clapper.db")) as opened:
            # Here alone the ledger may be emptied: each history begins with none.
            opened.execute("DROP TRIGGER ledger_is_never_shortened")
        self._opening = Database.open(url, commit_delay_s=AT_ONCE, may_write=None)
        self.database = self.runner.run(self._opening.__aenter__())

    def clear(self) -> None:
        """Forget all histories so far."""

        def work(connection: Connection) -> None:
            for table in (job_rows, ledger, facts):
                connection.execute(delete(table))
            connection.execute(delete(second_tasks))

        self.runner.run(self.database.write(work))

    def close(self) -> None:
        self.runner.run(self._opening.__aexit__(None, None, None))
        self.runner.close()


class JobLife(RuleBasedStateMachine):
    """A few jobs, one process at a time, and a world that fails as it is told."""

    ground: Ground

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[Job] = []
        self.cancelled: set[str] = set()
        """Jobs that count although they were cancelled."""

    @initialize(honours_keys=st.booleans(), callbacks=st.booleans())
    def open(self, *, honours_keys: bool, callbacks: bool) -> None:
        self.ground.clear()
        self.honours_keys = honours_keys
        self.world = World(
            self.ground.folder, honours_keys=honours_keys, callbacks=callbacks
        )
        self.process = self.run(LivingProcess.begin(self.world, self.ground.database))
        self.ask(MEMBERS[0])

    def run(self, work: Any) -> Any:
        return self.ground.runner.run(work)

    @property
    def clock(self) -> FakeClock:
        return self.world.clock

    # ---- what people do ------------------------------------------------------------

    @precondition(lambda self: len(self.jobs) < 3)
    @rule(member=st.sampled_from(MEMBERS))
    def ask(self, member: UserId) -> None:
        job = make_job(
            user_id=member,
            guild_id=GuildId(5),
            requested_at=self.clock.now(),
            prompt=f"job {len(self.jobs)}",
        )
        self.jobs.append(job)

        async def asked() -> None:
            store = self.process.store
            assert await store.receive(job)
            assert await store.move(
                job.id,
                JobState.RECEIVED,
                JobState.QUEUED,
                self.clock.now(),
                status_message_id=MessageId(100 + len(self.jobs)),
                interaction_token=None,
                status_due_at=self.clock.now(),
            )

        self.run(asked())

    @rule(which=st.integers(0, 2))
    def cancel(self, which: int) -> None:
        job = self.jobs[which % len(self.jobs)]
        actor = make_actor(user_id=job.user_id, guild_id=job.guild_id)
        cancelling = Cancelling(self.process.store, self.clock)
        try:
            done = self.run(cancelling.cancel(job.id, actor, confirmed=True))
        except TooLate:
            return
        if not done.free:
            self.cancelled.add(job.id)

    # ---- what EvoLink and Discord do -----------------------------------------------

    def brew(self, trouble: str) -> None:
        """Let something go wrong at the next opportunity."""
        match trouble.split():
            case ["evolink", mood]:
                self.world.evolink.mood = mood
            case ["discord", mood]:
                self.world.messenger.mood = mood
            case ["reads", how]:
                self.world.evolink.down = how == "fail"
            case ["channel", how]:
                self.world.messenger.crowded = how == "crowded"
            case ["download", _]:
                self.world.fetcher.fails = True
            case _:
                """Nothing does."""

    @rule(
        which=st.integers(0, 5), succeeds=st.sampled_from(MOSTLY), tells=st.booleans()
    )
    def a_task_ends(self, which: int, *, succeeds: bool, tells: bool) -> None:
        # How far the process came before it died is not ours to say: so nothing that
        # is drawn may depend on it.
        running = self.world.evolink.running()
        if not running:
            return
        task = running[which % len(running)]
        task.ends_at, task.succeeds = self.clock.now(), succeeds
        if tells and task.callback_url is not None:
            assert self.run(self.process.hear(task.callback_url, task.id))

    @rule(which=st.integers(0, 2), named=st.sampled_from([None, "lie"]))
    def anybody_calls_back(self, which: int, named: str | None) -> None:
        """Only who knows the token is listened to, and then for what is true."""
        if self.world.addresses is None:
            return
        job = self.jobs[which % len(self.jobs)]
        self.run(self.process.hear(self.world.addresses.address(job.id), named))
        assert not self.run(self.process.hear("https://c.example/wrong", named))

    # ---- what becomes of us --------------------------------------------------------

    @rule(trouble=st.sampled_from(TROUBLES), wait_s=st.sampled_from(WAITS_S))
    def work(self, trouble: str, wait_s: float) -> None:
        self.brew(trouble)
        self.run(self.process.work())
        self.clock.advance(wait_s)

    @rule(
        trouble=st.sampled_from(TROUBLES),
        after_steps=st.integers(0, 60),
        wait_s=st.sampled_from(WAITS_S),
    )
    def crash(self, trouble: str, after_steps: int, wait_s: float) -> None:
        self.brew(trouble)
        self.run(self.process.die(after_steps))
        self.clock.advance(wait_s)
        self.process = self.run(LivingProcess.begin(self.world, self.ground.database))

    # ---- what always holds ---------------------------------------------------------

    @invariant()
    def nothing_is_posted_twice(self) -> None:
        for job in self.jobs:
            assert self.world.messenger.seen(job, Posting.CLIP) <= 1
            assert self.world.messenger.seen(job, Posting.NOTICE) <= 1

    @invariant()
    def nothing_is_paid_twice_where_the_key_is_honoured(self) -> None:
        if self.jobs and self.honours_keys:
            assert max(self.world.evolink.paid().values(), default=1) == 1

    def teardown(self) -> None:
        if hasattr(self, "process"):
            self._settle()
            self._check_the_end()

    def _settle(self) -> None:
        """Let the world be well, and go on until nothing is left to do."""
        world = self.world
        world.evolink.down, world.evolink.mood = False, "well"
        world.messenger.mood = "well"
        world.fetcher.fails = False
        for number in range(MOST_ROUNDS):
            for task in world.evolink.running():
                task.ends_at = self.clock.now()
            self.run(self.process.work())
            if number % 4 == 3 and self.run(self._is_over()):
                return
            self.clock.advance(WAITS_S[number % 5])
        raise AssertionError([self._now(job) for job in self.jobs])

    async def _is_over(self) -> bool:
        return not await self.ground.database.read(
            lambda connection: connection.scalar(ANYTHING_LEFT)
        )

    def _now(self, job: Job) -> Job:
        found = self.run(self.process.store.get(job.id))
        assert isinstance(found, Job)
        return found

    def _check_the_end(self) -> None:
        counted: Counter[UserId] = Counter()
        for job in map(self._now, self.jobs):
            clips = self.world.messenger.seen(job, Posting.CLIP)
            notices = self.world.messenger.seen(job, Posting.NOTICE)
            assert clips == (job.state is JobState.DELIVERED), job
            # Where nobody can tell whether a notice stands, the status says it.
            crowded = job.notice_message_id is None
            if job.state in {JobState.FAILED, JobState.UNCONFIRMED}:
                assert notices == 1 or crowded, job
            if job.state is JobState.UNCONFIRMED:
                assert ("unconfirmed", job.id) in self.world.operator.told
            counts = job.state is JobState.DELIVERED and not job.late
            counted[job.user_id] += counts or job.id in self.cancelled
        for member in MEMBERS:
            usage = self.run(
                self.process.used(GuildId(5), member, make_job().requested_at)
            )
            assert (usage.month, usage.at_once) == (counted[member], 0)
        self.run(self._check_ledger())

    async def _check_ledger(self) -> None:
        def rows(connection: Connection) -> list[Any]:
            found = connection.execute(
                text("SELECT job_id, kind, videos FROM ledger ORDER BY id")
            )
            return list(found)

        kinds: dict[str, list[str]] = {}
        for job_id, kind, _ in await self.ground.database.read(rows):
            kinds.setdefault(job_id, []).append(kind)
        for job in self.jobs:
            first, *rest = kinds[job.id]
            assert (first, len(rest)) == ("reserve", 1), kinds


def run_histories(count: int, folder: Path, steps: int = STEPS) -> None:
    ground = Ground(folder)

    class Life(JobLife):
        pass

    Life.ground = ground
    with capture_logs():
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=count,
                stateful_step_count=steps,
                database=None,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )
    ground.close()


@pytest.fixture
def fast_folder(tmp_path: Path) -> Iterator[Path]:
    """Lend a folder in memory, where there is one."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


@pytest.mark.lengthy
@pytest.mark.thorough
@pytest.mark.parametrize("part", range(PARTS))
def test_no_history_loses_or_doubles_anything(part: int, fast_folder: Path) -> None:
    """Cut into parts: several processors share them."""
    assert part < PARTS
    run_histories(HISTORIES // PARTS, fast_folder)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
def test_ten_thousand_histories_lose_and_double_nothing(
    part: int, fast_folder: Path
) -> None:
    assert part < PARTS
    run_histories(SOAKED // PARTS, fast_folder, steps=2 * STEPS)
