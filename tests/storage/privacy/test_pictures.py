"""Pictures are exported, forgotten and erased with all else that is about somebody."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from bot.ids import FileId, GuildId, JobId, UserId
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.pictures.cleaner import PictureCleaner
from bot.pictures.uploads import Uploads
from bot.privacy.own_data import Privacy
from bot.servers.people import FORGOTTEN
from bot.workers.limits import Limits
from storage.database.engine import Database
from storage.pictures.store import SqlPictures, keep_picture
from storage.privacy import store as privacy_store
from storage.privacy.retention import SqlRetentionStore
from storage.privacy.store import SqlPrivacyStore
from tests.clock import FakeClock
from tests.factories import make_job, reach
from tests.pictures.files import ScriptedFiles
from tests.servers.people import make_actor
from tests.stores import kept_pictures

ME = make_actor()
OTHER = UserId(99)
MINE = PictureUse(kind=PictureKind.ATTACHED, owner_id=ME.user_id)
THEIRS = PictureUse(kind=PictureKind.POSTED, owner_id=OTHER)
PICTURE = b"\xff\xd8 a JPEG \x00"


@pytest.fixture
def privacy(database: Database, clock: FakeClock) -> Privacy:
    return Privacy(SqlPrivacyStore(database), clock)


class Kept:
    """Jobs whose pictures are still kept."""

    def __init__(self, store: JobStore, database: Database) -> None:
        self._store = store
        self._database = database

    async def job(self, state: JobState, **fields: Any) -> Job:
        job = await reach(self._store, state, make_job(**fields))
        await self._database.write(lambda one: keep_picture(one, job.id, PICTURE))
        return job

    async def now(self, job_id: JobId) -> Job:
        job = await self._store.get(job_id)
        assert job is not None
        return job


@pytest.fixture
def kept(store: JobStore, database: Database) -> Kept:
    return Kept(store, database)


async def exported(privacy: Privacy) -> dict[str, Any]:
    (file,) = await privacy.export(ME, most_bytes=10_000_000)
    found: dict[str, Any] = json.loads(file.content)
    return found


async def test_an_export_has_the_pictures_of_a_person_while_they_are_kept(
    privacy: Privacy, kept: Kept
) -> None:
    """Those in their own requests, and their own in those of others."""
    theirs = await kept.job(JobState.QUEUED, picture=THEIRS)
    mine = await kept.job(JobState.QUEUED, picture=MINE, user_id=OTHER)
    await kept.job(JobState.QUEUED, picture=THEIRS, user_id=OTHER)

    found = await exported(privacy)

    pictures = {one["job_id"]: one["data"] for one in found["pictures"]}
    as_text = base64.b64encode(PICTURE).decode()
    assert pictures == {theirs.id: as_text, mine.id: as_text}
    (used,) = found["pictures_used"]
    assert (used["id"], used["picture_kind"]) == (mine.id, "attached")
    assert "prompt" not in used
    (job,) = found["jobs"]
    assert (job["id"], job["picture_kind"]) == (theirs.id, "posted")
    assert job["picture_owner_id"] == OTHER
    assert "picture_url" not in job


async def test_more_pictures_than_a_page_has_are_all_exported(
    privacy: Privacy, kept: Kept
) -> None:
    jobs = [await kept.job(JobState.QUEUED, picture=MINE) for _ in range(9)]

    found = await exported(privacy)

    assert sorted(one["job_id"] for one in found["pictures"]) == sorted(
        job.id for job in jobs
    )


async def test_who_is_forgotten_has_no_picture_and_owns_none(
    privacy: Privacy,
    kept: Kept,
    database: Database,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where there is more of it than one transaction takes."""
    monkeypatch.setattr(privacy_store, "PORTION", 2)
    own = [
        await kept.job(JobState.FAILED, picture=MINE, picture_url="https://x.example")
        for _ in range(3)
    ]
    others = [
        await kept.job(JobState.QUEUED, picture=MINE, user_id=OTHER) for _ in range(5)
    ]
    foreign = await kept.job(JobState.FAILED, picture=THEIRS, user_id=UserId(7))
    clock.advance(1)

    await privacy.forget(ME)

    for job in [*own, *others]:
        now = await kept.now(job.id)
        assert now.request.picture is not None
        assert now.request.picture.owner_id == FORGOTTEN
    assert [(await kept.now(job.id)).picture_url for job in own] == [None] * 3
    left = {row.job_id for row in await kept_pictures(database) if row.data}
    # Those of others go with their jobs, as every picture does.
    assert left == {foreign.id, *(job.id for job in others)}
    assert (await kept.now(foreign.id)).request.picture == THEIRS


async def test_the_pictures_of_a_departed_server_go_with_it_also_at_evolink(  # noqa: PLR0913, PLR0917
    kept: Kept,
    uploads: Uploads,
    files: ScriptedFiles,
    pictures: SqlPictures,
    database: Database,
    limits: Limits,
    clock: FakeClock,
) -> None:
    job = await kept.job(JobState.CANCELLED, picture=MINE, guild_id=GuildId(5))
    await uploads.upload(job)
    retention = SqlRetentionStore(database)
    await retention.note_departed(GuildId(5), clock.now())

    assert await retention.erase_departed(clock.now() + timedelta(seconds=1)) == 1

    assert await pictures.of(job.id) is None
    assert len(files.held) == 1
    cleaner = PictureCleaner(pictures, files, clock, deletes=limits.file_deletes)
    for _ in range(2):
        await cleaner.run_once()
        await cleaner.drain()
    assert files.held == {}
    assert await kept_pictures(database) == []


async def test_with_the_prompt_the_address_of_the_picture_goes(
    kept: Kept, database: Database, clock: FakeClock
) -> None:
    job = await kept.job(JobState.FAILED, picture=MINE, picture_url="https://x.example")
    retention = SqlRetentionStore(database)

    assert await retention.erase_prompts(clock.now() + timedelta(days=1), 10) == 1

    assert (await kept.now(job.id)).picture_url is None


@pytest.mark.parametrize("state", [JobState.DELIVERED, JobState.FAILED])
@pytest.mark.parametrize("field", ["result_url", "picture_url", "decision_reason"])
async def test_of_a_picture_without_words_the_same_is_erased(
    kept: Kept, database: Database, clock: FakeClock, field: str, state: JobState
) -> None:
    """And it can still be asked for again: nothing of the request is gone."""
    job = await kept.job(state, picture=MINE, prompt="", **{field: "https://x.example"})
    retention = SqlRetentionStore(database)

    await retention.erase_prompts(clock.now() + timedelta(days=1), 10)
    assert await retention.erase_prompts(clock.now() + timedelta(days=1), 10) == 0

    now = await kept.now(job.id)
    assert (now.result_url, now.picture_url, now.decision_reason) == (None, None, None)
    assert not now.prompt_erased


async def test_a_file_is_known_by_its_id_alone(
    pictures: SqlPictures, clock: FakeClock
) -> None:
    assert not await pictures.note_uploaded(
        JobId("none"), FileId("f"), clock.now(), intended_at=clock.now()
    )
