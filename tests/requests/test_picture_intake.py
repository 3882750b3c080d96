"""A request about a picture: shown at once, then read, and kept with the charge."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.errors import AccountRefused, Refused
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.jobs.store import JobStore
from bot.models.catalogue import PICTURE_PROFILES
from bot.models.choices import Aspect
from bot.models.offer import Offer
from bot.operations.account import AccountGate
from bot.operations.intake_pause import IntakePause
from bot.pictures import preparation
from bot.pictures.preparation import Preparation
from bot.pictures.source import MOST_BYTES
from bot.requests.admission import Admission, AdmissionStore
from bot.requests.intake import Intake
from storage.database.engine import Database
from storage.pictures.store import SqlPictures
from tests.channels import make_gate
from tests.clock import FakeClock
from tests.factories import PICTURE_ID, make_job, make_rules
from tests.offers import PICTURES, in_servers, make_offer
from tests.pictures.samples import HEIC, SentPicture, jpeg, opened
from tests.requests.conftest import ScriptedAcknowledgement
from tests.servers.people import make_actor, make_incoming
from tests.stores import FIRST_ESTIMATES, Used

SEEDANCE = "seedance-2.0-text-to-video"


@pytest.fixture
def make_intake(
    store: JobStore, pause: IntakePause, clock: FakeClock, decisions: AdmissionStore
) -> Callable[[Offer], Intake]:
    def make(offer: Offer) -> Intake:
        return Intake(
            store,
            pause,
            Admission(decisions, make_rules(), make_gate(), FIRST_ESTIMATES),
            in_servers(offer),
            clock,
            pictures=Preparation(None),
        )

    return make


@pytest.fixture
def intake(make_intake: Callable[[Offer], Intake]) -> Intake:
    return make_intake(PICTURES)


@pytest.fixture
def pictures(database: Database) -> SqlPictures:
    return SqlPictures(database)


async def test_its_picture_is_kept_with_the_queued_job(
    intake: Intake, ack: ScriptedAcknowledgement, pictures: SqlPictures, used: Used
) -> None:
    sent = SentPicture(jpeg(320, 200))

    job = await intake.request(make_incoming(picture=sent), ack)

    assert job.state is JobState.QUEUED
    assert job.request.picture == PictureUse(
        kind=PictureKind.ATTACHED, owner_id=make_actor().user_id
    )
    kept = await pictures.of(job.id)
    assert kept is not None
    assert opened(kept).size == (320, 200)
    assert (await used(job.guild_id, job.user_id, job.requested_at)).day == 1


async def test_its_message_is_shown_before_the_picture_is_read(
    intake: Intake, ack: ScriptedAcknowledgement
) -> None:
    """Discord waits three seconds for an answer, and a picture may take a minute."""
    sent = SentPicture(jpeg())

    async def nothing_was_read() -> None:
        assert sent.reads == 0

    ack.meanwhile.append(nothing_was_read())

    await intake.request(make_incoming(picture=sent), ack)

    assert len(ack.shown) == sent.reads == 1


@pytest.mark.parametrize(
    ("size", "content_type", "text_id"),
    [
        (MOST_BYTES + 1, "image/png", "refused-picture-large"),
        (1000, "video/mp4", "refused-picture-kind"),
        (1000, "text/plain; charset=utf-8", "refused-picture-kind"),
        (1000, "image/heic", "refused-picture-heic"),
        (1000, "IMAGE/HEIF", "refused-picture-heic"),
    ],
)
async def test_what_discord_says_of_it_may_refuse_it_before_anything_is_shown(
    intake: Intake,
    store: JobStore,
    ack: ScriptedAcknowledgement,
    size: int,
    content_type: str,
    text_id: str,
) -> None:
    sent = SentPicture(jpeg(), size=size, content_type=content_type)

    with pytest.raises(Refused, match=text_id):
        await intake.request(make_incoming(picture=sent), ack)

    assert await store.counts() == {}
    assert (ack.shown, sent.reads) == ([], 0)


@pytest.mark.parametrize(
    ("sent", "text_id"),
    [
        (SentPicture(b"Dear diary", content_type="image/png"), "refused-picture-kind"),
        (SentPicture(HEIC, content_type="image/jpeg"), "refused-picture-heic"),
        (SentPicture(bytes(MOST_BYTES + 1)), "refused-picture-large"),
        (SentPicture(b"", error=Refused("refused-busy")), "refused-busy"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
async def test_a_picture_that_cannot_be_read_takes_the_message_back_and_is_free(
    intake: Intake,
    store: JobStore,
    ack: ScriptedAcknowledgement,
    used: Used,
    sent: SentPicture,
    text_id: str,
) -> None:
    with pytest.raises(Refused, match=text_id):
        await intake.request(make_incoming(picture=sent), ack)

    (job,) = await store.in_state(JobState.REFUSED, 10)
    assert [one.id for one in ack.withdrawn] == [job.id]
    assert (await used(job.guild_id, job.user_id, job.requested_at)).day == 0


async def test_a_picture_that_is_too_large_for_its_model_is_free(
    make_intake: Callable[[Offer], Intake],
    store: JobStore,
    ack: ScriptedAcknowledgement,
    used: Used,
) -> None:
    """Even as it was prepared: seen before anything is charged or paid for."""
    takes = PICTURE_PROFILES[PICTURE_ID]
    assert takes.picture is not None
    small = replace(takes, picture=replace(takes.picture, max_bytes=1))
    intake = make_intake(replace(PICTURES, picture_profile=small))

    with pytest.raises(Refused, match="refused-picture-bytes") as refusal:
        await intake.request(make_incoming(picture=SentPicture(jpeg())), ack)

    assert refusal.value.values == {"model": takes.title, "megabytes": 0}
    (job,) = await store.in_state(JobState.REFUSED, 10)
    assert (await used(job.guild_id, job.user_id, job.requested_at)).day == 0


@pytest.mark.parametrize(
    ("size", "text_id"),
    [
        ((299, 299), "refused-picture-sides"),
        ((300, 299), "refused-picture-sides"),
        ((300, 300), None),
        ((750, 300), None),
        ((751, 300), "refused-picture-ratio"),
        # It is sent with 2048 pixels at most.
        ((5000, 2010), None),
        ((5000, 1990), "refused-picture-ratio"),
    ],
)
async def test_a_picture_of_a_size_that_its_model_does_not_take_is_free(
    make_intake: Callable[[Offer], Intake],
    store: JobStore,
    ack: ScriptedAcknowledgement,
    used: Used,
    size: tuple[int, int],
    text_id: str | None,
) -> None:
    intake = make_intake(make_offer(SEEDANCE))
    incoming = make_incoming(
        picture=SentPicture(jpeg(*size)),
        model="seedance-2.0-image-to-video",
        duration_s=5,
        aspect=Aspect.AUTO,
    )

    if text_id is None:
        assert (await intake.request(incoming, ack)).state is JobState.QUEUED
        return
    with pytest.raises(Refused, match=text_id):
        await intake.request(incoming, ack)

    (job,) = await store.in_state(JobState.REFUSED, 10)
    assert (await used(job.guild_id, job.user_id, job.requested_at)).day == 0


async def test_a_frame_that_is_too_small_for_its_model_is_enlarged(
    make_intake: Callable[[Offer], Intake],
    pictures: SqlPictures,
    ack: ScriptedAcknowledgement,
) -> None:
    """Nobody can send a larger one of the clip that they continue."""
    incoming = make_incoming(
        picture=SentPicture(jpeg(320, 180)),
        model="seedance-2.0-image-to-video",
        duration_s=5,
        aspect=Aspect.AUTO,
    )
    frame = PictureUse(kind=PictureKind.FRAME, owner_id=incoming.actor.user_id)
    request = replace(incoming.request, picture=frame)

    job = await make_intake(make_offer(SEEDANCE)).request(
        replace(incoming, request=request), ack
    )

    kept = await pictures.of(job.id)
    assert kept is not None
    assert opened(kept).size == (533, 300)


async def test_a_picture_that_takes_too_long_is_given_up(
    intake: Intake,
    store: JobStore,
    ack: ScriptedAcknowledgement,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Stuck(SentPicture):
        async def read(self) -> bytes:
            await asyncio.Event().wait()
            raise AssertionError

    monkeypatch.setattr(preparation, "WITHIN_S", 0.01)

    with pytest.raises(Refused, match="refused-picture-slow"):
        await intake.request(make_incoming(picture=Stuck(b"")), ack)

    assert await store.counts() == {JobState.REFUSED: 1}
    assert len(ack.withdrawn) == 1


async def test_what_is_refused_after_all_keeps_no_picture(
    intake: Intake,
    store: JobStore,
    ack: ScriptedAcknowledgement,
    account: AccountGate,
    pictures: SqlPictures,
) -> None:
    ack.meanwhile.append(account.refused(AccountRefused("402")))

    with pytest.raises(Refused, match="refused-paused"):
        await intake.request(make_incoming(picture=SentPicture(jpeg())), ack)

    (job,) = await store.in_state(JobState.REFUSED, 10)
    assert await pictures.of(job.id) is None


async def test_no_job_goes_on_without_the_picture_that_it_is_about(
    decisions: AdmissionStore, store: JobStore, clock: FakeClock
) -> None:
    """EvoLink would make a clip from the words alone, and be paid for it."""
    admission = Admission(decisions, make_rules(), make_gate(), FIRST_ESTIMATES)
    use = PictureUse(kind=PictureKind.POSTED, owner_id=None)
    job = make_job(picture=use)
    assert await store.receive(job)

    with pytest.raises(ValueError, match="the picture that it is about"):
        await admission.accept(job, clock.now(), await admission.gather(job))

    assert await store.counts() == {JobState.RECEIVED: 1}
