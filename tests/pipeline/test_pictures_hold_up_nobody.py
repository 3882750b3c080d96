"""Pictures that cannot be uploaded, or take long, hold up no other job."""

import asyncio
from typing import Any

import pytest

from bot.errors import (
    AccountFault,
    AccountRefused,
    EvolinkError,
    FilesRefused,
    FilesUnavailable,
)
from bot.jobs.states import JobState
from bot.pipeline.dispatcher import MOST_LACKING
from bot.requests.cancelling import Cancelling
from bot.workers.limits import Limits
from tests.pictures.files import LOST
from tests.pipeline.dispatching import turn, turns
from tests.pipeline.limits import warm
from tests.pipeline.loops import at_work, until
from tests.pipeline.outside import RecordingOperator
from tests.pipeline.pictured import Line, line
from tests.servers.people import make_actor

__all__ = ["line"]


@pytest.mark.parametrize(
    "error",
    [
        FilesUnavailable("401", status=401),
        FilesUnavailable("200 403", status=200, code="403"),
        AccountRefused("401 key_disabled", status=401, fault=AccountFault.KEY),
        AccountRefused("403 model_access_denied", fault=AccountFault.MODEL),
    ],
    ids=str,
)
async def test_what_the_host_of_files_says_of_the_key_holds_up_pictures_alone(
    line: Line,
    operator: RecordingOperator,
    error: EvolinkError,
) -> None:
    jobs = [await line.pictured() for _ in range(5)]
    plain = await line.stages.queued()
    line.files.down = error
    dispatcher = line.dispatcher()

    await turns(dispatcher, line.clock, 60)
    assert not line.account.paused
    assert (await line.stages.now(plain)).state is JobState.GENERATING
    assert operator.events == ["files-refused"]
    waiting = [await line.stages.now(job) for job in jobs]
    assert {job.state for job in waiting} <= {JobState.QUEUED, JobState.SUBMITTING}
    line.files.down = None
    await turns(dispatcher, line.clock, 120)

    states = {(await line.stages.now(job)).state for job in jobs}
    assert states == {JobState.GENERATING}
    assert len(line.evolink.submits) == 6


async def test_pictures_that_were_refused_hold_up_no_others(line: Line) -> None:
    refused = [await line.pictured() for _ in range(2 * MOST_LACKING)]
    line.files.upload_errors.extend([FilesRefused("40002")] * len(refused))
    dispatcher = line.dispatcher()
    await turns(dispatcher, line.clock, 10)
    states = {(await line.stages.now(job)).state for job in refused}
    assert states == {JobState.FAILED}

    another = await line.pictured()
    await turns(dispatcher, line.clock, 5)

    assert (await line.stages.now(another)).state is JobState.GENERATING


async def test_jobs_cancelled_while_they_lack_their_pictures_hold_up_no_others(
    line: Line,
) -> None:
    lacking = [await line.pictured() for _ in range(MOST_LACKING)]
    line.files.upload_errors.extend([LOST] * len(lacking))
    dispatcher = line.dispatcher()
    await turn(dispatcher)
    for job in lacking:
        cancelling = Cancelling(line.store, line.clock)
        await cancelling.cancel(job.id, make_actor(), confirmed=True)
    another = await line.pictured()

    await turns(dispatcher, line.clock, 30)

    assert (await line.stages.now(another)).state is JobState.GENERATING
    assert len(line.evolink.submits) == 1


@pytest.mark.parametrize("slots", [1, 2, 20])
async def test_while_no_picture_can_be_uploaded_the_others_go_on(
    line: Line,
    slots: int,
) -> None:
    """However many wait with pictures, and have waited for longer."""
    pictured = [await line.pictured() for _ in range(30)]
    line.clock.advance(1)
    plain = [await line.stages.queued() for _ in range(slots)]
    line.files.down = FilesUnavailable("502", status=502)
    dispatcher = line.dispatcher(max_active_tasks=slots)

    await turns(dispatcher, line.clock, 60)

    for job in plain:
        assert (await line.stages.now(job)).state is JobState.GENERATING
    waiting = [await line.stages.now(job) for job in pictured]
    begun = [job for job in waiting if job.state is JobState.SUBMITTING]
    assert 0 < len(begun) <= max(MOST_LACKING, slots)
    assert all(job.unsure_since is None for job in waiting)
    assert len(line.evolink.submits) == slots


async def test_once_pictures_can_be_uploaded_again_all_of_them_go(
    line: Line,
) -> None:
    jobs = [await line.pictured() for _ in range(12)]
    line.files.down = FilesUnavailable("502", status=502)
    dispatcher = line.dispatcher()
    await turns(dispatcher, line.clock, 100)

    line.files.down = None
    await turns(dispatcher, line.clock, 90)

    states = {(await line.stages.now(job)).state for job in jobs}
    assert states == {JobState.GENERATING}


async def test_uploads_that_hang_hold_nobody_up_for_long(
    line: Line,
    limits: Limits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A paid request without an answer takes no place from others, nor do these."""
    for _ in range(2):
        await line.pictured()
    line.clock.advance(1)
    plain = await line.stages.queued()
    hanging = asyncio.Event()
    hung: list[str] = []

    async def hang(name: str, *_: Any) -> Any:
        hung.append(name)
        await hanging.wait()
        raise LOST

    monkeypatch.setattr(line.files, "upload", hang)
    warm(limits.creates)
    warm(limits.uploads)
    dispatcher = line.dispatcher(max_active_tasks=2)

    async with at_work(dispatcher):
        await until(lambda: len(hung) == 2)
        for _ in range(10):
            line.clock.advance(1)
            dispatcher.wake()
            await asyncio.sleep(0.01)
        await until(lambda: len(line.evolink.submits) == 1)
        hanging.set()

    assert (await line.stages.now(plain)).state is JobState.GENERATING
