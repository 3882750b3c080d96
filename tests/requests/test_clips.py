"""Who may do what with a clip."""

from datetime import timedelta

import pytest

from bot.errors import NotAllowed, NotFound, Refused
from bot.ids import UserId, new_job_id
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.privacy.own_data import Privacy
from bot.requests.clips import Clips
from storage.database.engine import Database
from storage.privacy.retention import SqlRetentionStore
from storage.privacy.store import SqlPrivacyStore
from tests.clock import FakeClock
from tests.factories import PICTURE_ID, make_job, reach
from tests.offers import BETA, PICTURES, PLAIN, in_servers
from tests.pipeline.stages import Stages
from tests.servers.people import (
    make_actor,
    moderator_of_another_server,
    somebody_else,
)


@pytest.fixture
def clips(store: JobStore) -> Clips:
    return Clips(store, in_servers(PLAIN))


async def test_anybody_there_may_ask_for_the_same_again(
    clips: Clips, stages: Stages
) -> None:
    job = await stages.queued(prompt="a fox")

    assert await clips.settings_of(job.id, somebody_else()) == job.request


async def test_after_a_change_of_model_the_same_is_asked_of_the_new_one(
    store: JobStore, stages: Stages
) -> None:
    """The old model may be gone; a quality it alone had goes with it."""
    job = await stages.queued(prompt="a fox", model="of-last-year", quality="4k")
    clips = Clips(store, in_servers(BETA))

    request = await clips.settings_of(job.id, somebody_else())

    assert request.prompt == "a fox"
    assert request.model == "grok-imagine-text-to-video-beta"
    assert request.quality is None


async def test_requester_and_moderators_may_delete(
    clips: Clips, stages: Stages
) -> None:
    job = await stages.delivering()

    for actor in (make_actor(), somebody_else(is_moderator=True)):
        assert await clips.to_delete(job.id, actor) == job
    with pytest.raises(NotAllowed, match="not-allowed-delete"):
        await clips.to_delete(job.id, somebody_else())


async def test_another_servers_clip_does_not_exist(
    clips: Clips, stages: Stages
) -> None:
    """Also not its prompt: a custom_id can be forged."""
    job = await stages.delivering()

    for job_id in (job.id, new_job_id()):
        with pytest.raises(NotFound, match="not-found-job"):
            await clips.to_delete(job_id, moderator_of_another_server())
        with pytest.raises(NotFound, match="not-found-job"):
            await clips.settings_of(job_id, moderator_of_another_server())


async def test_what_was_erased_is_not_asked_for_again(
    clips: Clips, stages: Stages
) -> None:
    job = await stages.queued(prompt="a fox")

    assert await clips.again(job.id, somebody_else()) == job.request
    erased = await stages.queued(prompt="")
    with pytest.raises(Refused, match="refused-erased"):
        await clips.again(erased.id, somebody_else())


@pytest.mark.parametrize("prompt", ["", "a fox"])
async def test_a_clip_of_a_picture_alone_is_asked_for_again(
    store: JobStore, stages: Stages, prompt: str
) -> None:
    picture = PictureUse(kind=PictureKind.POSTED, owner_id=UserId(5))
    job = await stages.queued(prompt=prompt, picture=picture, model=PICTURE_ID)

    request = await Clips(store, in_servers(PICTURES)).again(job.id, somebody_else())

    assert request == job.request


@pytest.mark.parametrize("prompt", ["", "a fox"])
@pytest.mark.parametrize("state", [JobState.DELIVERED, JobState.FAILED])
async def test_a_picture_without_words_is_no_erased_prompt(
    store: JobStore,
    database: Database,
    clock: FakeClock,
    prompt: str,
    state: JobState,
) -> None:
    """Under a clip, and under a notice that there is none."""
    picture = PictureUse(kind=PictureKind.POSTED, owner_id=UserId(5))
    asked = make_job(prompt=prompt, picture=picture, model=PICTURE_ID)
    job = await reach(store, state, asked)
    clips = Clips(store, in_servers(PICTURES))

    later = clock.now() + timedelta(days=1)
    await SqlRetentionStore(database).erase_prompts(later, 500)

    if prompt:
        with pytest.raises(Refused, match="refused-erased"):
            await clips.again(job.id, somebody_else())
    else:
        assert await clips.again(job.id, somebody_else()) == job.request


async def test_what_somebody_wanted_forgotten_is_not_asked_for_again(
    store: JobStore, database: Database, clock: FakeClock
) -> None:
    picture = PictureUse(kind=PictureKind.POSTED, owner_id=UserId(5))
    asked = make_job(prompt="", picture=picture, model=PICTURE_ID)
    job = await reach(store, JobState.FAILED, asked)
    clock.advance(1)

    await Privacy(SqlPrivacyStore(database), clock).forget(make_actor())

    with pytest.raises(Refused, match="refused-erased"):
        await Clips(store, in_servers(PICTURES)).again(job.id, somebody_else())
