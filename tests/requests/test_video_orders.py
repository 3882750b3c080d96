"""`/video` as it was typed: what is filled in, in which order, and what is checked."""

import pytest

from bot.errors import NotFound, Refused
from bot.jobs.store import JobStore
from bot.jobs.video_settings import NOTHING_CHOSEN, VideoSettings
from bot.models.choices import Aspect, Mode
from bot.requests.video_orders import VideoOrders
from storage.requests.member_settings import SqlMemberSettings
from storage.requests.presets import SqlPresets
from tests.factories import make_request
from tests.requests.asking import ME, SPICY, TALL, ask, keep
from tests.requests.conftest import ScriptedAcknowledgement


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
