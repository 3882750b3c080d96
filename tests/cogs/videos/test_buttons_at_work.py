"""Buttons under our messages, pressed by people, also after a restart."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from bot.errors import NotAllowed
from bot.ids import UserId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from cogs.bot import ClapperBot
from sandbox.discord.messages import Message
from tests.cogs.stage import Stage


@pytest.fixture
def clip_file(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * 1000)
    return path


@pytest.fixture
async def clip(stage: Stage, clip_file: Path) -> Message:
    """A clip, posted by a bot that is gone again."""
    async with stage.running() as before:
        job = stage.job(state=JobState.DELIVERING, prompt="a paper boat")
        message_id = await stage.messenger(before).post_clip(job, clip_file)
    stage.clips.job = Job(
        **{name: getattr(job, name) for name in Job.__dataclass_fields__}
        | {"clip_message_id": message_id}
    )
    return stage.message(message_id)


async def test_cancel_works_after_a_restart(stage: Stage) -> None:
    async with stage.running():
        handle = await stage.discord.slash(
            stage.member, stage.world.general, "video", {"prompt": "a fox"}
        )
        status = await handle.answer()
    async with stage.running():
        pressed = await stage.discord.press(stage.world.moderator, status, "Cancel")
        answer = await pressed.answer()

    ((job_id, actor),) = stage.cancelling.asked
    assert job_id == stage.intake.jobs[0].id
    assert actor.user_id == stage.world.moderator.id
    assert actor.is_moderator
    assert answer.ephemeral
    assert "Cancelled." in answer.text


async def test_cancel_asks_first_where_the_video_would_count(stage: Stage) -> None:
    """The question works after a restart, and names whose limit it is."""
    stage.cancelling.free = False
    stage.cancelling.requester_id = UserId(stage.member.id)
    async with stage.running():
        handle = await stage.discord.slash(
            stage.member, stage.world.general, "video", {"prompt": "a fox"}
        )
        status = await handle.answer()
        pressed = await stage.discord.press(stage.world.moderator, status, "Cancel")
        question = await pressed.answer()
        assert f"<@{stage.member.id}>'s limit" in question.text
    async with stage.running():
        pressed = await stage.discord.press(
            stage.world.moderator, question, "Cancel anyway"
        )
        await pressed.response()
        await stage.discord.wait_until(lambda: "Cancelled." in question.text)

    assert question.ephemeral
    assert f"counts towards <@{stage.member.id}>'s limit" in question.text
    assert list(question.buttons) == []


async def test_whoever_thinks_again_keeps_the_video(stage: Stage) -> None:
    stage.cancelling.free = False
    async with stage.running():
        handle = await stage.discord.slash(
            stage.member, stage.world.general, "video", {"prompt": "a fox"}
        )
        status = await handle.answer()
        pressed = await stage.discord.press(stage.member, status, "Cancel")
        question = await pressed.answer()
        assert "your limit" in question.text
        await stage.discord.press(stage.member, question, "Keep it")
        await stage.discord.wait_until(lambda: "still being made" in question.text)

    assert len(stage.cancelling.asked) == 1


@pytest.mark.parametrize(
    ("late", "is_mine", "said_of"),
    [
        (False, True, "your limit"),
        (False, False, "'s limit"),
        (True, True, "Video deleted."),
    ],
)
async def test_a_deletion_says_whose_limit_it_still_counts_towards(
    stage: Stage, clip: Message, *, late: bool, is_mine: bool, said_of: str
) -> None:
    stage.clips.job = replace(
        stage.clips.job, late=late, user_id=UserId(stage.member.id)
    )
    user = stage.member if is_mine else stage.world.moderator
    async with stage.running():
        pressed = await stage.discord.press(user, clip, "Delete")
        said = await pressed.followup()

    assert said_of in said.text
    assert ("your" in said.text) == (is_mine and not late)


async def test_whoever_is_named_in_an_answer_is_not_pinged(
    stage: Stage, clip: Message
) -> None:
    """Nothing may ping but what says so itself: the client's own setting sees to it."""
    stage.clips.job = replace(stage.clips.job, user_id=UserId(stage.member.id))
    async with stage.running():
        pressed = await stage.discord.press(stage.world.moderator, clip, "Delete")
        said = await pressed.followup()
    assert f"<@{stage.member.id}>" in said.text

    (request,) = stage.discord.requests_to("POST", r"/webhooks/\d+/[^/]+")
    body = cast("dict[str, Any]", request.body)
    assert body["allowed_mentions"] == {"parse": []}


async def test_again_is_a_new_request_by_whoever_pressed(
    stage: Stage, clip: Message
) -> None:
    async with stage.running():
        pressed = await stage.discord.press(stage.world.other_member, clip, "Again")
        status = await pressed.answer()
    (asked,) = stage.intake.asked

    assert asked.actor.user_id == stage.world.other_member.id
    assert asked.request == stage.clips.job.request
    assert not status.ephemeral
    assert status.id != clip.id
    assert "a paper boat" in status.text


async def test_a_changed_prompt_is_a_new_request_even_after_a_restart(
    stage: Stage, clip: Message
) -> None:
    async with stage.running():
        pressed = await stage.discord.press(stage.member, clip, "Edit")
        modal = (await pressed.response()).modal
    assert modal is not None
    assert "a paper boat" in str(modal.components)
    async with stage.running():
        sent = await stage.discord.submit_modal(
            stage.member, modal, {"prompt": "a paper plane"}
        )
        status = await sent.answer()
    (asked,) = stage.intake.asked

    assert asked.request.prompt == "a paper plane"
    assert asked.request.aspect is stage.clips.job.request.aspect
    assert "a paper plane" in status.text


async def test_delete_takes_the_clip_away(stage: Stage, clip: Message) -> None:
    async with stage.running():
        pressed = await stage.discord.press(stage.member, clip, "Delete")
        said = await pressed.followup()

    assert clip.deleted
    assert said.ephemeral
    assert "deleted" in said.text


async def test_who_may_not_delete_is_told_so(stage: Stage, clip: Message) -> None:
    stage.clips.error = NotAllowed("not-allowed-delete")
    async with stage.running():
        pressed = await stage.discord.press(stage.world.other_member, clip, "Delete")
        said = await pressed.followup()

    assert not clip.deleted
    assert said.ephemeral
    assert "or a moderator, can delete it" in said.text


async def test_delete_on_another_message_than_the_jobs_does_nothing(
    stage: Stage, clip: Message
) -> None:
    job = stage.clips.job
    stage.clips.job = stage.job(id=job.id, clip_message_id=clip.id + 1)
    async with stage.running():
        pressed = await stage.discord.press(stage.member, clip, "Delete")
        said = await pressed.followup()

    assert not clip.deleted
    assert "can't find" in said.text


async def test_the_notices_buttons_work_too(stage: Stage, bot: ClapperBot) -> None:
    job = stage.job(state=JobState.FAILED, failure=Failure.GAVE_UP)
    stage.clips.job = job
    message_id = await stage.messenger(bot).post_notice(job)
    pressed = await stage.discord.press(
        stage.member, stage.message(message_id), "Again"
    )
    await pressed.answer()

    assert stage.intake.asked[0].request == job.request


async def test_discord_py_remembers_no_view(
    stage: Stage, bot: ClapperBot, clip_file: Path
) -> None:
    """One kept for every message, for ever, would be a leak."""
    messenger = stage.messenger(bot)
    handle = await stage.discord.slash(
        stage.member, stage.world.general, "video", {"prompt": "a fox"}
    )
    await handle.answer()
    await messenger.post_clip(stage.job(), clip_file)
    await messenger.post_notice(stage.job(failure=Failure.GAVE_UP))

    assert bot.persistent_views == []
    assert bot._connection._view_store._synced_message_views == {}
    assert bot._connection._view_store._views == {}
