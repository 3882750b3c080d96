"""Continue: the end of a clip becomes the beginning of another."""

import asyncio
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from bot.errors import Refused
from bot.ids import MessageId, UserId
from bot.jobs.jobs import Job
from bot.jobs.picture import PictureKind, PictureUse
from bot.jobs.states import JobState
from bot.jobs.video import request_fault
from bot.models.catalogue import MODELS
from cogs.bot import ClapperBot
from cogs.videos.continue_modal import continued
from sandbox.clips import clip_path
from sandbox.discord.messages import Message
from tests.cogs.stage import Stage
from tests.factories import NOON, make_request
from tests.media.clips import difference, frames_of

CLIP = clip_path("16:9", 6)


@pytest.fixture
async def job(stage: Stage) -> Job:
    stage.continuing.has_buttons = True
    return stage.job(state=JobState.DELIVERING, prompt="a paper boat")


@pytest.fixture
async def clip(stage: Stage, bot: ClapperBot, job: Job) -> Message:
    return stage.message(await stage.messenger(bot).post_clip(job, CLIP))


async def test_what_happens_next_begins_with_the_last_frame(
    stage: Stage, clip: Message
) -> None:
    """Anybody may, and it is theirs."""
    pressed = await stage.discord.press(stage.world.other_member, clip, "Continue")
    modal = (await pressed.response()).modal
    assert modal is not None
    sent = await stage.discord.submit_modal(
        stage.world.other_member,
        modal,
        {"prompt": "it meets a frog", "duration": ["9"]},
    )
    status = await sent.answer()

    (asked,) = stage.intake.asked
    assert "it meets a frog" in status.text
    assert (asked.request.prompt, asked.request.duration_s) == ("it meets a frog", 9)
    assert asked.request.picture == stage.continuing.picture
    assert asked.actor.user_id == stage.world.other_member.id
    assert asked.picture is not None
    frame = Image.open(BytesIO(await asked.picture.read()))
    assert difference(frame, (await asyncio.to_thread(frames_of, CLIP))[-1]) < 2


def test_no_seconds_are_refused_and_none_given_stay_as_they_were() -> None:
    profile = MODELS["wan3.0-text-to-video"].text
    of_clip = make_request(model=profile.id, duration_s=12)

    none = continued(of_clip, {"prompt": "it meets a frog", "duration": "0"})
    left_out = continued(of_clip, {"prompt": "it meets a frog"})

    fault = request_fault(none, profile)
    assert fault is not None
    assert fault.text_id == "refused-duration"
    assert left_out.duration_s == 12


async def test_the_form_works_after_a_restart(stage: Stage, job: Job) -> None:
    async with stage.running() as before:
        clip = stage.message(await stage.messenger(before).post_clip(job, CLIP))
        pressed = await stage.discord.press(stage.member, clip, "Continue")
        modal = (await pressed.response()).modal
    assert modal is not None
    async with stage.running():
        sent = await stage.discord.submit_modal(
            stage.member, modal, {"prompt": "it meets a frog"}
        )
        await sent.answer()

    assert len(stage.intake.asked) == 1


async def test_a_clip_that_cannot_be_continued_says_why(
    stage: Stage, clip: Message
) -> None:
    stage.continuing.error = Refused("refused-continue-off")
    pressed = await stage.discord.press(stage.member, clip, "Continue")
    answer = await pressed.answer()

    assert answer.ephemeral
    assert "can't be continued here" in answer.text


async def test_who_may_not_use_its_picture_is_told_before_anything_is_asked(
    stage: Stage, clip: Message
) -> None:
    stage.continuing.picture = PictureUse(
        kind=PictureKind.FRAME, owner_id=UserId(stage.world.other_member.id)
    )
    pressed = await stage.discord.press(stage.member, clip, "Continue")
    answer = await pressed.answer()

    assert "pictures that you attached or posted yourself" in answer.text
    assert stage.intake.asked == []


async def test_of_a_link_there_is_nothing_to_continue(
    stage: Stage, bot: ClapperBot, job: Job
) -> None:
    """Such a message has no button; one from before, or a forged press, is told so."""
    messenger = stage.messenger(bot)
    linked = replace(job, result_url="https://files.example/a.mp4")
    link = stage.message(await messenger.post_link(linked, NOON))
    assert "Continue" not in {one.label for one in link.buttons}

    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    status = await handle.answer()
    shown = replace(job, status_message_id=MessageId(status.id), result_url="https://x")
    await messenger.clip_into_status(shown, CLIP)
    pressed = await stage.discord.press(stage.member, status, "Continue")
    modal = (await pressed.response()).modal
    assert modal is not None
    await messenger.link_into_status(shown, NOON)
    sent = await stage.discord.submit_modal(stage.member, modal, {"prompt": "a frog"})
    answer = await sent.answer()

    assert "only has a link" in answer.text


async def test_without_it_there_is_no_button(
    stage: Stage, bot: ClapperBot, job: Job
) -> None:
    stage.continuing.has_buttons = False
    clip = stage.message(await stage.messenger(bot).post_clip(job, CLIP))

    labels = [one.label for one in clip.buttons]
    assert labels == ["Again", "Edit", "Delete", "Report"]
