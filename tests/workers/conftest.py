"""The outside world for the workers, and the invariants that hold after every test."""

from collections.abc import AsyncIterator, Callable

import pytest

from bot.domain.states import JobState
from bot.domain.video import PROFILES
from bot.ports import Due, JobStore
from bot.usecases.account import AccountGate
from bot.workers.callback_tasks import CallbackTasks
from bot.workers.dispatcher import Dispatcher
from bot.workers.limits import Limits, new_limits
from bot.workers.replays import Replays
from bot.workers.submitter import SubmitPolicy, Submitter
from tests.clock import FakeClock
from tests.factories import MODEL
from tests.workers.outside import (
    RecordingOperator,
    RememberedPauses,
    ScriptedEvolink,
    ScriptedFetcher,
    ScriptedMessenger,
)
from tests.workers.stages import Stages

MakeDispatcher = Callable[..., Dispatcher]
AWAITED: dict[JobState, Due] = {
    JobState.SUBMITTING: Due.SUBMIT,
    JobState.GENERATING: Due.POLL,
    JobState.DELIVERING: Due.DELIVERY,
}
"""What brings a job out of a state that it must not stay in."""


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
def operator() -> RecordingOperator:
    return RecordingOperator()


@pytest.fixture
def pauses() -> RememberedPauses:
    return RememberedPauses()


@pytest.fixture
def account(
    evolink: ScriptedEvolink,
    operator: RecordingOperator,
    clock: FakeClock,
    pauses: RememberedPauses,
) -> AccountGate:
    return AccountGate(
        evolink,
        operator,
        clock,
        pauses,
        reserve=0,
        model=MODEL,
        pause=None,
    )


@pytest.fixture
def stages(store: JobStore, clock: FakeClock) -> Stages:
    return Stages(store, clock)


@pytest.fixture
def limits(clock: FakeClock) -> Limits:
    """What a process that has just started knows of the services."""
    return new_limits(clock)


@pytest.fixture
def callback_tasks(
    store: JobStore, operator: RecordingOperator, clock: FakeClock
) -> CallbackTasks:
    """What settles the tasks that callbacks named, and keeps what it learns nowhere."""
    return CallbackTasks(store, Replays(operator, clock, allowed=True), clock)


@pytest.fixture
def make_dispatcher(
    store: JobStore,
    evolink: ScriptedEvolink,
    account: AccountGate,
    operator: RecordingOperator,
    clock: FakeClock,
    limits: Limits,
) -> MakeDispatcher:
    """Return what makes a dispatcher, as a process does that starts anew."""

    def make(
        *,
        max_active_tasks: int = 20,
        replay: bool = True,
        give_up_after_s: float = 3600.0,
        model: str = MODEL,
        replays: Replays | None = None,
    ) -> Dispatcher:
        policy = SubmitPolicy(
            replay=replay,
            give_up_after_s=give_up_after_s,
            min_poll_s=2.0,
            profile=PROFILES[model],
        )
        return Dispatcher(
            store,
            Submitter(
                store,
                evolink,
                account,
                operator,
                clock,
                policy,
                replays=replays or Replays(operator, clock, allowed=replay),
            ),
            account,
            clock,
            creates=limits.creates,
            max_active_tasks=max_active_tasks,
            give_up_after_s=give_up_after_s,
        )

    return make


@pytest.fixture(autouse=True)
async def nothing_is_stuck(store: JobStore) -> AsyncIterator[None]:
    """After every test: a job that somebody waits for will be looked at again."""
    yield
    for state, due in AWAITED.items():
        for job in await store.in_state(state, 100):
            assert getattr(job, due.value) is not None, f"stuck in {state}: {job}"
