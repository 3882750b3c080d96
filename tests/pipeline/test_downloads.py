"""A clip is fetched while its link lives, and a dead link is replaced or told."""

import asyncio

import pytest

from bot.delivery.spool import Spool
from bot.errors import (
    EvolinkUnavailable,
    FetchCutShort,
    FetchError,
    FetchGone,
    FetchUnavailable,
    FetchUndecodable,
    FetchUnusable,
)
from bot.ids import ChannelId, TaskId
from bot.jobs.failures import Failure
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.pipeline.deliverer import Deliverer
from bot.pipeline.downloads import LINK_LIFE_S
from bot.workers.limits import Limits
from tests.channels import ScriptedGate
from tests.clock import FakeClock
from tests.pipeline.delivering import turn, turns
from tests.pipeline.outside import (
    RecordingOperator,
    ScriptedEvolink,
    ScriptedFetcher,
    ScriptedMessenger,
    completed,
    running,
)
from tests.pipeline.parts import host_watch
from tests.pipeline.stages import Stages


async def test_a_host_that_fails_is_asked_again(
    deliverer: Deliverer, stages: Stages, clock: FakeClock, fetcher: ScriptedFetcher
) -> None:
    job = await stages.delivering()
    fetcher.faults += [FetchUnavailable("503")] * 3

    await turn(deliverer)
    between = await stages.now(job)
    await turns(deliverer, clock, 3)

    assert between.delivery_due_at is not None
    assert between.delivery_attempts == 1
    assert (await stages.now(job)).state is JobState.DELIVERED


async def test_a_dead_link_is_replaced_by_a_fresh_one(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    evolink: ScriptedEvolink,
    fetcher: ScriptedFetcher,
) -> None:
    job = await stages.delivering()
    fetcher.faults.append(FetchGone("403"))
    evolink.reports[TaskId("task-1")] = completed("task-1", "https://files/fresh.mp4")

    await turn(deliverer)
    await turns(deliverer, clock, 1)

    assert fetcher.fetched == [job.result_url, "https://files/fresh.mp4"]
    assert (await stages.now(job)).state is JobState.DELIVERED


@pytest.mark.parametrize(
    "answer",
    [EvolinkUnavailable("503"), running("task-1"), completed("task-1", url=None)],
    ids=["down", "still running", "no link"],
)
async def test_where_no_fresh_link_is_to_be_had_the_old_one_is_kept(
    deliverer: Deliverer,
    stages: Stages,
    evolink: ScriptedEvolink,
    fetcher: ScriptedFetcher,
    answer: object,
) -> None:
    job = await stages.delivering()
    fetcher.faults.append(FetchGone("403"))
    evolink.reports[TaskId("task-1")] = answer  # type: ignore[assignment]

    await turn(deliverer)

    now = await stages.now(job)
    assert (now.state, now.result_url) == (JobState.DELIVERING, job.result_url)
    assert now.delivery_due_at is not None


async def test_a_fresh_link_is_not_asked_for_while_evolink_may_be_down(
    deliverer: Deliverer,
    stages: Stages,
    fetcher: ScriptedFetcher,
    evolink: ScriptedEvolink,
    limits: Limits,
) -> None:
    """The job goes on as it is, and the dead link does not count."""
    job = await stages.delivering()
    fetcher.faults.append(FetchGone("403"))
    reading = limits.reads.begin("another task")
    reading.failed("503")
    reading.end()

    await turn(deliverer)

    assert evolink.singles == []
    assert (await stages.now(job)).state is JobState.DELIVERING


@pytest.mark.parametrize("known", ["link", "task"])
async def test_a_row_that_lost_its_link_or_task_comes_to_an_end(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    fetcher: ScriptedFetcher,
    known: str,
) -> None:
    """No worker wrote such a row; an operator's hand may have."""
    if known == "task":
        job = await stages.delivering(result_url=None)
    else:
        job = await stages.delivering(task_id=None)
    fetcher.always = FetchGone("404")

    await turn(deliverer)
    assert (await stages.now(job)).state is JobState.DELIVERING
    clock.advance(LINK_LIFE_S + 1)
    await turn(deliverer)

    assert (await stages.now(job)).failure is Failure.NOT_FETCHED


@pytest.mark.parametrize(
    "fault", [FetchGone("404"), FetchUnavailable("503")], ids=["gone", "down"]
)
async def test_a_clip_that_cannot_be_fetched_for_a_day_is_given_up(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    fetcher: ScriptedFetcher,
    fault: FetchError,
) -> None:
    job = await stages.delivering()
    fetcher.always = fault

    await turn(deliverer)
    clock.advance(LINK_LIFE_S - 1)
    await turn(deliverer)
    assert (await stages.now(job)).state is JobState.DELIVERING
    await turns(deliverer, clock, 1)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, Failure.NOT_FETCHED)
    assert now.notice_due_at is not None
    assert await stages.used(job) == 0


@pytest.mark.parametrize(
    ("error", "most", "failure"),
    [
        (FetchGone("410"), 6, Failure.NOT_FETCHED),
        (FetchCutShort("half"), 20, Failure.NO_USABLE_CLIP),
    ],
    ids=["a dead link", "half a file"],
)
async def test_what_will_not_heal_is_given_up_after_some_tries(  # noqa: PLR0913, PLR0917 - the case and the parts
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    fetcher: ScriptedFetcher,
    error: FetchError,
    most: int,
    failure: Failure,
) -> None:
    """Long before the day is over, free, and told."""
    job = await stages.delivering()
    fetcher.always = error

    await turn(deliverer)
    await turns(deliverer, clock, most - 2)
    assert (await stages.now(job)).state is JobState.DELIVERING
    await turns(deliverer, clock, 1)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, failure)
    assert now.notice_due_at is not None
    assert await stages.used(job) == 0
    assert len(fetcher.fetched) == most


async def test_a_link_is_tried_for_half_a_minute_before_it_is_called_dead(
    deliverer: Deliverer, stages: Stages, clock: FakeClock, fetcher: ScriptedFetcher
) -> None:
    """However long its host was down before that."""
    job = await stages.delivering()
    fetcher.faults += [FetchUnavailable("503")] * 30
    await turns(deliverer, clock, 30)
    fetcher.always = FetchGone("403")
    await turns(deliverer, clock, 1)
    began = clock.now()

    while (await stages.now(job)).state is JobState.DELIVERING:
        clock.advance(1)
        await turn(deliverer)

    assert 20 <= (clock.now() - began).total_seconds() <= 40


async def test_a_link_that_died_while_its_host_was_down_is_replaced(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    evolink: ScriptedEvolink,
    fetcher: ScriptedFetcher,
) -> None:
    job = await stages.delivering()
    fetcher.faults += [FetchUnavailable("503")] * 30 + [FetchGone("403")]
    evolink.reports[TaskId("task-1")] = completed("task-1", "https://files/fresh.mp4")

    await turns(deliverer, clock, 32)

    assert fetcher.fetched[-1] == "https://files/fresh.mp4"
    assert (await stages.now(job)).state is JobState.DELIVERED


async def test_a_dead_link_is_not_given_up_while_nobody_can_be_asked_for_another(
    deliverer: Deliverer,
    stages: Stages,
    clock: FakeClock,
    evolink: ScriptedEvolink,
    fetcher: ScriptedFetcher,
) -> None:
    job = await stages.delivering()
    fetcher.faults += [FetchGone("403")] * 31
    evolink.reports[TaskId("task-1")] = EvolinkUnavailable("503")

    await turns(deliverer, clock, 30)
    assert (await stages.now(job)).state is JobState.DELIVERING
    evolink.reports[TaskId("task-1")] = completed("task-1", "https://files/fresh.mp4")
    await turns(deliverer, clock, 2)

    assert (await stages.now(job)).state is JobState.DELIVERED


async def test_half_a_file_is_fetched_again(
    deliverer: Deliverer, stages: Stages, clock: FakeClock, fetcher: ScriptedFetcher
) -> None:
    job = await stages.delivering()
    fetcher.faults.append(FetchCutShort("half"))

    await turn(deliverer)
    await turns(deliverer, clock, 1)

    assert (await stages.now(job)).state is JobState.DELIVERED


async def test_a_result_hosts_wait_is_kept(
    deliverer: Deliverer, stages: Stages, clock: FakeClock, fetcher: ScriptedFetcher
) -> None:
    job = await stages.delivering()
    fetcher.faults.append(FetchUnavailable("429", retry_after_s=200))

    await turn(deliverer)

    due = (await stages.now(job)).delivery_due_at
    assert due is not None
    assert (due - clock.now()).total_seconds() >= 200


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (FetchUnusable("no mp4"), Failure.NO_USABLE_CLIP),
        (FetchUndecodable("br"), Failure.UNDECODABLE),
    ],
)
async def test_what_is_no_clip_fails_at_once(
    deliverer: Deliverer,
    stages: Stages,
    fetcher: ScriptedFetcher,
    error: FetchError,
    failure: Failure,
) -> None:
    job = await stages.delivering()
    fetcher.faults.append(error)

    await turn(deliverer)

    now = await stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, failure)
    assert len(fetcher.fetched) == 1


async def test_the_operator_hears_of_a_link_that_is_about_to_die(  # noqa: PLR0913, PLR0917 - one for each part it joins
    store: JobStore,
    stages: Stages,
    evolink: ScriptedEvolink,
    clock: FakeClock,
    fetcher: ScriptedFetcher,
    messenger: ScriptedMessenger,
    spool: Spool,
    limits: Limits,
) -> None:
    """By one of the processes that try."""
    operator = RecordingOperator()
    deliverers = [
        Deliverer(
            store,
            evolink,
            fetcher,
            messenger,
            spool,
            ScriptedGate(),
            clock,
            host_watch(fetcher, limits),
            results=limits.results,
            reads=limits.reads,
            messages=limits.messages,
            operator=operator,
            shrinker=None,
        )
        for _ in range(2)
    ]
    await stages.delivering()
    fetcher.always = FetchUnavailable("no route")
    await turn(deliverers[0])
    assert operator.told == []

    clock.advance(20 * 3600 + 1)
    for deliverer in deliverers:
        await turns(deliverer, clock, 3)

    assert operator.events == ["link-expiring"]


async def test_a_silent_host_is_asked_by_one_download_at_first(
    deliverer: Deliverer, stages: Stages, fetcher: ScriptedFetcher
) -> None:
    """Eight of them would find out no sooner."""
    for number in range(8):
        await stages.delivering(f"task-{number}", channel_id=ChannelId(100 + number))
    fetcher.hangs = True

    await deliverer.run_once()
    for _ in range(100):
        await asyncio.sleep(0.001)

    assert len(fetcher.fetched) == 1
    await deliverer.abandon()
