"""Requests for clips that begin with a picture."""

from collections.abc import Callable

import pytest

from bot.errors import Refused
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.store import JobStore
from bot.jobs.video_settings import NOTHING_CHOSEN, VideoSettings
from bot.models.choices import Aspect
from bot.requests.server_offers import ServerOffers
from bot.requests.video_orders import VideoOrders
from storage.database.engine import Database
from storage.pictures.store import SqlPictures
from storage.requests.member_settings import SqlMemberSettings
from storage.requests.presets import SqlPresets
from tests.factories import PICTURE_ID, make_request
from tests.offers import PICTURES, in_servers, make_offer
from tests.pictures.samples import SentPicture, jpeg, opened
from tests.requests.asking import ME, SEEDANCE, SORA, SPICY, TALL, ask, keep
from tests.requests.conftest import ScriptedAcknowledgement


async def test_a_picture_goes_to_what_makes_clips_from_pictures(
    choosing: VideoOrders, ack: ScriptedAcknowledgement
) -> None:
    sent = SentPicture(jpeg(2560, 1440))

    plain = await ask(choosing, ack, prompt="", picture=sent)
    given = VideoSettings(model=SEEDANCE)
    seedance = await ask(choosing, ack, given=given, picture=sent)

    assert (plain.model, plain.aspect) == (PICTURE_ID, Aspect.AUTO)
    assert (seedance.model, seedance.aspect) == (
        "seedance-2.0-fast-image-to-video",
        Aspect.AUTO,
    )


async def test_sora_gets_a_picture_of_exactly_its_size(
    choosing: VideoOrders, ack: ScriptedAcknowledgement, database: Database
) -> None:
    given = VideoSettings(model=SORA, aspect=Aspect.TALL)

    await ask(choosing, ack, given=given, picture=SentPicture(jpeg(900, 700)))

    (job,) = ack.shown
    kept = await SqlPictures(database).of(job.id)
    assert kept is not None
    assert opened(kept).size == (720, 1280)


async def test_a_picture_that_no_model_takes_is_refused(
    orders: VideoOrders, ack: ScriptedAcknowledgement
) -> None:
    with pytest.raises(Refused, match="refused-model-pictures"):
        await ask(orders, ack, picture=SentPicture(jpeg()))


@pytest.fixture
def picture_orders(make_orders: Callable[[ServerOffers], VideoOrders]) -> VideoOrders:
    """Take `/video` where the one model has another one for pictures."""
    return make_orders(in_servers(PICTURES))


async def test_a_picture_is_a_members_own_and_gives_the_clip_its_shape(
    picture_orders: VideoOrders, ack: ScriptedAcknowledgement, own: SqlMemberSettings
) -> None:
    await own.change(ME.guild_id, ME.user_id, TALL)

    request = await ask(picture_orders, ack, picture=SentPicture(jpeg()))

    mine = PictureUse(kind=PictureKind.ATTACHED, owner_id=ME.user_id)
    assert (request.model, request.picture) == (PICTURE_ID, mine)
    assert (request.duration_s, request.aspect) == (10, Aspect.AUTO)


async def test_without_a_picture_the_model_for_pictures_is_not_asked(
    picture_orders: VideoOrders, ack: ScriptedAcknowledgement
) -> None:
    assert await ask(picture_orders, ack) == make_request(prompt="a fox")


@pytest.mark.parametrize("way", ["option", "default", "preset"])
async def test_spicy_is_refused_with_a_picture_from_whatever_way_it_comes(
    picture_orders: VideoOrders,
    ack: ScriptedAcknowledgement,
    own: SqlMemberSettings,
    presets: SqlPresets,
    store: JobStore,
    way: str,
) -> None:
    if way == "default":
        await own.change(ME.guild_id, ME.user_id, SPICY)
    await keep(presets, SPICY)

    with pytest.raises(Refused, match="refused-picture-spicy") as refusal:
        await ask(
            picture_orders,
            ack,
            given=SPICY if way == "option" else NOTHING_CHOSEN,
            preset="noir" if way == "preset" else None,
            picture=SentPicture(jpeg()),
        )

    hint = None if way == "option" else f"hint-spicy-{way}"
    assert refusal.value.hint == hint
    assert await store.counts() == {}


async def test_the_form_about_a_picture_begins_with_the_members_own(
    picture_orders: VideoOrders, own: SqlMemberSettings
) -> None:
    await own.change(ME.guild_id, ME.user_id, TALL)

    profile, usual = await picture_orders.picture_form(ME, None)

    assert profile.id == PICTURE_ID
    assert usual == VideoSettings(duration_s=10)


async def test_a_form_about_a_picture_is_refused_where_no_model_takes_one(
    orders: VideoOrders,
) -> None:
    with pytest.raises(Refused, match="refused-model-pictures"):
        await orders.picture_form(ME, None)


@pytest.mark.parametrize(
    ("pixels", "text_id"),
    [
        ((299, 299), "refused-picture-sides"),
        ((800, 300), "refused-picture-ratio"),
        ((300, 750), None),
        # It is sent with fewer.
        ((9000, 9000), None),
        (None, None),
    ],
)
async def test_a_picture_that_the_model_does_not_take_is_refused_before_the_form(
    make_orders: Callable[[ServerOffers], VideoOrders],
    pixels: tuple[int, int] | None,
    text_id: str | None,
) -> None:
    """By what Discord says of it: nobody types a prompt in vain."""
    picture_id = "seedance-2.0-image-to-video"
    orders = make_orders(
        in_servers(make_offer(PICTURES.first.name, picture_id=picture_id))
    )

    if text_id is None:
        profile, _ = await orders.picture_form(ME, pixels)
        assert profile.id == picture_id
        return
    with pytest.raises(Refused, match=text_id) as refusal:
        await orders.picture_form(ME, pixels)
    assert refusal.value.hint == "hint-picture-model"
    assert refusal.value.values["chosen"] == "Grok Imagine"
