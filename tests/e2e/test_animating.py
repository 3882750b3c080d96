"""Animate picture in the menu of messages, and the forms that it opens."""

import pytest

from bot.demo.stage import Stage
from cogs.wire.pictures import TRIES
from sandbox.discord.cdn import LINK_LIFE_S
from sandbox.discord.faults import Fault
from sandbox.discord.invocation import File
from tests.e2e.conftest import UNLIMITED
from tests.e2e.moderated import let_admins_moderate, moderate
from tests.e2e.pictured import chosen, clips_in, filled_in, shows_picture
from tests.e2e.restarting import start_again
from tests.e2e.test_members import restarted
from tests.pictures.samples import jpeg


async def test_a_picture_in_a_message_is_animated_and_stays_its_owners(
    stage: Stage,
) -> None:
    world = stage.world
    let_admins_moderate(stage)
    ben, mia = world.other_member, world.member
    theirs = stage.discord.say(
        ben, world.general, "look", [File(name="cat.jpg", data=jpeg())]
    )

    # By default only one's own pictures may be used.
    refused = await (await chosen(stage, theirs)).answer()
    assert refused.ephemeral
    assert "attached or posted yourself" in refused.text
    await moderate(stage, "pictures", policy="any")
    await filled_in(stage, await chosen(stage, theirs), {"prompt": "it waves"})
    [clip] = await clips_in(stage, 1)
    assert clip.pinged == {mia.id}
    assert shows_picture(clip)

    # A month later, with a new program: Again finds the picture beside the clip.
    await stage.bot.kill()
    stage.discord.clock.advance(30 * LINK_LIFE_S)
    await start_again(stage, **UNLIMITED)
    again = await stage.discord.press(mia, clip, "Again")
    await again.answer()
    [_, second] = await clips_in(stage, 2)
    assert shows_picture(second)

    # It is still Ben's: where only one's own may be used, nobody else may use it.
    await moderate(stage, "pictures", policy="own")
    refused = await (await stage.discord.press(mia, second, "Again")).answer()
    assert "attached or posted yourself" in refused.text
    await (await stage.discord.press(ben, second, "Again")).answer()
    third = (await clips_in(stage, 3))[-1]
    assert third.pinged == {ben.id}

    await moderate(stage, "pictures", policy="off")
    refused = await (await stage.discord.press(ben, third, "Again")).answer()
    assert "Pictures are switched off" in refused.text
    assert stage.evolink.paid_tasks == 3


@pytest.mark.thorough
async def test_a_form_about_a_message_that_is_sent_after_a_restart_says_what_to_do(
    stage: Stage,
) -> None:
    """What Discord told of the message was told once, and to a program that is gone."""
    world = stage.world
    message = stage.discord.say(
        world.member, world.general, "look", [File(name="cat.jpg", data=jpeg())]
    )
    opened_before = await chosen(stage, message)
    await opened_before.response()

    await restarted(stage)
    said = await filled_in(stage, opened_before, {"prompt": "it waves"})

    assert said.ephemeral
    assert said.text == (
        "I can't load this picture any more. Please use it again from its message, or"
        " attach it to `/video`."
    )
    assert stage.evolink.paid_tasks == 0
    await filled_in(stage, await chosen(stage, message), {"prompt": "it waves"})
    [clip] = await clips_in(stage, 1)
    assert shows_picture(clip)


@pytest.mark.thorough
async def test_a_form_with_a_file_of_its_own_is_taken_after_a_restart(
    stage: Stage,
) -> None:
    message = stage.discord.say(
        stage.world.other_member, stage.world.general, "no picture here"
    )
    opened_before = await chosen(stage, message)
    await opened_before.response()

    await restarted(stage)
    file = File(name="dog.jpg", data=jpeg())
    await filled_in(stage, opened_before, {"picture": [file]})

    [clip] = await clips_in(stage, 1)
    assert shows_picture(clip)


async def test_a_message_without_a_picture_takes_one_in_the_form(
    stage: Stage,
) -> None:
    message = stage.discord.say(
        stage.world.other_member, stage.world.general, "no picture here"
    )
    file = File(name="dog.jpg", data=jpeg())

    await filled_in(stage, await chosen(stage, message), {"picture": [file]})

    [clip] = await clips_in(stage, 1)
    assert shows_picture(clip)
    assert clip.videos
    assert stage.evolink.paid_tasks == 1


@pytest.mark.thorough
async def test_a_form_about_a_picture_that_is_sent_again_makes_its_clip(
    stage: Stage,
) -> None:
    """Discord did not give the picture out; the form still stands open."""
    world = stage.world
    message = stage.discord.say(
        world.member, world.general, "look", [File(name="cat.jpg", data=jpeg())]
    )
    form = await chosen(stage, message)
    stage.discord.cdn.faults.add(Fault(path="cat", status=503, times=TRIES))
    modal = (await form.response()).modal
    sent = await stage.discord.submit_modal(world.member, modal, {"prompt": "it waves"})
    said = await sent.followup()
    assert "Discord didn't give me this picture" in said.text

    await filled_in(stage, form, {"prompt": "it waves"})

    [clip] = await clips_in(stage, 1)
    assert shows_picture(clip)
    assert stage.evolink.paid_tasks == 1
