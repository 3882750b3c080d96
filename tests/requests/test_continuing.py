"""What continues a clip: with which model, in which form, and whose picture it is."""

from typing import Any

import pytest

from bot.errors import NotFound, Refused
from bot.ids import UserId, new_job_id
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.models.choices import Aspect, Mode
from bot.models.offer import Offer
from bot.requests.continuing import Continuing
from bot.servers.people import FORGOTTEN
from tests.factories import PICTURE_ID, make_job, reach
from tests.offers import PICTURES, PLAIN, SEVERAL, in_servers, make_offer
from tests.servers.people import moderator_of_another_server, somebody_else

OWNER = UserId(77)
SEEDANCE = make_offer("seedance-2.0-text-to-video")


def continuing(
    store: JobStore, offer: Offer = PICTURES, *, reads_frames: bool = True
) -> Continuing:
    return Continuing(store, offer, in_servers(offer), reads_frames=reads_frames)


async def posted(store: JobStore, **asked: Any) -> Job:
    return await reach(store, JobState.DELIVERED, make_job(**asked))


async def test_it_goes_on_as_it_was_with_the_model_for_pictures(
    store: JobStore,
) -> None:
    job = await posted(store, mode=Mode.FUN, duration_s=10)

    request, profile = await continuing(store).of(job.id, somebody_else())

    assert (request.model, profile.id) == (PICTURE_ID, PICTURE_ID)
    assert (request.mode, request.duration_s) == (Mode.FUN, 10)
    assert request.aspect is profile.usual_aspect
    assert request.prompt == ""
    assert request.picture == PictureUse(kind=PictureKind.FRAME, owner_id=None)


async def test_what_the_model_for_pictures_does_not_have_is_left_out(
    store: JobStore,
) -> None:
    job = await posted(
        store,
        mode=Mode.FUN,
        duration_s=10,
        quality="8k",
        aspect=Aspect.WIDE,
        sound=True,
    )

    request, profile = await continuing(store, SEEDANCE).of(job.id, somebody_else())

    assert request.mode is Mode.NORMAL
    assert request.duration_s == 10
    assert request.quality is None
    assert profile.takes_aspect(request.aspect)
    assert request.sound is True


async def test_a_length_that_it_does_not_have_becomes_its_usual_one(
    store: JobStore,
) -> None:
    job = await posted(store, duration_s=29)

    request, profile = await continuing(store, SEEDANCE).of(job.id, somebody_else())

    assert request.duration_s == profile.default_duration_s


@pytest.mark.parametrize("kind", list(PictureKind))
async def test_the_picture_is_whose_the_clips_own_was(
    store: JobStore, kind: PictureKind
) -> None:
    picture = PictureUse(kind=kind, owner_id=OWNER)
    job = await posted(store, picture=picture)

    found = await continuing(store).of(job.id, somebody_else())

    assert found.picture == PictureUse(kind=PictureKind.FRAME, owner_id=OWNER)


async def test_a_picture_whose_owner_is_forgotten_is_not_everybodys(
    store: JobStore,
) -> None:
    """A frame of no owner is one from words alone, which every server allows."""
    picture = PictureUse(kind=PictureKind.POSTED, owner_id=FORGOTTEN)
    job = await posted(store, picture=picture)

    found = await continuing(store).of(job.id, somebody_else())

    assert found.picture.owner_id == FORGOTTEN


async def test_a_spicy_clip_cannot_be_continued(
    store: JobStore,
) -> None:
    job = await posted(store, mode=Mode.SPICY)

    assert not continuing(store).can_continue(job)
    with pytest.raises(Refused, match="refused-continue-spicy"):
        await continuing(store).of(job.id, somebody_else())


@pytest.mark.parametrize("what", ["no model", "no PyAV"])
async def test_without_what_it_needs_no_clip_can_be_continued(
    store: JobStore, what: str
) -> None:
    job = await posted(store)
    one = continuing(
        store,
        PLAIN if what == "no model" else PICTURES,
        reads_frames=what != "no PyAV",
    )

    assert not one.can_continue(job)
    with pytest.raises(Refused, match="refused-continue-off"):
        await one.of(job.id, somebody_else())


async def test_any_other_clip_can_be_continued(store: JobStore) -> None:
    for picture in (None, PictureUse(kind=PictureKind.FRAME, owner_id=OWNER)):
        assert continuing(store).can_continue(make_job(picture=picture))


async def test_a_clip_of_a_model_that_is_gone_is_continued_by_the_first(
    store: JobStore,
) -> None:
    job = await posted(store, model="of-last-year")

    request, _ = await continuing(store).of(job.id, somebody_else())

    assert request.model == PICTURE_ID


async def test_a_clip_of_a_model_that_the_server_has_barred_is_continued_by_another(
    store: JobStore,
) -> None:
    sora = "sora-2-preview"
    job = await posted(store, model=sora, duration_s=8)
    barring = in_servers(SEVERAL, barred_models=frozenset({sora}))

    for offers, model in ((in_servers(SEVERAL), sora), (barring, PICTURE_ID)):
        one = Continuing(store, SEVERAL, offers, reads_frames=True)
        request, _ = await one.of(job.id, somebody_else())
        assert request.model == model


async def test_another_servers_clip_does_not_exist(
    store: JobStore,
) -> None:
    job = await posted(store)

    for job_id, actor in (
        (job.id, moderator_of_another_server()),
        (new_job_id(), somebody_else()),
    ):
        with pytest.raises(NotFound):
            await continuing(store).of(job_id, actor)
