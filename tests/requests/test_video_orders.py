"""`/video` as it was typed: what is filled in, in which order, and what is checked."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.errors import NotFound, Refused
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.store import JobStore
from bot.jobs.video import VideoRequest
from bot.jobs.video_settings import NOTHING_CHOSEN, VideoSettings
from bot.models.choices import Aspect, Mode
from bot.moderation.records import (
    Applies,
    ModerationSettings,
    WordKind,
    WordRule,
)
from bot.operations.account import AccountGate
from bot.pictures.preparation import Preparation
from bot.requests.admission import Admission, AdmissionStore
from bot.requests.incoming import IncomingRequest
from bot.requests.intake import Intake
from bot.requests.preset import Preset
from bot.requests.server_offers import ServerOffers
from bot.requests.video_orders import VideoOrder, VideoOrders
from bot.servers.audit import AuditEntry
from storage.database.engine import Database
from storage.pictures.store import SqlPictures
from storage.requests.member_settings import SqlMemberSettings
from storage.requests.presets import SqlPresets
from tests.channels import make_gate
from tests.clock import FakeClock
from tests.factories import NOON, PICTURE_ID, make_request, make_rules
from tests.offers import (
    PICTURES,
    PLAIN,
    SEVERAL,
    WAN,
    SameInEveryServer,
    in_servers,
    make_offer,
)
from tests.pictures.samples import SentPicture, jpeg, opened
from tests.requests.conftest import ScriptedAcknowledgement
from tests.servers.people import make_actor, make_incoming
from tests.stores import FIRST_ESTIMATES

ME = make_actor()
MINE = PictureUse(kind=PictureKind.ATTACHED, owner_id=ME.user_id)
TALL = VideoSettings(aspect=Aspect.TALL, duration_s=10)
SPICY = VideoSettings(mode=Mode.SPICY)
NO_GORE = WordRule(pattern="gore", kind=WordKind.WORD, applies=Applies.ALWAYS)


@pytest.fixture
def own(database: Database) -> SqlMemberSettings:
    return SqlMemberSettings(database)


@pytest.fixture
def presets(database: Database) -> SqlPresets:
    return SqlPresets(database)


@pytest.fixture
def make_orders(
    store: JobStore,
    account: AccountGate,
    clock: FakeClock,
    own: SqlMemberSettings,
    presets: SqlPresets,
    decisions: AdmissionStore,
) -> Callable[[ServerOffers], VideoOrders]:
    def make(offers: ServerOffers) -> VideoOrders:
        admission = Admission(
            decisions, make_rules(), make_gate(rules=[NO_GORE]), FIRST_ESTIMATES
        )
        intake = Intake(
            store, account, admission, offers, clock, pictures=Preparation(None)
        )
        return VideoOrders(intake, own, presets, offers)

    return make


@pytest.fixture
def orders(make_orders: Callable[[ServerOffers], VideoOrders]) -> VideoOrders:
    return make_orders(in_servers(PLAIN))


async def ask(
    orders: VideoOrders,
    ack: ScriptedAcknowledgement,
    prompt: str = "a fox",
    given: VideoSettings = NOTHING_CHOSEN,
    preset: str | None = None,
    picture: SentPicture | None = None,
) -> VideoRequest:
    async def asked(request: VideoRequest) -> IncomingRequest:
        return replace(make_incoming(), request=request, picture=picture)

    order = VideoOrder(
        prompt=prompt,
        given=given,
        preset=preset,
        picture=None if picture is None else MINE,
    )
    return (await orders.request(ME, order, asked, ack)).request


async def keep(
    presets: SqlPresets, settings: VideoSettings, words: str = "{prompt}, noir"
) -> None:
    entry = AuditEntry(guild_id=ME.guild_id, actor_id=None, at=NOON, action="x")
    preset = Preset(name="Noir", words=words, settings=settings)
    await presets.put(ME.guild_id, preset, lambda *_: entry)


async def test_who_has_chosen_nothing_gets_the_usual(
    orders: VideoOrders, ack: ScriptedAcknowledgement
) -> None:
    assert await ask(orders, ack) == make_request(prompt="a fox")


async def test_no_seconds_are_refused_and_nothing_is_charged(
    orders: VideoOrders, ack: ScriptedAcknowledgement
) -> None:
    """A field for a number takes a zero, which is not the same as left out."""
    with pytest.raises(Refused) as refusal:
        await ask(orders, ack, given=VideoSettings(duration_s=0))

    assert refusal.value.text_id == "refused-duration"
    assert ack.shown == []


async def test_what_is_left_out_is_the_members_own(
    orders: VideoOrders, ack: ScriptedAcknowledgement, own: SqlMemberSettings
) -> None:
    await own.change(ME.guild_id, ME.user_id, TALL)

    request = await ask(orders, ack, given=VideoSettings(duration_s=6))

    assert request == make_request(prompt="a fox", aspect=Aspect.TALL, duration_s=6)


async def test_an_option_wins_over_the_preset_and_that_over_the_members_own(
    orders: VideoOrders,
    ack: ScriptedAcknowledgement,
    own: SqlMemberSettings,
    presets: SqlPresets,
) -> None:
    await own.change(ME.guild_id, ME.user_id, VideoSettings(mode=Mode.FUN).over(TALL))
    await keep(presets, VideoSettings(duration_s=6, aspect=Aspect.SQUARE))

    given = VideoSettings(aspect=Aspect.PORTRAIT)
    request = await ask(orders, ack, given=given, preset="noir")

    assert request == make_request(
        prompt="a fox, noir", mode=Mode.FUN, duration_s=6, aspect=Aspect.PORTRAIT
    )


async def test_a_default_that_the_model_no_longer_takes_is_the_usual_again(
    orders: VideoOrders, ack: ScriptedAcknowledgement, own: SqlMemberSettings
) -> None:
    of_another = VideoSettings(duration_s=30, quality="480p", aspect=Aspect.TALL)
    await own.change(ME.guild_id, ME.user_id, of_another)

    assert await ask(orders, ack) == make_request(prompt="a fox", aspect=Aspect.TALL)


async def test_a_presets_length_that_the_model_no_longer_takes_is_refused(
    orders: VideoOrders, ack: ScriptedAcknowledgement, presets: SqlPresets
) -> None:
    """Nobody gets another length than they chose, unless they choose it."""
    await keep(presets, VideoSettings(duration_s=30, quality="480p"))

    with pytest.raises(Refused, match="refused-duration"):
        await ask(orders, ack, preset="noir")

    request = await ask(orders, ack, given=VideoSettings(duration_s=6), preset="noir")
    assert request.quality is None


@pytest.mark.parametrize("name", ["film", "", "noir!"])
async def test_an_unknown_preset_is_refused(
    orders: VideoOrders, ack: ScriptedAcknowledgement, presets: SqlPresets, name: str
) -> None:
    await keep(presets, NOTHING_CHOSEN)

    with pytest.raises(NotFound, match="not-found-preset"):
        await ask(orders, ack, preset=name)

    assert ack.shown == []


async def test_a_prompt_that_is_too_long_for_a_preset_is_refused_before_all_else(
    orders: VideoOrders, ack: ScriptedAcknowledgement, presets: SqlPresets
) -> None:
    await keep(presets, NOTHING_CHOSEN)
    room = 4000 - len(", noir")

    with pytest.raises(Refused, match="refused-preset-prompt-long") as refusal:
        await ask(orders, ack, prompt="x" * (room + 1), preset="noir")
    request = await ask(orders, ack, prompt="x" * room, preset="noir")

    assert refusal.value.values == {"most": room}
    assert len(request.prompt) == 4000


async def test_the_words_of_a_preset_are_checked_like_any_others(
    orders: VideoOrders, ack: ScriptedAcknowledgement, presets: SqlPresets
) -> None:
    await keep(presets, NOTHING_CHOSEN, words="{prompt}, with gore")

    with pytest.raises(Refused, match="refused-words"):
        await ask(orders, ack, preset="noir")


async def test_a_spicy_default_is_refused_like_any_spicy_and_says_whose_it_is(
    orders: VideoOrders,
    ack: ScriptedAcknowledgement,
    own: SqlMemberSettings,
    store: JobStore,
) -> None:
    """It is not replaced: a prompt for spicy may not be fit for everybody's eyes."""
    await own.change(ME.guild_id, ME.user_id, SPICY)

    with pytest.raises(Refused, match="refused-spicy-off") as refusal:
        await ask(orders, ack)

    assert refusal.value.hint == "hint-spicy-default"
    assert await store.counts() == {}
    request = await ask(orders, ack, given=VideoSettings(mode=Mode.NORMAL))
    assert request.mode is Mode.NORMAL


async def test_a_spicy_preset_says_that_it_is_one(
    orders: VideoOrders,
    ack: ScriptedAcknowledgement,
    own: SqlMemberSettings,
    presets: SqlPresets,
) -> None:
    await own.change(ME.guild_id, ME.user_id, SPICY)
    await keep(presets, SPICY)

    with pytest.raises(Refused, match="refused-spicy-off") as refusal:
        await ask(orders, ack, preset="noir")

    assert refusal.value.hint == "hint-spicy-preset"


async def test_who_typed_spicy_needs_no_hint(
    orders: VideoOrders, ack: ScriptedAcknowledgement, own: SqlMemberSettings
) -> None:
    await own.change(ME.guild_id, ME.user_id, SPICY)

    with pytest.raises(Refused, match="refused-spicy-off") as refusal:
        await ask(orders, ack, given=SPICY)

    assert refusal.value.hint is None


async def test_another_refusal_of_a_spicy_default_has_no_hint(
    orders: VideoOrders, ack: ScriptedAcknowledgement, own: SqlMemberSettings
) -> None:
    await own.change(ME.guild_id, ME.user_id, SPICY)

    with pytest.raises(Refused, match="refused-prompt-empty") as refusal:
        await ask(orders, ack, prompt=" ")

    assert refusal.value.hint is None


GROK, GROK_BETA = "grok-imagine-text-to-video", "grok-imagine-text-to-video-beta"
SORA, SEEDANCE = "sora-2-preview", "seedance-2.0-fast-text-to-video"


@pytest.fixture
def server() -> SameInEveryServer:
    """Return what the server has set of its models."""
    return SameInEveryServer(ModerationSettings())


@pytest.fixture
def choosing(
    make_orders: Callable[[ServerOffers], VideoOrders], server: SameInEveryServer
) -> VideoOrders:
    """Take `/video` where the operator offers several models."""
    return make_orders(ServerOffers(SEVERAL, server))


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

    profile, usual = await picture_orders.picture_form(ME)

    assert profile.id == PICTURE_ID
    assert usual == VideoSettings(duration_s=10)


async def test_a_form_about_a_picture_is_refused_where_no_model_takes_one(
    orders: VideoOrders,
) -> None:
    with pytest.raises(Refused, match="refused-model-pictures"):
        await orders.picture_form(ME)


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
    profile, _ = await orders.picture_form(ME)
    with pytest.raises(Refused, match="refused-picture-model"):
        await ask(orders, ack, given=plain, picture=SentPicture(jpeg(400, 300)))

    assert request.model == profile.id == "seedance-2.0-fast-image-to-video"
