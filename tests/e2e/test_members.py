"""What members do with their videos, before and after the bot was begun again."""

import re

import pytest

from bot.demo.stage import Stage
from sandbox.discord.messages import Message
from sandbox.discord.records import User
from sandbox.evolink import EvolinkConfig
from tests.e2e.channel import ask, posted, posts, settled
from tests.e2e.conftest import UNLIMITED, OpenStage, quick
from tests.e2e.restarting import start_again

MOMENT = re.compile(r"<t:(\d+):t>")


async def restarted(stage: Stage) -> None:
    """Kill the bot and begin it again on the same database."""
    await stage.bot.kill()
    await start_again(stage, **UNLIMITED)


async def answered(stage: Stage, user: User, message: Message, button: str) -> Message:
    """Press a button and return the message that answers, for that member alone."""
    handle = await stage.discord.press(user, message, button)
    return await handle.answer()


async def said(stage: Stage, user: User, message: Message, button: str) -> str:
    """Press a button and return the ephemeral sentence that answers."""
    handle = await stage.discord.press(user, message, button)
    response = await handle.response()
    if response.ephemeral:
        return (await handle.answer()).text
    return (await handle.followup()).text


async def test_the_buttons_of_a_clip_live_on_after_a_crash(stage: Stage) -> None:
    """Again repeats the request, Edit asks for a prompt, and Delete deletes."""
    world = stage.world
    await ask(stage, "a lighthouse in a storm")
    (clip,) = await posts(stage, 1)
    await restarted(stage)

    again = await stage.discord.press(world.other_member, clip, "Again")
    status = await again.answer()
    await posts(stage, 2)
    edit = await stage.discord.press(world.other_member, clip, "Edit")
    modal = (await edit.response()).modal
    changed = await stage.discord.submit_modal(
        world.other_member, modal, {"prompt": "a lighthouse at dawn"}
    )
    await changed.answer()
    first, second, third = await posts(stage, 3)

    assert first is clip
    assert second.pinged == {world.other_member.id}
    assert "lighthouse in a storm" in second.text
    assert third.pinged == {world.other_member.id}
    assert "lighthouse at dawn" in third.text
    assert "https://" in await settled(stage, status)
    assert stage.evolink.paid_tasks == 3


async def test_a_clip_is_deleted_by_its_requester_or_a_moderator(stage: Stage) -> None:
    """Anybody else is told no, and the clip stays."""
    world = stage.world
    await ask(stage, "mine")
    await ask(stage, "mine too")
    clips = await posts(stage, 2)

    refused = await said(stage, world.other_member, clips[0], "Delete")
    left = posted(stage)
    done = await said(stage, world.member, clips[0], "Delete")
    await said(stage, world.moderator, clips[1], "Delete")

    assert refused != done
    assert len(left) == 2
    assert posted(stage) == []


@pytest.mark.thorough
async def test_a_job_in_progress_survives_a_crash(open_world: OpenStage) -> None:
    """Killed while EvoLink works on it: one clip, one payment, one mention."""
    stage = await open_world(quick())
    status = await ask(stage, "a slow dance")
    await stage.discord.wait_until(lambda: stage.evolink.paid_tasks == 1)

    await restarted(stage)
    (clip,) = await posts(stage, 1)

    assert len(clip.videos) == 1
    assert stage.evolink.paid_tasks == 1
    assert "https://" in await settled(stage, status)
    assert len(posted(stage)) == 1


async def test_who_waits_reads_their_place_and_when_to_expect_the_video(
    open_world: OpenStage,
) -> None:
    """After the one that has the only slot, by the clock and not "in 2 minutes"."""
    stage = await open_world(
        EvolinkConfig(total_s=300.0, estimated_time_s=300),
        CLAPPER_EVOLINK__MAX_ACTIVE_TASKS="1",
    )
    made = await ask(stage, "first")
    await stage.discord.wait_until(lambda: "Expected around <t:" in made.text)
    waiting = await ask(stage, "second")

    await stage.discord.wait_until(lambda: "You are next." in waiting.text)

    first, second = (
        int(one) for text in (made.text, waiting.text) for one in MOMENT.findall(text)
    )
    assert 240 <= second - first <= 360
    assert ":R>" not in made.text + waiting.text


@pytest.mark.lengthy
async def test_cancelling_says_what_it_costs(open_world: OpenStage) -> None:
    """Waiting: free. Being made: no longer waited for, and it counts."""
    stage = await open_world(quick(), CLAPPER_EVOLINK__MAX_ACTIVE_TASKS="1")
    world = stage.world
    made = await ask(stage, "[[total:8]] first")
    await stage.discord.wait_until(lambda: stage.evolink.paid_tasks == 1)
    waiting = await ask(stage, "second")

    stranger = await said(stage, world.other_member, waiting, "Cancel")
    free = await said(stage, world.member, waiting, "Cancel")
    question = await answered(stage, world.moderator, made, "Cancel")
    assert "already being made" in question.text
    assert f"<@{world.member.id}>'s limit" in question.text
    await stage.discord.press(world.moderator, question, "Keep it")
    await stage.discord.wait_until(lambda: "still being made" in question.text)
    question = await answered(stage, world.moderator, made, "Cancel")
    await stage.discord.press(world.moderator, question, "Cancel anyway")
    await stage.discord.wait_until(lambda: "Cancelled." in question.text)
    counted = question.text
    ended = await settled(stage, waiting)

    assert len({stranger, free, counted}) == 3
    assert "count" in counted
    assert ended
    assert await settled(stage, made)
    await ask(stage, "third")
    (clip,) = await posts(stage, 1)
    assert "third" in clip.text
    assert stage.evolink.paid_tasks == 2


async def test_the_list_and_the_usage_are_for_the_member_alone(stage: Stage) -> None:
    """In their own language, with links to the clips."""
    world = stage.world
    await ask(stage, "one small step")
    (clip,) = await posts(stage, 1)
    await ask(stage, "[[never]] another")
    await stage.discord.wait_until(lambda: stage.evolink.paid_tasks == 2)

    listing = await stage.discord.slash(
        world.member, world.general, "videos list", locale="de"
    )
    mine = await listing.answer()
    others = await (
        await stage.discord.slash(world.other_member, world.general, "videos list")
    ).answer()
    usage = await (
        await stage.discord.slash(world.member, world.general, "usage", locale="de")
    ).answer()

    assert mine.ephemeral
    assert usage.ephemeral
    assert "one small step" in mine.text
    assert str(clip.id) in mine.text
    assert "one small step" not in others.text
    assert "2 Videos in diesem Monat" in usage.text


async def test_the_list_can_be_narrowed_and_turned(stage: Stage) -> None:
    """Six failed jobs: two pages of them, none among the delivered ones."""
    world = stage.world
    for number in range(6):
        await ask(stage, f"[[refuse:400]] number {number}")
    await posts(stage, 6)

    listing = await stage.discord.slash(
        world.member, world.general, "videos list", {"status": "failed"}
    )
    page = await listing.answer()
    first = page.text
    turn = next(button for button in page.buttons if not button.disabled)
    await stage.discord.press(world.member, page, turn.custom_id or "")
    await stage.discord.wait_until(lambda: "page\u00a02\u00a0of\u00a02" in page.text)
    delivered = await (
        await stage.discord.slash(
            world.member, world.general, "videos list", {"status": "delivered"}
        )
    ).answer()

    assert "number 5" in first
    assert "number 0" not in first
    assert "number 0" in page.text
    assert "number" not in delivered.text


@pytest.mark.thorough
async def test_cancel_completes_over_ones_own_cancellable_jobs(stage: Stage) -> None:
    world = stage.world
    await ask(stage, "[[total:20]] a very long journey")
    await ask(stage, "somebody else's", user=world.other_member)

    suggested = await stage.discord.autocomplete(
        world.member, world.general, "videos cancel", ("job", "")
    )
    choices = (await suggested.response()).choices
    answer = await (
        await stage.discord.slash(
            world.member, world.general, "videos cancel", {"job": choices[0]["value"]}
        )
    ).answer()

    assert len(choices) == 1
    assert "very long journey" in choices[0]["name"]
    assert answer.ephemeral
