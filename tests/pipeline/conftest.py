"""The outside world for the workers, and the invariants that hold after every test."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from bot.delivery.spool import Spool
from bot.jobs.durations import RecentDurations
from bot.jobs.store import JobStore
from bot.operations.account import AccountGate
from bot.pictures.uploads import Uploads
from bot.pipeline.callback_tasks import CallbackTasks
from bot.pipeline.deliverer import Deliverer
from bot.pipeline.dispatcher import Dispatcher
from bot.pipeline.idempotency import Idempotency
from bot.pipeline.poller import Poller
from bot.pipeline.status_board import StatusBoard
from bot.pipeline.submitter import Submitter
from bot.pipeline.task_recorder import PollPolicy, TaskRecorder
from bot.workers.limits import Limits
from tests.callbacks import alone, ignored
from tests.channels import ScriptedGate
from tests.clock import FakeClock
from tests.factories import MODEL
from tests.offers import make_offer
from tests.pipeline.boards import moving
from tests.pipeline.limits import warm
from tests.pipeline.outside import (
    RecordingOperator,
    ScriptedEvolink,
    ScriptedFetcher,
    ScriptedMessenger,
    ScriptedShrinker,
)
from tests.pipeline.parts import (
    host_watch,
    make_idempotency,
    make_schedule,
    make_submit_policy,
)
from tests.pipeline.polling import FailingRecorder

MakeDispatcher = Callable[..., Dispatcher]


@pytest.fixture
def callback_tasks(
    store: JobStore, operator: RecordingOperator, clock: FakeClock
) -> CallbackTasks:
    """What settles the tasks that callbacks named, and keeps what it learns nowhere."""
    return CallbackTasks(store, make_idempotency(operator, clock, allowed=True), clock)


@pytest.fixture
def make_dispatcher(  # noqa: PLR0913, PLR0917 - one for each part it joins
    store: JobStore,
    evolink: ScriptedEvolink,
    account: AccountGate,
    operator: RecordingOperator,
    clock: FakeClock,
    limits: Limits,
    uploads: Uploads,
) -> MakeDispatcher:
    """Return what makes a dispatcher, as a process does that starts anew."""

    def make(
        *,
        max_active_tasks: int = 20,
        replay: bool = True,
        give_up_after_s: float = 3600.0,
        models: Sequence[str] = (MODEL,),
        picture_id: str = "",
        idempotency: Idempotency | None = None,
    ) -> Dispatcher:
        policy = make_submit_policy(
            give_up_after_s=give_up_after_s,
            offer=make_offer(*models, picture_id=picture_id),
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
                idempotency=idempotency
                or make_idempotency(operator, clock, allowed=replay),
                uploads=uploads,
            ),
            account,
            clock,
            creates=limits.creates,
            uploads=limits.uploads,
            recall=partial(asyncio.sleep, 0),
            max_active_tasks=max_active_tasks,
            give_up_after_s=give_up_after_s,
        )

    return make


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    spool = Spool(tmp_path / "spool")
    spool.prepare()
    return spool


@pytest.fixture
def gate() -> ScriptedGate:
    return ScriptedGate()


@pytest.fixture
def shrinker() -> ScriptedShrinker:
    return ScriptedShrinker()


@pytest.fixture
def deliverer(  # noqa: PLR0913, PLR0917 - one for each part it joins
    store: JobStore,
    evolink: ScriptedEvolink,
    fetcher: ScriptedFetcher,
    messenger: ScriptedMessenger,
    spool: Spool,
    gate: ScriptedGate,
    clock: FakeClock,
    limits: Limits,
) -> Deliverer:
    return Deliverer(
        store,
        evolink,
        fetcher,
        messenger,
        spool,
        gate,
        clock,
        host_watch(fetcher, limits),
        results=limits.results,
        reads=limits.reads,
        messages=limits.messages,
        operator=RecordingOperator(),
        shrinker=None,
    )


@pytest.fixture
def board(
    store: JobStore, messenger: ScriptedMessenger, clock: FakeClock, limits: Limits
) -> StatusBoard:
    warm(limits.edits)
    return StatusBoard(
        store,
        messenger,
        clock,
        edits=limits.edits,
        living=alone,
        slots=2,
        queue_moves=moving,
    )


@pytest.fixture
def seen() -> list[datetime | None]:
    """What health hears: since when EvoLink fails, after each request."""
    return []


@pytest.fixture
def recorder(store: JobStore, clock: FakeClock) -> FailingRecorder:
    policy = PollPolicy(min_interval_s=2.0, give_up_after_s=3600.0)
    return FailingRecorder(
        store,
        clock,
        policy,
        schedule=make_schedule(),
        durations=RecentDurations(()),
        ended=ignored,
    )


@pytest.fixture
def poller(  # noqa: PLR0913, PLR0917 - one for each part it joins
    store: JobStore,
    evolink: ScriptedEvolink,
    account: AccountGate,
    clock: FakeClock,
    seen: list[datetime | None],
    limits: Limits,
    recorder: TaskRecorder,
    callback_tasks: CallbackTasks,
) -> Poller:
    return Poller(
        store,
        evolink,
        recorder,
        clock,
        reads=limits.reads,
        seen=lambda reads: seen.append(reads.failing_since),
        account=account,
        callback_tasks=callback_tasks,
    )


@pytest.fixture(autouse=True)
def _nothing_is_stuck(nothing_is_stuck: None) -> None:
    """After every test here: a job that somebody waits for is looked at again."""
