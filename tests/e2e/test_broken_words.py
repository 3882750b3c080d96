"""Half a surrogate pair, as some clients send it, before the real program."""

import pytest

from bot.texts import Texts
from tests.e2e.channel import PATIENCE_S, ask, posts, refusal
from tests.e2e.conftest import IMPATIENT, UNLIMITED, OpenStage, quick

HALF = "\ud83d"


async def test_a_broken_prompt_gets_its_sentence_and_nobody_else_hears_of_it(
    open_world: OpenStage,
) -> None:
    stage = await open_world(quick())

    sentence = await refusal(stage, f"a fox {HALF}")
    await ask(stage, "a healthy fox")
    [clip] = await posts(stage, 1)

    assert sentence == Texts.load().say("en-US", "refused-prompt-broken")
    assert clip.videos
    assert stage.evolink.paid_tasks == 1


@pytest.mark.thorough
async def test_broken_names_of_people_and_places_stop_nobody(
    open_world: OpenStage,
) -> None:
    stage = await open_world(quick(), start=False)
    world, place = stage.discord.world, stage.world
    place.guild.name = f"{HALF} club"
    place.member.display_name = f"Mia {HALF}"
    world.rename_channel(place.general, f"general {HALF}")
    await stage.bot.start(**UNLIMITED, **IMPATIENT)
    await stage.discord.wait_ready(["video"], PATIENCE_S)

    world.rename_channel(place.log, f"log {HALF}")
    await ask(stage, "a healthy fox")
    [clip] = await posts(stage, 1)

    assert clip.pinged == {place.member.id}
