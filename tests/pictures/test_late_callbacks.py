"""A clip that only a callback tells of comes with its picture, however late."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.delivery.spool import Spool
from bot.errors import EvolinkUnsure
from bot.ids import TaskId
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.pipeline.callbacks import TOKEN_LIFE_AFTER_END_S
from bot.pipeline.ports import Posting
from bot.wiring.pipeline import Outside, callback_addresses
from bot.workers.job_worker import JobWorker
from storage.database.engine import Database
from storage.pictures.store import UNCONFIRMED_FOR, SqlPictures, keep_picture
from tests.clock import FakeClock
from tests.pictures.files import ScriptedFiles
from tests.pipeline.loops import turn
from tests.pipeline.outside import (
    RecordingOperator,
    ScriptedEvolink,
    ScriptedFetcher,
    ScriptedMessenger,
    completed,
)
from tests.pipeline.stages import Stages
from tests.processes import Process, begin, make_config
from tests.stores import kept_pictures

HOUR_S = 3600.0
PICTURE = b"a JPEG"
TASK = TaskId("task-lost")
CONFIG = make_config(public_url="https://clapper.example", replay_submits=False)
"""Nothing but a callback can tell what became of a request without an answer."""


@pytest.fixture
async def process(  # noqa: PLR0913, PLR0917 - fixtures
    evolink: ScriptedEvolink,
    files: ScriptedFiles,
    fetcher: ScriptedFetcher,
    messenger: ScriptedMessenger,
    operator: RecordingOperator,
    database: Database,
    clock: FakeClock,
    tmp_path: Path,
) -> AsyncIterator[Process]:
    spool = Spool(tmp_path / "spool")
    spool.prepare()
    process = await begin(
        CONFIG,
        clock,
        database,
        outside=Outside(
            evolink=evolink,
            files=files,
            fetcher=fetcher,
            messenger=messenger,
            spool=spool,
            shrinker=None,
        ),
        operator=operator,
    )
    yield process
    for worker in process.workers:
        await worker.abandon()


async def pass_time(process: Process, clock: FakeClock, seconds: float) -> None:
    """Let all workers look before, during and after that time."""
    for step_s in (0.0, seconds / 2, seconds / 2):
        clock.advance(step_s)
        for _ in range(3):
            for worker in process.workers:
                if isinstance(worker, JobWorker):
                    await turn(worker)
                else:
                    await worker.run_once()
                    await worker.drain()


@pytest.fixture
async def unconfirmed(
    process: Process,
    evolink: ScriptedEvolink,
    stages: Stages,
    messenger: ScriptedMessenger,
    database: Database,
    clock: FakeClock,
) -> Job:
    """Return a job with a picture, of whose task nobody could tell."""
    evolink.submit_answers.append(EvolinkUnsure("the answer was lost"))
    use = PictureUse(kind=PictureKind.ATTACHED, owner_id=None)
    job = await stages.queued(picture=use)
    await database.write(lambda one: keep_picture(one, job.id, PICTURE))
    await pass_time(process, clock, HOUR_S / 4)
    now = await stages.now(job)
    assert now.state is JobState.UNCONFIRMED
    assert len(messenger.seen(Posting.NOTICE, job)) == 1
    return now


@pytest.mark.parametrize("hours", [2, 23])
async def test_a_clip_that_a_callback_tells_of_hours_later_has_its_picture(  # noqa: PLR0913, PLR0917 - fixtures
    process: Process,
    unconfirmed: Job,
    evolink: ScriptedEvolink,
    stages: Stages,
    files: ScriptedFiles,
    messenger: ScriptedMessenger,
    pictures: SqlPictures,
    database: Database,
    clock: FakeClock,
    hours: int,
) -> None:
    await pass_time(process, clock, hours * HOUR_S)
    assert files.held == {}, "nobody can be reading the file after an hour"
    shown: list[bytes | None] = []

    async def look() -> None:
        shown.append(await pictures.of(unconfirmed.id))

    messenger.during["post_clip"] = look
    addresses = callback_addresses(CONFIG)
    assert addresses is not None
    assert process.callbacks is not None
    evolink.reports[TASK] = completed(TASK)

    assert await process.callbacks.heard(addresses.token(unconfirmed.id), TASK)
    await pass_time(process, clock, 60)

    assert (await stages.now(unconfirmed)).state is JobState.DELIVERED
    assert shown == [PICTURE]
    assert await kept_pictures(database) == []


async def test_it_is_erased_when_no_callback_is_heard_any_more(
    process: Process, unconfirmed: Job, database: Database, clock: FakeClock
) -> None:
    await pass_time(process, clock, TOKEN_LIFE_AFTER_END_S / 2)
    (kept,) = await kept_pictures(database)
    assert kept.job_id == unconfirmed.id

    await pass_time(process, clock, TOKEN_LIFE_AFTER_END_S / 2 + 1)

    assert await kept_pictures(database) == []


async def test_a_callback_about_no_task_keeps_it_no_longer(
    process: Process, unconfirmed: Job, database: Database, clock: FakeClock
) -> None:
    """Anybody who knows the address may post what they like."""
    addresses = callback_addresses(CONFIG)
    assert addresses is not None
    assert process.callbacks is not None
    await pass_time(process, clock, TOKEN_LIFE_AFTER_END_S - HOUR_S)

    token = addresses.token(unconfirmed.id)
    assert await process.callbacks.heard(token, TaskId("task-of-nobody"))
    await pass_time(process, clock, HOUR_S + 1)

    assert await kept_pictures(database) == []


async def test_without_callbacks_it_is_erased_with_the_file(
    unconfirmed: Job,
    process: Process,
    stages: Stages,
    database: Database,
    clock: FakeClock,
) -> None:
    """Then nobody can tell of the task any more."""
    await stages.store.note({unconfirmed.id: {"callback_hash": None}})

    await pass_time(process, clock, UNCONFIRMED_FOR.total_seconds() + 1)

    assert await kept_pictures(database) == []
