"""`/video` as it was typed: what is filled in, in which order, and what is checked."""

import pytest

from bot.errors import NotFound, Refused
from bot.jobs.store import JobStore
from bot.jobs.video import Aspect, Mode, VideoRequest
from bot.jobs.video_settings import NOTHING_CHOSEN, VideoSettings
from bot.moderation.records import Applies, WordKind, WordRule
from bot.operations.account import AccountGate
from bot.pictures.preparation import Preparation
from bot.requests.admission import Admission, AdmissionStore
from bot.requests.incoming import IncomingRequest
from bot.requests.intake import Intake
from bot.requests.preset import Preset
from bot.requests.video_orders import VideoOrder, VideoOrders
from bot.servers.audit import AuditEntry
from storage.database.engine import Database
from storage.requests.member_settings import SqlMemberSettings
from storage.requests.presets import SqlPresets
from tests.channels import make_gate
from tests.clock import FakeClock
from tests.factories import NOON, make_request, make_rules
from tests.offers import PLAIN
from tests.requests.conftest import ScriptedAcknowledgement
from tests.servers.people import make_actor, make_incoming
from tests.stores import FIRST_ESTIMATES

ME = make_actor()
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
def orders(
    store: JobStore,
    account: AccountGate,
    clock: FakeClock,
    own: SqlMemberSettings,
    presets: SqlPresets,
    decisions: AdmissionStore,
) -> VideoOrders:
    admission = Admission(
        decisions, make_rules(), make_gate(rules=[NO_GORE]), FIRST_ESTIMATES
    )
    intake = Intake(store, account, admission, PLAIN, clock, pictures=Preparation())
    return VideoOrders(intake, own, presets, PLAIN)


async def ask(
    orders: VideoOrders,
    ack: ScriptedAcknowledgement,
    prompt: str = "a fox",
    given: VideoSettings = NOTHING_CHOSEN,
    preset: str | None = None,
) -> VideoRequest:
    async def asked(request: VideoRequest) -> IncomingRequest:
        return IncomingRequest(
            **{
                name: getattr(make_incoming(), name)
                for name in IncomingRequest.__dataclass_fields__
                if name != "request"
            },
            request=request,
        )

    order = VideoOrder(prompt=prompt, given=given, preset=preset)
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
