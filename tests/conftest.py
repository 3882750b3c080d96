"""What tests of any part build upon: a real database, and a clock that they move."""

import asyncio
import gc
import os
import shutil
import signal
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from bot.jobs.due import Due
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from bot.pictures.uploads import Uploads
from bot.pipeline import task_requests
from bot.requests.admission import AdmissionStore
from bot.workers import side_by_side
from bot.workers.limits import Limits, new_limits
from storage.database import schema
from storage.database.engine import Database
from storage.pictures.store import SqlPictures
from tests.callbacks import alone, holding
from tests.clock import FakeClock
from tests.compiled_statements import share_compiled_statements
from tests.factories import AT_ONCE, MODEL
from tests.lives.beginning import until_it_listens, zygote
from tests.pictures.files import ScriptedFiles
from tests.pipeline.outside import (
    RecordingOperator,
    RememberedPauses,
    ScriptedEvolink,
    ScriptedFetcher,
    ScriptedMessenger,
)
from tests.pipeline.stages import Stages
from tests.plain_logs import log_plainly
from tests.selection import USUAL, first_cases
from tests.stores import Used, admission_store, job_store, used_in

AWAITED: dict[JobState, Due] = {
    JobState.SUBMITTING: Due.SUBMIT,
    JobState.GENERATING: Due.POLL,
    JobState.DELIVERING: Due.DELIVERY,
}
"""What brings a job out of a state that it must not stay in."""

TESTS = Path(__file__).parent
DRIVE_PROCESSES = frozenset(
    {"brownout", "crash", "e2e", "monitoring", "outages", "page", "together"}
)
"""The folders whose tests mostly wait for the real program."""

SLOW_HELPERS = frozenset({"browser", "cluster", "postgresql_url"})
"""Fixtures that begin a browser or a database server: what needs one is thorough."""


MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
LEAST_MEMORY = 4 * 1024**3


def pytest_configure() -> None:
    """Make the tests cheaper, and let SIGINT end what they begin.

    Tracebacks are plain, files are in memory, and statements are compiled once. What is
    collected stays until the end, so collections of garbage find none in it. Examples
    that Hypothesis makes may take as long as a busy machine takes.
    """
    settings.register_profile(
        "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("unhurried")
    log_plainly()
    share_compiled_statements()
    _keep_files_in_memory()
    _restore_sigint()
    gc.disable()


def _keep_files_in_memory() -> None:
    """Use memory for temporary files where there is room: a disk syncs each commit."""
    if not MEMORY.is_dir() or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return
    if shutil.disk_usage(MEMORY).free >= LEAST_MEMORY:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def _restore_sigint() -> None:
    """Let SIGINT interrupt what tests begin, also where they run in the background.

    A shell makes its background jobs ignore it, and their children inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


RARELY = 20_000, 20, 50
"""When the garbage collector looks: see `gc.set_threshold`."""
CASES = 1
"""How many cases of a test with parameters `make test` runs: the first ones."""
cases_seen: Counter[str] = Counter()

MIX = 16
"""Of neighbours, each begins in another part of the run."""
LENGTHY_WEIGHT = 5
"""By how much what is marked `lengthy` takes longer than another test that waits."""

ZYGOTE = pytest.StashKey[Path]()
ZYGOTE_INPUT = "zygote"
"""What workers are told of it as."""


def pytest_pycollect_makeitem(collector: pytest.Collector, obj: object) -> None:
    """Make no items of cases that are not run."""
    if collector.config.option.markexpr == USUAL:
        first_cases(obj)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Leave what needs slow helpers, and further cases of a test, to `make check`."""
    if not SLOW_HELPERS.isdisjoint(getattr(item, "fixturenames", ())):
        item.add_marker(pytest.mark.thorough)
    if item.get_closest_marker("thorough") is None:
        test, _, _ = item.nodeid.partition("[")
        cases_seen[test] += 1
        if cases_seen[test] > CASES:
            item.add_marker(pytest.mark.thorough)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the tests that wait among those that reckon, the lengthy ones first.

    Each worker takes the next one when it is free. So some always wait while others
    keep the processors busy, and nothing lengthy is begun when all else is done.
    """
    waiting: list[pytest.Item] = []
    reckoning: list[pytest.Item] = []
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        (waiting if folder in DRIVE_PROCESSES else reckoning).append(item)
    waiting.sort(key=_weight, reverse=True)
    # Neighbours are alike: what waits a little is not to be all at the beginning.
    reckoning = [one for first in range(MIX) for one in reckoning[first::MIX]]
    # A little too few: the last of them are not to be begun at the very end.
    share = len(reckoning) * 7 / (sum(map(_weight, waiting)) * 8 + 1)
    items[:] = []
    taken = 0.0
    for item in waiting:
        items.append(item)
        begin, taken = taken, taken + share * _weight(item)
        items.extend(reckoning[int(begin) : int(taken)])
    items.extend(reckoning[int(taken) :])


def _weight(item: pytest.Item) -> int:
    """Return for how many shares of other tests one that waits is waited for."""
    return LENGTHY_WEIGHT if item.get_closest_marker("lengthy") else 1


def pytest_collection_finish() -> None:
    """Spare garbage collections a look at all that is collected: it stays anyway.

    They also come more rarely: they were an eighth of what the tests cost.
    """
    gc.freeze()
    gc.set_threshold(*RARELY)
    gc.enable()


@pytest.fixture(autouse=True)
def _answers_take_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one look end what it begins side by side, however busy the machine is.

    Clocks of tests stand still, but this time is the event loop's.
    """
    monkeypatch.setattr(side_by_side, "OVERDUE_S", 60.0)
    monkeypatch.setattr(task_requests, "NEXT_WITHIN_S", 10.0)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Name a database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'data' / 'clapper.db'}"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate once: a copy takes a hundredth of the time."""
    file = tmp_path_factory.mktemp("migrated") / "clapper.db"
    asyncio.run(schema.upgrade(f"sqlite:///{file}"))
    return file


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Let all workers begin their lives of the program at one place."""
    stash = node.config.stash
    if ZYGOTE not in stash:
        stack = ExitStack()
        node.config.add_cleanup(stack.close)
        root = os.environ.get("PYTEST_DEBUG_TEMPROOT")
        folder = TemporaryDirectory(prefix="zygote-", dir=root)
        stash[ZYGOTE] = stack.enter_context(zygote(Path(stack.enter_context(folder))))
    node.workerinput[ZYGOTE_INPUT] = str(stash[ZYGOTE])


@pytest.fixture(scope="session")
def zygote_path(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Name where lives of the program are begun."""
    with ExitStack() as stack:
        given = getattr(pytestconfig, "workerinput", {}).get(ZYGOTE_INPUT)
        if given is None:
            path = stack.enter_context(zygote(tmp_path_factory.mktemp("zygote")))
        else:
            path = Path(given)
        until_it_listens(path)
        yield path


@pytest.fixture
async def database(
    tmp_path: Path, database_url: str, migrated_file: Path
) -> AsyncGenerator[Database]:
    """Open a fresh database with all its tables."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copy(migrated_file, folder / "clapper.db")
    async with Database.open(
        database_url, commit_delay_s=AT_ONCE, may_write=None
    ) as opened:
        yield opened


@pytest.fixture
def store(database: Database) -> JobStore:
    return job_store(database)


@pytest.fixture
def decisions(database: Database) -> AdmissionStore:
    return admission_store(database)


@pytest.fixture
def used(database: Database) -> Used:
    return used_in(database)


@pytest.fixture
def evolink() -> ScriptedEvolink:
    return ScriptedEvolink()


@pytest.fixture
def messenger(clock: FakeClock) -> ScriptedMessenger:
    return ScriptedMessenger(clock)


@pytest.fixture
def fetcher() -> ScriptedFetcher:
    return ScriptedFetcher()


@pytest.fixture
def files(clock: FakeClock) -> ScriptedFiles:
    return ScriptedFiles(clock)


@pytest.fixture
def pictures(database: Database) -> SqlPictures:
    return SqlPictures(database)


@pytest.fixture
def uploads(pictures: SqlPictures, files: ScriptedFiles, clock: FakeClock) -> Uploads:
    return Uploads(pictures, files, clock)


@pytest.fixture
def operator() -> RecordingOperator:
    return RecordingOperator()


@pytest.fixture
def pauses() -> RememberedPauses:
    return RememberedPauses()


@pytest.fixture
def reserve() -> float:
    """Return how many credits the account keeps back; a module may have its own."""
    return 0


@pytest.fixture
def account(
    evolink: ScriptedEvolink,
    operator: RecordingOperator,
    clock: FakeClock,
    pauses: RememberedPauses,
    reserve: float,
) -> AccountGate:
    return AccountGate(
        evolink,
        operator,
        clock,
        pauses,
        reserve=reserve,
        model=MODEL,
        pause=None,
        has_seat=holding,
    )


@pytest.fixture
def stages(store: JobStore, clock: FakeClock, used: Used) -> Stages:
    return Stages(store, clock, used)


@pytest.fixture
def limits(clock: FakeClock) -> Limits:
    """What a process that has just started knows of the services."""
    return new_limits(clock, wall=clock, living=alone)


@pytest.fixture
async def nothing_is_stuck(store: JobStore) -> AsyncIterator[None]:
    """After every test: a job that somebody waits for will be looked at again."""
    yield
    for state, due in AWAITED.items():
        for job in await store.in_state(state, 100):
            assert getattr(job, due.value) is not None, f"stuck in {state}: {job}"
