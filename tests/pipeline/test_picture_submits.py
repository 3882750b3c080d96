"""A job with a picture: uploaded before it is paid for, and with the same address."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import (
    AccountRefused,
    EvolinkError,
    EvolinkUnsure,
    FilesFull,
    FilesRefused,
    FilesUnavailable,
    RateLimited,
)
from bot.ids import JobId
from bot.jobs.claims import Claim
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.jobs.tasks import Accepted
from bot.pictures.uploads import FRESH_FOR, Uploads, file_name
from bot.requests.cancelling import Cancelling
from storage.pictures.store import SqlPictures
from storage.tables.pictures import pictures as table
from tests.clock import FakeClock
from tests.factories import make_job
from tests.pictures.files import LOST
from tests.pipeline.dispatching import turn, turns
from tests.pipeline.outside import accepted
from tests.pipeline.pictured import PICTURE, USE, Line, line
from tests.servers.people import make_actor

__all__ = ["line"]


async def test_its_picture_is_at_evolink_when_it_is_paid_for(
    line: Line,
) -> None:
    job = await line.pictured()

    await turn(line.dispatcher())

    now = await line.stages.now(job)
    assert now.state is JobState.GENERATING
    assert now.submit_attempts == 1
    (url,) = line.evolink.picture_urls
    held = line.files.at(url)
    assert held is not None
    assert (held.data, list(line.files.held)) == (PICTURE, [file_name(job.id)])
    assert (now.picture_url, now.picture_uploaded_at) == (url, line.clock.now())


async def test_nothing_is_unsure_before_the_paid_request_itself(
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A crash during the upload must find a row that says that nothing was paid."""
    job = await line.pictured()
    seen: list[Job] = []
    intended: list[object] = []
    upload = line.files.upload

    async def look(*file: Any) -> Any:
        seen.append(await line.stages.now(job))
        intended.extend(
            await line.database.read(
                lambda one: one.execute(table.select()).scalars().all()
            )
        )
        return await upload(*file)

    async def look_again() -> Accepted:
        seen.append(await line.stages.now(job))
        return accepted("task-1")

    monkeypatch.setattr(line.files, "upload", look)
    line.evolink.submit_answers.append(look_again)
    await turn(line.dispatcher())

    before, paying = seen
    assert before.state is paying.state is JobState.SUBMITTING
    assert (before.unsure_since, before.picture_url) == (None, None)
    assert before.submit_due_at is not None
    assert intended == [job.id]
    assert paying.unsure_since is not None
    assert paying.picture_url is not None
    assert before.submit_key == paying.submit_key == line.evolink.submits[0]


@pytest.mark.parametrize(
    "error",
    [
        FilesUnavailable("502", status=502),
        FilesUnavailable("no answer"),
        FilesFull("40003", status=400),
        RateLimited("429", status=429, retry_after_s=3),
        LOST,
    ],
    ids=repr,
)
async def test_an_upload_that_failed_is_repeated_and_nothing_is_paid_before(
    line: Line,
    error: EvolinkError,
) -> None:
    job = await line.pictured()
    line.files.upload_errors.extend([error, error])
    dispatcher = line.dispatcher()

    await turn(dispatcher)
    now = await line.stages.now(job)
    assert (now.state, now.unsure_since) == (JobState.SUBMITTING, None)
    assert now.submit_due_at is not None
    assert line.evolink.submits == []
    await turns(dispatcher, line.clock, 30)

    assert (await line.stages.now(job)).state is JobState.GENERATING
    assert len(line.files.uploads) == 3
    assert len(line.files.held) == len(line.evolink.submits) == 1
    assert line.files.at(line.evolink.picture_urls[0]) is not None


async def test_an_upload_that_fails_for_too_long_ends_the_job_for_free(
    line: Line,
) -> None:
    job = await line.pictured()
    line.files.down = FilesUnavailable("502", status=502)
    dispatcher = line.dispatcher(give_up_after_s=30)

    await turns(dispatcher, line.clock, 60)

    now = await line.stages.now(job)
    assert (now.state, now.failure) == (JobState.FAILED, Failure.SERVICE_UNAVAILABLE)
    assert line.evolink.submits == []
    assert await line.stages.used(job) == 0


@pytest.mark.parametrize("is_kept", [True, False])
async def test_a_picture_that_is_refused_or_lost_ends_the_job_for_free(
    line: Line,
    is_kept: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    if is_kept:
        job = await line.pictured()
        line.files.upload_errors.append(FilesRefused("40002"))
    else:
        job = await line.stages.queued(picture=USE)

    await turn(line.dispatcher())

    now = await line.stages.now(job)
    failure = Failure.PICTURE_REFUSED if is_kept else Failure.UNEXPECTED
    assert (now.state, now.failure) == (JobState.FAILED, failure)
    assert (now.reference is None) is is_kept
    assert now.notice_due_at is not None
    assert line.evolink.submits == []
    assert await line.stages.used(job) == 0


async def test_a_lost_answer_is_asked_for_again_with_the_same_picture(
    line: Line,
) -> None:
    """EvoLink knows the key by a request word for word."""
    job = await line.pictured()
    lost = EvolinkUnsure("timed out")
    line.evolink.submit_answers.extend([lost, lost])

    dispatcher = line.dispatcher()
    await turn(dispatcher)
    await turns(dispatcher, line.clock, 20)

    assert (await line.stages.now(job)).state is JobState.GENERATING
    assert len(line.files.uploads) == 1
    assert len(line.evolink.submits) == 3
    assert len(set(line.evolink.submits)) == len(set(line.evolink.picture_urls)) == 1


async def test_after_a_busy_answer_it_is_not_uploaded_again(
    line: Line,
) -> None:
    job = await line.pictured()
    line.evolink.submit_answers.append(RateLimited("429", status=429, retry_after_s=5))

    dispatcher = line.dispatcher()
    await turn(dispatcher)
    await turns(dispatcher, line.clock, 20)

    assert (await line.stages.now(job)).state is JobState.GENERATING
    assert (len(line.files.uploads), len(line.evolink.submits)) == (1, 2)


@pytest.mark.parametrize("is_old", [True, False])
async def test_what_waited_for_days_is_uploaded_anew_under_a_new_key(
    line: Line,
    is_old: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Its file dies after three days. A new address is another request."""
    job = await line.pictured()
    line.evolink.submit_answers.append(AccountRefused("402", status=402))
    dispatcher = line.dispatcher(give_up_after_s=10 * 24 * 3600)
    await turn(dispatcher)
    assert (await line.stages.now(job)).state is JobState.QUEUED

    line.clock.advance(FRESH_FOR.total_seconds() + (1 if is_old else -3600))
    await line.account.read_balance()
    await turns(dispatcher, line.clock, 5)

    assert (await line.stages.now(job)).state is JobState.GENERATING
    assert (
        len(line.files.uploads)
        == len(set(line.evolink.submits))
        == (2 if is_old else 1)
    )
    assert line.files.at(line.evolink.picture_urls[-1]) is not None


async def test_a_job_cancelled_during_the_upload_is_not_paid_for(
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = await line.pictured()
    upload = line.files.upload

    async def and_cancel(*file: Any) -> Any:
        cancelling = Cancelling(line.store, line.clock)
        await cancelling.cancel(job.id, make_actor(), confirmed=True)
        return await upload(*file)

    monkeypatch.setattr(line.files, "upload", and_cancel)
    dispatcher = line.dispatcher()
    await turn(dispatcher)
    await turns(dispatcher, line.clock, 5)

    now = await line.stages.now(job)
    assert (now.state, now.submit_due_at) == (JobState.CANCELLED, None)
    assert now.unsure_since is None
    assert line.evolink.submits == []
    assert await line.stages.used(job) == 0


async def test_a_job_is_paid_for_or_cancelled_for_free_and_never_both(
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Cancelled right before, and right after, it is noted that the request leaves."""
    note = line.store.note_unless_moved
    before, after = await line.pictured(), await line.pictured()
    free: dict[JobId, bool] = {}

    async def cancel(job: Job) -> None:
        cancelling = Cancelling(line.store, line.clock)
        done = await cancelling.cancel(job.id, make_actor(), confirmed=True)
        free[job.id] = done.free

    async def and_cancel(claim: Claim, *what: Any) -> Job | None:
        if claim.job.id == before.id:
            await cancel(claim.job)
        noted = await note(claim, *what)
        if claim.job.id == after.id:
            await cancel(claim.job)
        return noted

    monkeypatch.setattr(line.store, "note_unless_moved", and_cancel)
    await turns(line.dispatcher(), line.clock, 5)

    assert free == {before.id: True, after.id: False}
    assert len(line.evolink.submits) == 1
    assert (await line.stages.now(before)).state is JobState.CANCELLED
    assert await line.stages.used(before) == 1, "the later one alone counts"


async def test_a_pause_that_begins_during_the_upload_holds_for_it(
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = await line.pictured()
    upload = line.files.upload

    async def and_pause(*file: Any) -> Any:
        await line.account.refused(AccountRefused("402"))
        return await upload(*file)

    monkeypatch.setattr(line.files, "upload", and_pause)
    await turn(line.dispatcher())

    assert (await line.stages.now(job)).state is JobState.QUEUED
    assert line.evolink.submits == []


async def test_the_file_of_a_job_that_was_erased_meanwhile_is_taken_back(
    line: Line,
    uploads: Uploads,
    pictures: SqlPictures,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody would know of it any more."""
    job = await line.pictured()
    upload = line.files.upload

    async def and_end(*file: Any) -> Any:
        await line.store.move(
            job.id, JobState.QUEUED, JobState.CANCELLED, line.clock.now()
        )
        await pictures.note_deleted(job.id)
        assert await pictures.erase_unneeded(line.clock.now(), 10) == 1
        return await upload(*file)

    monkeypatch.setattr(line.files, "upload", and_end)

    await uploads.upload(job)

    assert line.files.held == {}


def test_only_a_request_that_cannot_have_left_is_given_another_address(
    uploads: Uploads, clock: FakeClock
) -> None:
    long_ago = clock.now() - FRESH_FOR - timedelta(seconds=1)
    job = make_job(
        picture=USE, picture_url="https://x.example", picture_uploaded_at=long_ago
    )

    unsure = replace(job, unsure_since=clock.now())
    unknown = replace(unsure, picture_url=None, picture_uploaded_at=None)

    assert uploads.is_due(job)
    assert not uploads.is_due(unsure)
    # Of a restored copy: its key keeps it from being paid for twice.
    assert uploads.is_due(unknown)


@pytest.mark.parametrize(
    "error",
    [
        FilesUnavailable("502", status=502),
        RateLimited("429", status=429, retry_after_s=3),
    ],
)
async def test_a_job_of_a_restored_copy_keeps_its_doubt_and_its_key(
    line: Line, error: EvolinkError
) -> None:
    """However often its upload fails: it may have been paid for since."""
    job = await line.pictured()
    now = line.clock.now()
    await line.stages.store.note({job.id: {"unsure_since": now}})
    line.files.upload_errors.extend([error, error])
    dispatcher = line.dispatcher()

    await turn(dispatcher)
    await turn(dispatcher)
    doubted = await line.stages.now(job)
    await turns(dispatcher, line.clock, 30)

    assert doubted.unsure_since is not None
    assert line.evolink.submits == [doubted.submit_key]


async def test_a_picture_of_a_restored_copy_that_is_refused_leaves_it_unconfirmed(
    line: Line,
) -> None:
    job = await line.pictured()
    now = line.clock.now()
    await line.stages.store.note({job.id: {"unsure_since": now}})
    line.files.upload_errors.append(FilesRefused("40002"))

    await turns(line.dispatcher(), line.clock, 30)

    assert (await line.stages.now(job)).state is JobState.UNCONFIRMED
    assert line.evolink.submits == []
