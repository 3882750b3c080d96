"""A picture stays for as long as its job needs it, here and at EvoLink."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from bot.errors import AccountRefused, FilesRefused, FilesUnavailable
from bot.ids import MessageId
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.pictures.cleaner import SURELY_GONE_AFTER, PictureCleaner
from bot.pictures.uploads import Uploads
from bot.workers.limits import Limits
from storage.database.engine import Database
from storage.pictures.store import UNCONFIRMED_FOR, SqlPictures, keep_picture
from tests.clock import FakeClock
from tests.pictures.files import LOST, ScriptedFiles
from tests.pipeline.stages import Stages
from tests.stores import kept_pictures

PICTURE = b"a JPEG"
USE = PictureUse(kind=PictureKind.ATTACHED, owner_id=None)

Kept = Callable[[Job], Awaitable[None]]


@pytest.fixture
def cleaner(
    pictures: SqlPictures, files: ScriptedFiles, clock: FakeClock, limits: Limits
) -> PictureCleaner:
    return PictureCleaner(pictures, files, clock, deletes=limits.file_deletes)


@pytest.fixture
def uploaded(database: Database, uploads: Uploads, stages: Stages) -> Kept:
    """Return what keeps the picture of a job, and uploads it."""

    async def keep(job: Job) -> None:
        await database.write(lambda one: keep_picture(one, job.id, PICTURE))
        await stages.store.note({job.id: {"unsure_since": None}})
        await uploads.upload(job)

    return keep


async def clean(cleaner: PictureCleaner, times: int = 3) -> None:
    for _ in range(times):
        await cleaner.run_once()
        await cleaner.drain()


async def test_a_late_answer_does_not_hide_the_file_of_a_later_upload(  # noqa: PLR0913, PLR0917
    cleaner: PictureCleaner,
    uploads: Uploads,
    stages: Stages,
    database: Database,
    files: ScriptedFiles,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process that hung, and lost its job to another, hears from EvoLink last."""
    job = await stages.queued(picture=USE)
    await database.write(lambda one: keep_picture(one, job.id, PICTURE))
    upload = files.upload

    async def and_be_overtaken(*file: Any) -> Any:
        late = await upload(*file)
        monkeypatch.setattr(files, "upload", upload)
        clock.advance(60)
        await uploads.upload(job)
        return late

    monkeypatch.setattr(files, "upload", and_be_overtaken)
    await uploads.upload(job)
    assert len(files.held) == 1
    await stages.move(job, JobState.CANCELLED)
    await clean(cleaner)

    assert files.held == {}
    assert await kept_pictures(database) == []


@pytest.mark.parametrize("noted_first", ["ours", "theirs"])
async def test_a_late_upload_does_not_take_away_the_file_that_another_will_name(  # noqa: PLR0913, PLR0917
    cleaner: PictureCleaner,
    uploads: Uploads,
    stages: Stages,
    database: Database,
    files: ScriptedFiles,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    noted_first: str,
) -> None:
    """Both have one name: whoever comes last has replaced the other's."""
    job = await stages.queued(picture=USE)
    await database.write(lambda one: keep_picture(one, job.id, PICTURE))
    upload, overtaken, go_on = files.upload, asyncio.Event(), asyncio.Event()

    async def and_wait(*file: Any) -> Any:
        theirs = await upload(*file)
        overtaken.set()
        if noted_first == "ours":
            await go_on.wait()
        return theirs

    async def after_another(*file: Any) -> Any:
        monkeypatch.setattr(files, "upload", and_wait)
        clock.advance(60)
        other = asyncio.create_task(uploads.upload(job))
        await overtaken.wait()
        if noted_first == "theirs":
            await other
        others.append(other)
        clock.advance(1)
        return await upload(*file)

    others: list[asyncio.Task[Any]] = []
    monkeypatch.setattr(files, "upload", after_another)
    await uploads.upload(job)
    go_on.set()
    await others[0]

    assert len(files.held) == 1, "the other's request would name a file that is gone"
    monkeypatch.setattr(files, "upload", upload)
    await stages.move(job, JobState.CANCELLED)
    await clean(cleaner)
    assert files.held == {}
    assert await kept_pictures(database) == []


async def test_a_file_that_arrives_when_the_job_has_ended_is_deleted_at_once(
    cleaner: PictureCleaner,
    uploads: Uploads,
    stages: Stages,
    database: Database,
    files: ScriptedFiles,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = await stages.queued(picture=USE)
    await database.write(lambda one: keep_picture(one, job.id, PICTURE))
    upload = files.upload

    async def after_the_end(*file: Any) -> Any:
        monkeypatch.setattr(files, "upload", upload)
        await stages.move(job, JobState.CANCELLED)
        await clean(cleaner)
        return await upload(*file)

    monkeypatch.setattr(files, "upload", after_the_end)
    await uploads.upload(job)

    assert files.held == {}


@pytest.mark.parametrize(
    ("stage", "changes", "has_file", "is_kept"),
    [
        ("queued", {}, True, True),
        ("submitting", {}, True, True),
        ("generating", {}, True, True),
        # The clip is made: only its message still shows the picture.
        ("delivering", {}, False, True),
        ("failed", {}, False, True),
        ("failed", {"notice_due_at": None}, False, False),
    ],
)
async def test_it_goes_when_the_job_needs_it_no_more(  # noqa: PLR0913, PLR0917
    cleaner: PictureCleaner,
    uploaded: Kept,
    stages: Stages,
    files: ScriptedFiles,
    pictures: SqlPictures,
    database: Database,
    stage: str,
    changes: dict[str, Any],
    has_file: bool,  # noqa: FBT001 - a parameter of the test
    is_kept: bool,  # noqa: FBT001 - likewise
) -> None:
    job = await getattr(stages, stage)(**changes)
    await uploaded(job)

    await clean(cleaner)

    assert bool(files.held) is has_file
    assert await pictures.of(job.id) == (PICTURE if is_kept else None)
    assert len(await kept_pictures(database)) == is_kept


@pytest.mark.parametrize(
    "way",
    [
        (JobState.QUEUED, JobState.CANCELLED),
        (JobState.AWAITING_REVIEW, JobState.DENIED),
        (JobState.QUEUED, JobState.UNDELIVERABLE),
    ],
    ids=lambda way: way[-1].value,
)
async def test_it_goes_with_jobs_that_people_end(
    cleaner: PictureCleaner,
    uploaded: Kept,
    stages: Stages,
    files: ScriptedFiles,
    database: Database,
    way: Sequence[JobState],
) -> None:
    job = await stages.received(picture=USE)
    for state in way:
        job = await stages.move(job, state)
    await uploaded(job)

    await clean(cleaner)

    assert files.held == {}
    assert await kept_pictures(database) == []


@pytest.mark.parametrize("column", ["poll_due_at", "submit_due_at"])
async def test_a_cancelled_jobs_task_still_reads_it(
    cleaner: PictureCleaner,
    uploaded: Kept,
    stages: Stages,
    files: ScriptedFiles,
    clock: FakeClock,
    column: str,
) -> None:
    """It is paid for: it runs on, and holds its slot."""
    job = await stages.generating()
    job = await stages.move(job, JobState.CANCELLED, **{column: clock.now()})
    await uploaded(job)
    await clean(cleaner)
    assert len(files.held) == 1

    await stages.store.note({job.id: {"poll_due_at": None, "submit_due_at": None}})
    await clean(cleaner)

    assert files.held == {}


async def test_a_task_that_nobody_knows_of_may_still_read_it(
    cleaner: PictureCleaner,
    uploaded: Kept,
    stages: Stages,
    files: ScriptedFiles,
    clock: FakeClock,
    database: Database,
) -> None:
    """Its answer was lost: it may be made, and its callback may come."""
    job = await stages.submitting()
    job = await stages.move(job, JobState.UNCONFIRMED, submit_due_at=None)
    await uploaded(job)
    await clean(cleaner)
    assert len(files.held) == 1

    clock.advance(UNCONFIRMED_FOR.total_seconds() + 1)
    await clean(cleaner)

    assert files.held == {}
    assert await kept_pictures(database) == []


async def test_a_file_whose_upload_was_never_answered_is_found_and_deleted(
    cleaner: PictureCleaner,
    uploaded: Kept,
    stages: Stages,
    files: ScriptedFiles,
    database: Database,
) -> None:
    """EvoLink deletes by ids alone: a pixel of the same name tells which it is."""
    job = await stages.delivering()
    files.upload_errors.append(LOST)
    with pytest.raises(FilesUnavailable):
        await uploaded(job)
    assert len(files.held) == 1

    await clean(cleaner)

    assert files.held == {}
    (row,) = await kept_pictures(database)
    assert (row.upload_intended_at, row.file_id) == (None, None)


async def test_a_deletion_that_fails_is_repeated_later(  # noqa: PLR0913, PLR0917
    cleaner: PictureCleaner,
    uploaded: Kept,
    stages: Stages,
    files: ScriptedFiles,
    clock: FakeClock,
    pictures: SqlPictures,
    database: Database,
) -> None:
    """The picture itself does not wait for that."""
    job = await stages.failed(notice_due_at=None)
    await uploaded(job)
    files.delete_errors += [FilesUnavailable("502"), AccountRefused("401", status=401)]

    await clean(cleaner)
    assert len(files.deletes) == 1
    assert await pictures.of(job.id) is None
    (row,) = await kept_pictures(database)
    assert (row.attempts, row.data) == (1, None)
    for _ in range(20):
        clock.advance(10)
        await clean(cleaner)

    assert len(files.deletes) == 3
    assert files.held == {}
    assert await kept_pictures(database) == []


async def test_one_that_cannot_be_deleted_holds_up_no_other(
    cleaner: PictureCleaner,
    uploaded: Kept,
    stages: Stages,
    files: ScriptedFiles,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = await stages.failed("task-1", notice_due_at=None)
    await uploaded(broken)
    others = [
        await stages.failed(f"task-{n}", notice_due_at=None) for n in range(2, 12)
    ]
    for job in others:
        await uploaded(job)
    (first,) = [one.id for name, one in files.held.items() if broken.id in name]
    delete = files.delete

    async def fail_for_the_first(file_id: Any) -> None:
        if file_id == first:
            raise FilesUnavailable("502", status=502)
        await delete(file_id)

    monkeypatch.setattr(files, "delete", fail_for_the_first)
    # Its failure is doubt, if it comes first by chance: then a few are tried at a time.
    for _ in range(20):
        await clean(cleaner, 1)
        clock.advance(1)

    assert [one.id for one in files.held.values()] == [first]


@pytest.mark.parametrize("is_known", [True, False])
async def test_after_three_days_it_is_gone_by_itself(  # noqa: PLR0913, PLR0917
    cleaner: PictureCleaner,
    uploaded: Kept,
    stages: Stages,
    files: ScriptedFiles,
    clock: FakeClock,
    database: Database,
    is_known: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    job = await stages.failed(notice_due_at=None)
    if is_known:
        await uploaded(job)
    else:
        files.upload_errors.append(LOST)
        with pytest.raises(FilesUnavailable):
            await uploaded(job)
    clock.advance(SURELY_GONE_AFTER.total_seconds())
    files.down = FilesUnavailable("502")

    await clean(cleaner)

    assert files.deletes == []
    assert await kept_pictures(database) == []


async def test_what_is_not_ours_to_delete_is_left_alone(
    cleaner: PictureCleaner,
    uploaded: Kept,
    stages: Stages,
    files: ScriptedFiles,
    database: Database,
) -> None:
    await uploaded(await stages.failed(notice_due_at=None))
    files.delete_errors.append(FilesRefused("403"))

    await clean(cleaner)

    assert len(files.deletes) == 1
    assert await kept_pictures(database) == []


async def test_it_waits_for_the_clip_of_a_task_that_was_given_up_on(
    cleaner: PictureCleaner,
    uploaded: Kept,
    stages: Stages,
    pictures: SqlPictures,
    database: Database,
    clock: FakeClock,
) -> None:
    job = await stages.failed(
        notice_due_at=None, notice_message_id=MessageId(5), poll_due_at=clock.now()
    )
    await uploaded(job)
    clock.advance(20 * 3600)
    await clean(cleaner)

    late = await stages.move(job, JobState.DELIVERING, late=True, poll_due_at=None)
    await clean(cleaner)

    assert await pictures.of(late.id) == PICTURE
    await stages.move(late, JobState.DELIVERED, delivery_due_at=None)
    await clean(cleaner)
    assert await kept_pictures(database) == []


async def test_it_goes_with_the_notice_when_no_clip_can_come_any_more(
    cleaner: PictureCleaner, uploaded: Kept, stages: Stages, database: Database
) -> None:
    job = await stages.failed(notice_due_at=None, notice_message_id=MessageId(5))
    await uploaded(job)

    await clean(cleaner)

    assert await kept_pictures(database) == []
