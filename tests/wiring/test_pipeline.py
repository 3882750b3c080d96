"""What the pipeline's parts tell each other, once the wiring has joined them."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.delivery.spool import Spool
from bot.errors import EvolinkUnavailable
from bot.ids import TaskId
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.operations.metrics import Scraped
from bot.pipeline.callback_trust import MOST_MISSED
from bot.wiring.pipeline import Outside, callback_addresses
from storage.database.engine import Database
from storage.processes.only import OnlyProcess
from tests.clock import FakeClock
from tests.pictures.files import ScriptedFiles
from tests.pipeline.outside import (
    RecordingOperator,
    ScriptedEvolink,
    ScriptedFetcher,
    ScriptedMessenger,
    completed,
    running,
)
from tests.pipeline.stages import Stages
from tests.processes import Process, begin, make_config

CONFIG = make_config(public_url="https://clapper.example", max_active_tasks=1)
WELL_S = 40.0
"""A task of two minutes is asked about more often than this where no callbacks come."""

Work = Callable[[], Awaitable[None]]

NOTHING = Scraped(
    healthy={}, jobs=None, waited_s=None, free={}, balance=None, intake_paused=False
)


@pytest.fixture
async def process(  # noqa: PLR0913, PLR0917 - what it is joined of
    database: Database,
    clock: FakeClock,
    evolink: ScriptedEvolink,
    files: ScriptedFiles,
    fetcher: ScriptedFetcher,
    messenger: ScriptedMessenger,
    operator: RecordingOperator,
    tmp_path: Path,
) -> Process:
    spool = Spool(tmp_path / "spool")
    spool.prepare()
    outside = Outside(
        evolink=evolink,
        files=files,
        fetcher=fetcher,
        messenger=messenger,
        spool=spool,
        shrinker=None,
    )
    return await begin(CONFIG, clock, database, outside=outside, operator=operator)


@pytest.fixture
def work(process: Process) -> Work:
    async def once() -> None:
        for worker in process.workers:
            await worker.run_once()
            await worker.drain()

    return once


async def ends(job: Job, stages: Stages, evolink: ScriptedEvolink, work: Work) -> Job:
    """Let the task of a job end, and the process see it."""
    now = await stages.now(job)
    assert now.task_id is not None
    evolink.reports[now.task_id] = completed(now.task_id)
    await stages.store.note({job.id: {"poll_due_at": now.state_since}})
    await work()
    return await stages.now(job)


async def test_a_clip_is_counted_on_its_way(
    process: Process, stages: Stages, evolink: ScriptedEvolink, work: Work
) -> None:
    job = await stages.queued()
    await work()
    job = await ends(job, stages, evolink, work)
    await work()

    assert (await stages.now(job)).state is JobState.DELIVERED
    shown = process.core.metrics.page(NOTHING, OnlyProcess()).decode()
    assert "clapper_queue_wait_seconds_count 1.0" in shown
    assert "clapper_detection_delay_seconds_count 1.0" in shown
    assert "clapper_last_delivery_timestamp_seconds 0.0" not in shown
    assert (await process.core.health.check()).polling.age_s == 0.0


async def test_a_slot_that_is_left_goes_to_the_next(
    process: Process, stages: Stages, evolink: ScriptedEvolink, work: Work
) -> None:
    first = await stages.queued()
    await work()
    await stages.queued()
    await work()
    assert len(evolink.submits) == 1
    woken: list[str] = []
    for worker in process.workers:
        worker.wake = lambda name=worker.name: woken.append(name)  # type: ignore[method-assign,misc]

    await ends(first, stages, evolink, work)

    assert "dispatcher" in woken


async def test_an_outage_of_evolink_is_known(
    process: Process,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    work: Work,
) -> None:
    for number in range(4):
        job = await stages.generating(f"task-{number}")
        evolink.reports[TaskId(f"task-{number}")] = running(f"task-{number}")
        assert job.poll_due_at is not None
    evolink.down = EvolinkUnavailable("503")
    for _ in range(30):
        await work()
        clock.advance(5)
    metrics, health = process.core.metrics, process.core.health
    began_at = metrics.outage_since

    assert began_at is not None
    assert (await health.check()).evolink_outage_s is not None

    evolink.down = None
    for _ in range(10):
        await work()
        clock.advance(5)
    lasts_since = metrics.outage_since

    assert lasts_since is None
    assert (await health.check()).evolink_outage_s is None


async def test_polls_that_end_after_the_seat_is_lost_begin_no_outage(
    process: Process,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody here would see its end: another process asks now."""
    for number in range(4):
        await stages.generating(f"task-{number}")
        evolink.reports[TaskId(f"task-{number}")] = running(f"task-{number}")
    evolink.down = EvolinkUnavailable("503")
    monkeypatch.setattr(process.core.processes, "holds", lambda _: False)
    for _ in range(30):
        await work()
        clock.advance(5)

    assert process.core.metrics.outage_since is None
    assert (await process.core.health.check()).evolink_outage_s is None


async def test_callbacks_are_waited_for_until_they_stay_away(
    process: Process, stages: Stages, evolink: ScriptedEvolink, work: Work
) -> None:
    """The one who hears them, the reader of ends and the pace share what they know."""

    async def first_wait_s() -> tuple[Job, float]:
        job = await stages.queued()
        await work()
        now = await stages.now(job)
        assert now.poll_due_at is not None
        return job, (now.poll_due_at - now.state_since).total_seconds()

    addresses = callback_addresses(CONFIG)
    assert addresses is not None
    assert process.callbacks is not None
    job, unheard_s = await first_wait_s()
    assert unheard_s < WELL_S
    assert await process.callbacks.heard(addresses.token(job.id), None)
    await ends(job, stages, evolink, work)

    for _ in range(MOST_MISSED):
        job, heard_s = await first_wait_s()
        assert heard_s > WELL_S
        await ends(job, stages, evolink, work)

    assert (await first_wait_s())[1] < WELL_S
