"""Which model makes a clip, and what of a request it does not take."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.errors import Refused
from bot.jobs.video import VideoRequest
from bot.jobs.video_settings import VideoSettings
from bot.models.choices import Aspect, Mode
from bot.moderation.records import ModerationSettings
from bot.requests.server_offers import ServerOffers
from bot.requests.video_orders import VideoOrders
from storage.requests.member_settings import SqlMemberSettings
from storage.requests.presets import SqlPresets
from tests.factories import PICTURE_ID
from tests.offers import PLAIN, WAN, SameInEveryServer, in_servers, make_offer
from tests.pictures.samples import SentPicture, jpeg
from tests.requests.asking import ME, SEEDANCE, SORA, SPICY, ask, keep
from tests.requests.conftest import ScriptedAcknowledgement

GROK, GROK_BETA = "grok-imagine-text-to-video", "grok-imagine-text-to-video-beta"


async def test_whose_choice_of_a_model_comes_first(
    choosing: VideoOrders,
    ack: ScriptedAcknowledgement,
    own: SqlMemberSettings,
    presets: SqlPresets,
    server: SameInEveryServer,
) -> None:
    """Option, preset, the member's own, the server's, the operator's first."""
    found = [(await ask(choosing, ack)).model]
    server.now = ModerationSettings(default_model=SEEDANCE)
    found.append((await ask(choosing, ack)).model)
    await own.change(ME.guild_id, ME.user_id, VideoSettings(model=SORA))
    found.append((await ask(choosing, ack)).model)
    await keep(presets, VideoSettings(model=PLAIN.first.name))
    found.append((await ask(choosing, ack, preset="noir")).model)
    given = VideoSettings(model=SEEDANCE)
    found.append((await ask(choosing, ack, given=given, preset="noir")).model)

    assert found == [PLAIN.first.name, SEEDANCE, SORA, PLAIN.first.name, SEEDANCE]


async def test_a_stored_model_that_the_server_does_not_use_is_passed_over(
    choosing: VideoOrders,
    ack: ScriptedAcknowledgement,
    own: SqlMemberSettings,
    presets: SqlPresets,
    server: SameInEveryServer,
) -> None:
    await own.change(ME.guild_id, ME.user_id, VideoSettings(model=SEEDANCE))
    await keep(presets, VideoSettings(model=SORA))
    server.now = ModerationSettings(barred_models=frozenset({SORA}))

    request = await ask(choosing, ack, preset="noir")

    assert request.model == SEEDANCE


async def test_a_chosen_model_that_the_server_does_not_use_is_refused(
    choosing: VideoOrders, ack: ScriptedAcknowledgement, server: SameInEveryServer
) -> None:
    server.now = ModerationSettings(barred_models=frozenset({SORA}))

    with pytest.raises(Refused, match="refused-model") as refusal:
        await ask(choosing, ack, given=VideoSettings(model=SORA))

    assert refusal.value.values == {
        "kind": "several",
        "first": "Grok Imagine",
        "last": "Seedance 2.0 Fast",
    }
    assert ack.shown == []


async def test_a_model_that_is_barred_meanwhile_is_refused_and_withdrawn(
    choosing: VideoOrders, ack: ScriptedAcknowledgement, server: SameInEveryServer
) -> None:
    async def bar() -> None:
        server.now = ModerationSettings(barred_models=frozenset({SORA}))

    ack.meanwhile.append(bar())

    with pytest.raises(Refused, match="refused-model"):
        await ask(choosing, ack, given=VideoSettings(model=SORA))

    assert len(ack.withdrawn) == 1


async def test_defaults_that_the_chosen_model_does_not_take_are_left_out(
    choosing: VideoOrders, ack: ScriptedAcknowledgement, own: SqlMemberSettings
) -> None:
    stored = VideoSettings(
        mode=Mode.FUN,
        duration_s=10,
        aspect=Aspect.SQUARE,
        quality="480p",
        sound=False,
    )
    await own.change(ME.guild_id, ME.user_id, stored)

    request = await ask(choosing, ack, given=VideoSettings(model=SORA))

    assert request == VideoRequest(
        prompt="a fox",
        mode=Mode.NORMAL,
        duration_s=4,
        aspect=Aspect.WIDE,
        model=SORA,
    )


async def test_an_option_that_the_chosen_model_does_not_take_is_refused(
    choosing: VideoOrders, ack: ScriptedAcknowledgement
) -> None:
    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"duration_s": 6}, "refused-duration"),
        ({"mode": Mode.FUN}, "refused-mode"),
        ({"aspect": Aspect.SQUARE}, "refused-aspect"),
        ({"quality": "480p"}, "refused-quality"),
        ({"sound": True}, "refused-sound"),
    ]
    for wrong, text_id in wrongs:
        with pytest.raises(Refused, match=text_id) as refusal:
            await ask(choosing, ack, given=VideoSettings(model=SORA, **wrong))
        assert refusal.value.values["model"] == "Sora 2"

    assert ack.shown == []


async def test_a_spicy_default_is_not_replaced_where_the_model_has_no_modes(
    choosing: VideoOrders, ack: ScriptedAcknowledgement, own: SqlMemberSettings
) -> None:
    """Its prompt may not be fit for another mode; normal is chosen by hand."""
    await own.change(ME.guild_id, ME.user_id, SPICY)

    with pytest.raises(Refused, match="refused-mode") as refusal:
        await ask(choosing, ack, given=VideoSettings(model=SORA))

    assert refusal.value.hint == "hint-spicy-default"
    given = VideoSettings(model=SORA, mode=Mode.NORMAL)
    assert (await ask(choosing, ack, given=given)).mode is Mode.NORMAL


@pytest.mark.parametrize("way", ["option", "default", "preset", "server"])
async def test_a_refusal_says_which_model_makes_the_clip_instead_of_the_chosen_one(
    make_orders: Callable[[ServerOffers], VideoOrders],
    ack: ScriptedAcknowledgement,
    own: SqlMemberSettings,
    presets: SqlPresets,
    way: str,
) -> None:
    """From a picture, and by whatever way it was chosen."""
    first, other = (WAN, GROK) if way == "server" else (GROK, WAN)
    offer = make_offer(first, other, picture_id=PICTURE_ID)
    wan = VideoSettings(model=WAN)
    if way == "default":
        await own.change(ME.guild_id, ME.user_id, wan)
    await keep(presets, wan)

    with pytest.raises(Refused, match="refused-duration") as refusal:
        await ask(
            make_orders(in_servers(offer)),
            ack,
            given=VideoSettings(model=WAN if way == "option" else None, duration_s=5),
            preset="noir" if way == "preset" else None,
            picture=SentPicture(jpeg()),
        )

    assert refusal.value.hint == "hint-picture-model"
    assert refusal.value.values["model"] == "Grok Imagine Beta"
    assert refusal.value.values["chosen"] == "Wan 3.0"


async def test_a_refusal_of_the_chosen_model_itself_needs_no_more_words(
    make_orders: Callable[[ServerOffers], VideoOrders], ack: ScriptedAcknowledgement
) -> None:
    offer = make_offer(GROK_BETA, SORA, picture_id=PICTURE_ID)
    orders = make_orders(in_servers(offer))

    for given, picture in (
        (VideoSettings(duration_s=5), SentPicture(jpeg())),
        (VideoSettings(duration_s=5, model=SORA), SentPicture(jpeg())),
        (VideoSettings(duration_s=5), None),
    ):
        with pytest.raises(Refused, match="refused-duration") as refusal:
            await ask(orders, ack, given=given, picture=picture)
        assert refusal.value.hint is None


async def test_a_default_that_takes_no_picture_gives_way_to_a_model_that_does(
    make_orders: Callable[[ServerOffers], VideoOrders],
    ack: ScriptedAcknowledgement,
    own: SqlMemberSettings,
) -> None:
    """Whoever chose it for this very clip is told instead."""
    offer = make_offer(PLAIN.first.name, SEEDANCE)
    orders = make_orders(in_servers(offer))
    plain = VideoSettings(model=PLAIN.first.name)
    await own.change(ME.guild_id, ME.user_id, plain)

    request = await ask(orders, ack, picture=SentPicture(jpeg(400, 300)))
    profile, _ = await orders.picture_form(ME, None)
    with pytest.raises(Refused, match="refused-picture-model"):
        await ask(orders, ack, given=plain, picture=SentPicture(jpeg(400, 300)))

    assert request.model == profile.id == "seedance-2.0-fast-image-to-video"
