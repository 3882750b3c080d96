"""Which token edits a status message, and that nothing comes after the clip."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot import errors
from bot.ids import MessageId
from bot.jobs.failures import Failure
from bot.jobs.jobs import Job
from bot.jobs.states import JobState
from bot.pipeline.ports import EditEnd, StatusEdit
from cogs.wire import message_turns
from cogs.wire.message_turns import MessageTurns
from cogs.wire.messenger import DiscordMessenger
from sandbox.discord.faults import Fault, Trouble
from tests.cogs.asked import asked_for
from tests.cogs.stage import Stage, eventually

BY_TOKEN = r"/webhooks/\d+/[^/]+/messages/@original"
BY_BOT = r"/channels/\d+/messages/\d+"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * 1000)
    return path


def further(job: Job) -> Job:
    return replace(job, progress=job.progress + 10)


def delivered(job: Job, clip_id: MessageId) -> Job:
    return replace(job, state=JobState.DELIVERED, clip_message_id=clip_id)


async def test_edits_of_many_messages_take_nothing_from_their_channels_limit(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    """Discord lets a bot make five in five seconds, in one channel."""
    asked = [await asked_for(stage, state=JobState.GENERATING) for _ in range(7)]

    for message, job in asked:
        assert (await messenger.edit_status(job, None)).end is EditEnd.ANSWERED
        assert "Making your video" in message.text

    assert len(stage.discord.requests_to("PATCH", BY_TOKEN)) == 7
    assert stage.discord.requests_to("PATCH", BY_BOT) == []


async def test_where_the_token_is_dead_the_bots_own_edits(
    stage: Stage, messenger: DiscordMessenger
) -> None:
    """And no other is tried for a while: dead ones count towards a ban."""
    message, job = await asked_for(stage, state=JobState.GENERATING)
    other, other_job = await asked_for(stage, state=JobState.GENERATING)

    assert (
        await messenger.edit_status(replace(job, interaction_token="dead"), None)
    ).end is EditEnd.ANSWERED
    assert (await messenger.edit_status(other_job, None)).end is EditEnd.ANSWERED

    assert "Making your video" in message.text
    assert "Making your video" in other.text
    assert len(stage.discord.requests_to("PATCH", BY_TOKEN)) == 1
    assert len(stage.discord.requests_to("PATCH", BY_BOT)) == 2


@pytest.mark.parametrize("error", [errors.MessengerDown, errors.MessageGone])
async def test_what_another_token_would_not_change_is_not_tried_with_it(
    stage: Stage, messenger: DiscordMessenger, error: type[errors.MessengerError]
) -> None:
    message, job = await asked_for(stage, state=JobState.GENERATING)
    if error is errors.MessageGone:
        stage.discord.delete_message(message)
    else:
        stage.discord.faults.add(Fault(method="PATCH", path=BY_TOKEN, status=503))

    with pytest.raises(error):
        await messenger.edit_status(job, None)

    assert stage.discord.requests_to("PATCH", BY_BOT) == []


async def test_a_clip_does_not_wait_for_an_edit_that_hangs(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    """Which is given up: nothing that it still does may come after the clip."""
    message, job = await asked_for(stage, state=JobState.GENERATING)
    hang = stage.discord.faults.add(Fault(method="PATCH", trouble=Trouble.HANG))
    edit = asyncio.create_task(messenger.edit_status(job, None))
    await eventually(lambda: hang.hits > 0)

    clip_id = await messenger.post_clip(job, clip)

    given_up = await edit
    assert given_up == StatusEdit(end=EditEnd.GIVEN_UP, shows=None)
    stage.discord.faults.clear(hang)
    assert "Making your video" not in message.text
    assert (
        await messenger.edit_status(delivered(job, clip_id), None)
    ).end is EditEnd.ANSWERED
    assert "is ready" in message.text


async def test_an_edit_under_way_comes_before_the_clip(
    stage: Stage,
    messenger: DiscordMessenger,
    clip: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(message_turns, "GIVES_WAY_S", 60.0)
    _, job = await asked_for(stage, state=JobState.GENERATING)
    slow = stage.discord.faults.add(Fault(method="PATCH", delay_s=0.05))
    edit = asyncio.create_task(messenger.edit_status(job, None))
    posts_before: list[int] = []
    edit.add_done_callback(
        lambda _: posts_before.append(
            len(stage.discord.requests_to("POST", r"/channels/\d+/messages"))
        )
    )
    await eventually(lambda: slow.hits > 0)

    await messenger.post_clip(job, clip)

    assert (await edit).end is EditEnd.ANSWERED
    assert posts_before == [0]


async def test_progress_that_hangs_is_given_up_soon_and_a_last_word_is_not(
    stage: Stage, messenger: DiscordMessenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may wait to say the last word."""
    monkeypatch.setattr("cogs.wire.messenger.PROGRESS_WITHIN_S", 0.5)
    message, job = await asked_for(stage, state=JobState.GENERATING)
    slow = stage.discord.faults.add(Fault(method="PATCH", delay_s=2.0))
    with pytest.raises(errors.MessengerDown):
        await messenger.edit_status(job, None)

    await messenger.edit_status(delivered(job, MessageId(1)), None)

    assert slow.hits >= 2
    assert "is ready" in message.text


async def test_a_late_clip_does_not_wait_for_a_last_word_that_hangs(
    stage: Stage,
    messenger: DiscordMessenger,
    clip: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was that there would be no clip. The next last word still follows it."""
    monkeypatch.setattr(message_turns, "LAST_WORD_GIVES_WAY_S", 0.01)
    message, job = await asked_for(
        stage, state=JobState.FAILED, failure=Failure.GAVE_UP
    )
    slow = stage.discord.faults.add(Fault(method="PATCH", delay_s=1.0, times=1))
    edit = asyncio.create_task(messenger.edit_status(job, None))
    await eventually(lambda: slow.hits > 0)

    clip_id = await messenger.post_clip(job, clip)
    assert not edit.done()
    delivering = replace(job, state=JobState.DELIVERING, failure=None)
    assert (await messenger.edit_status(delivering, None)).end is EditEnd.NOT_ASKED
    last = asyncio.create_task(messenger.edit_status(delivered(job, clip_id), None))

    assert (await edit).end is EditEnd.ANSWERED
    assert (await last).end is EditEnd.ANSWERED
    assert "is ready" in message.text


async def test_a_last_word_that_hangs_does_not_overwrite_a_clip_in_its_message(
    stage: Stage,
    messenger: DiscordMessenger,
    clip: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(message_turns, "LAST_WORD_GIVES_WAY_S", 0.01)
    message, job = await asked_for(
        stage, state=JobState.FAILED, failure=Failure.GAVE_UP
    )
    slow = stage.discord.faults.add(Fault(method="PATCH", delay_s=0.3, times=1))
    edit = asyncio.create_task(messenger.edit_status(job, None))
    await eventually(lambda: slow.hits > 0)

    await messenger.clip_into_status(job, clip)

    assert (await edit).end is EditEnd.ANSWERED
    assert (
        await messenger.edit_status(delivered(job, MessageId(1)), None)
    ).end is EditEnd.NOT_ASKED
    assert [len(video.data) for video in message.videos] == [1012]


async def test_what_is_remembered_of_messages_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A clip's record follows it at once, and says the same."""
    monkeypatch.setattr(message_turns, "REMEMBERED", 3)
    turns = MessageTurns()
    for number in range(10):
        async with turns.replace(MessageId(number), for_good=number % 2 == 0):
            pass

    refused: list[int] = []
    for number in range(10):
        try:
            async with turns.edit(MessageId(number), is_last=False):
                pass
        except TimeoutError:
            refused.append(number)

    assert refused == [4, 5, 6, 7, 8, 9]


async def test_beside_a_clip_no_progress_is_shown(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    """Not by who read the job before its clip was there, nor while it is posted."""
    message, job = await asked_for(stage, state=JobState.GENERATING)
    slow = stage.discord.faults.add(Fault(method="POST", delay_s=0.05))
    post = asyncio.create_task(messenger.post_clip(job, clip))
    await eventually(lambda: slow.hits > 0)

    assert (await messenger.edit_status(job, None)).end is EditEnd.NOT_ASKED
    clip_id = await post
    assert (await messenger.edit_status(further(job), None)).end is EditEnd.NOT_ASKED
    assert (
        await messenger.edit_status(delivered(job, clip_id), None)
    ).end is EditEnd.ANSWERED

    assert len(stage.discord.requests_to("PATCH", ".*")) == 1
    assert "is ready" in message.text


async def test_where_the_clip_cannot_be_posted_the_message_goes_on(
    stage: Stage, messenger: DiscordMessenger, clip: Path
) -> None:
    message, job = await asked_for(stage, state=JobState.DELIVERING)
    down = stage.discord.faults.add(Fault(method="POST", status=503))
    with pytest.raises(errors.MessengerDown):
        await messenger.post_clip(job, clip)
    stage.discord.faults.clear(down)

    assert (await messenger.edit_status(job, None)).end is EditEnd.ANSWERED

    assert "on its way" in message.text
